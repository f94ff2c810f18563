import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import { type ApiRequest } from '../../../simulator/api/response.ts';
import { parseFaults } from '../../../simulator/faults/fault.ts';
import { BASE_PATH } from '../../../simulator/api/path.ts';
import { DEMO_TOKEN } from '../../../simulator/api/simulated-api.ts';
import { type RequestRecord } from '../../../simulator/transports/request-log.ts';
import {
  type ServerOptions,
  type SimulatorServer,
  startServer,
} from '../../../simulator/transports/http-server.ts';
import {
  type ServerPhase,
  type ServerSeed,
  type SnapshotSeed,
  type ActualState,
} from '../../../simulator/api/actual-state.ts';

export { DEMO_TOKEN };
export type { ServerPhase, ServerSeed, SnapshotSeed };

export interface TestEnvironmentOptions extends Omit<ServerOptions, 'timeScale' | 'port'> {
  /** Virtual seconds that pass with each answer: time goes by requests, so that no test depends on a speed. */
  readonly secondsPerAnswer?: number;
}

/** One simulated API and one runner's folder, for the processes of one test. */
export interface TestEnvironment extends AsyncDisposable {
  /** The address of the API. */
  readonly url: string;
  readonly api: SimulatorServer['api'];
  readonly requests: readonly RequestRecord[];
  /** `RUNNER_TEMP`, the same for all steps of a job. */
  readonly temp: string;
  readonly actualState: () => ActualState;
  /** Lets so many virtual seconds pass. */
  readonly advance: (seconds: number) => void;
  /** Faults for requests from now on, as JSON would have them. */
  readonly addFaults: (faults: unknown) => void;
  readonly clearFaults: () => void;
  /** Acts once, just before the API answers the first request that `picks` picks. */
  readonly before: (picks: (request: ApiRequest, nth: number) => boolean, act: () => void) => void;
  /** Asks the API as somebody else would, outside of the request log; the path is below the API's base. */
  readonly request: (method: string, path: string, body?: string) => void;
}

/** Processes take their time on a busy machine; nothing here measures it. */
jest.setTimeout(60_000);

export const START = Date.parse('2026-01-10T12:00:00Z');

/** A snapshot takes three polls of a minute each, a restore five. */
export const SWITCHES = {
  snapshot_seconds: [180, 180],
  restore_seconds: [300, 300],
  power_seconds: [60, 60],
} as const;

/**
 * For restores of several servers: the answers about one let the restore of another pass, whose own answer may just be
 * under way. At a minute each, five of them would end it before anybody has seen it.
 */
export const AMONG_OTHERS = { secondsPerAnswer: 10 } as const;

export async function openTestEnvironment({
  secondsPerAnswer = 60,
  switches,
  ...options
}: TestEnvironmentOptions = {}): Promise<TestEnvironment> {
  const temp = await mkdtemp(path.join(tmpdir(), 'vps-snapshot-'));
  const server = await startServer({
    startAt: START,
    ...options,
    timeScale: 0,
    switches: { ...SWITCHES, ...switches },
  });
  const { api, faults, requests } = server;
  const { before, request } = hookApi(api, () => server.advance(secondsPerAnswer));
  return {
    url: server.url,
    api,
    requests,
    temp,
    actualState: () => api.state(),
    advance: (seconds) => server.advance(seconds),
    addFaults: (added) => faults.add(parseFaults(added)),
    clearFaults: () => faults.clear(),
    before,
    request,
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(temp, { recursive: true, force: true });
    },
  };
}

/** Lets something happen just before an answer, and time pass with each; `request` is what others ask of the API. */
export function hookApi(
  api: SimulatorServer['api'],
  pass: () => void,
): Pick<TestEnvironment, 'before' | 'request'> {
  const handle = api.handle.bind(api);
  const hooks: { readonly picks: Parameters<TestEnvironment['before']>[0]; readonly act: () => void }[] = [];
  let answers = 0;
  api.handle = (request) => {
    answers += 1;
    const at = hooks.findIndex(({ picks }) => picks(request, answers));
    if (at !== -1) for (const { act } of hooks.splice(at, 1)) act();
    const answer = handle(request);
    pass();
    return answer;
  };
  return {
    before: (picks, act) => void hooks.push({ picks, act }),
    request(method, address, body = '') {
      const headers = { authorization: `Bearer ${DEMO_TOKEN}`, 'content-type': 'application/json' };
      handle({ method, path: BASE_PATH + address, headers, body });
    },
  };
}

/**
 * Requests as lines of method, path, fault and status. Reads between two changes are a set, in the order of the alphabet:
 * some are sent side by side, and how often something is polled is asserted by the tests of waiting.
 */
export function describeRequests(records: readonly RequestRecord[]): string[] {
  const lines: string[] = [];
  let reads = new Set<string>();
  for (const { method, path: address, fault, status } of records) {
    const shown = address.slice(BASE_PATH.length).replace(/([?&])page_size=100(&|$)/, '$1');
    const parts = [method, shown.replace(/[?&]$/, ''), fault, status];
    const line = parts.filter((part) => part !== undefined).join(' ');
    if (method === 'GET') {
      reads.add(line);
      continue;
    }
    lines.push(...[...reads].toSorted(), line);
    reads = new Set();
  }
  return [...lines, ...[...reads].toSorted()];
}
