import { createDeps } from '../src/actions/common/wiring.ts';
import { create } from '../src/actions/create/create.ts';
import { readRootInputs } from '../src/github/inputs/root.ts';
import { readJob } from '../src/github/job.ts';
import { createLog } from '../src/github/log.ts';
import { type Runner } from '../src/github/runner.ts';
import { type SimServer } from '../simulator/api/actual-state.ts';
import { DEMO_TOKEN, SimulatedApi, type SimulatedApiOptions } from '../simulator/api/simulated-api.ts';
import { VirtualClock } from '../simulator/clock/virtual-clock.ts';
import { createSimulatedTransport } from '../simulator/transports/in-process.ts';
import { type RequestRecord } from '../simulator/transports/request-log.ts';
import { inputVariables } from '../scripts/runner/actions.ts';
import { GITHUB_ENV } from '../scripts/runner/step.ts';

/** One round trip to the API. */
const LATENCY_MS = 100;

export interface MainRun {
  readonly succeeded: boolean;
  readonly seconds: number;
  readonly requests: readonly RequestRecord[];
  readonly lines: readonly string[];
  /** How often the list of all snapshots was put into the runner's file for outputs, and what the file has in the end. */
  readonly outputWrites: number;
  readonly outputBytes: number;
  /** How long each server was not active, in seconds, for those that were down. */
  readonly downtimes: readonly number[];
}

/** A main step in virtual time, against an API on which nothing goes wrong. */
export async function runMain(
  inputs: Readonly<Record<string, string>>,
  options: Omit<SimulatedApiOptions, 'clock'> & { readonly latencyMs?: number },
): Promise<MainRun> {
  const clock = new VirtualClock();
  const api = new SimulatedApi({ ...options, clock: clock.apiClock });
  const transport = createSimulatedTransport({ api, clock, latencyMs: options.latencyMs ?? LATENCY_MS });
  const lines: string[] = [];
  const outputs = new Map<string, string>();
  let outputWrites = 0;
  let outputBytes = 0;
  const ignore = (): void => {};
  const runner: Runner = {
    write: (line) => void lines.push(line),
    debug: ignore,
    annotate: (kind, title, text) => void lines.push(`${kind} ${title}: ${text}`),
    startGroup: (title) => void lines.push(title),
    endGroup: ignore,
    setOutput(name, value) {
      if (outputs.get(name) === value) return;
      outputs.set(name, value);
      if (name === 'snapshots') outputWrites += 1;
      outputBytes += name.length + value.length;
    },
    saveState: ignore,
    checkFiles: ignore,
    writeSummary: () => Promise.resolve(),
    setExitCode: ignore,
    hide: ignore,
  };
  Object.assign(process.env, inputVariables('main', { api_token: DEMO_TOKEN, ...inputs }, 'success'));
  const job = readJob(GITHUB_ENV);
  const rootInputs = readRootInputs(job);
  const context = { job, runner, log: createLog(runner, clock) };
  let seed = 0;
  const world = {
    clock,
    transport,
    health: transport,
    random: () => 0.5,
    newKey: () => `00000000-0000-4000-8000-${String((seed += 1)).padStart(12, '0')}`,
    ownAddresses: new Set<string>(),
    cancelled: new AbortController().signal,
  };
  const startedAt = clock.now();
  const succeeded = await clock.run(create(rootInputs, createDeps(context, world, rootInputs))).then(
    () => true,
    () => false,
  );
  const seconds = (clock.now() - startedAt) / 1000;
  const downtimes = api.state().servers.flatMap(downtimeOf);
  return { succeeded, seconds, requests: transport.requests, lines, outputWrites, outputBytes, downtimes };
}

function downtimeOf({ history }: SimServer): number[] {
  const down = history.find(({ phase }) => phase !== 'active');
  const up = history.findLast(({ phase }) => phase === 'active');
  return down === undefined || up === undefined ? [] : [(up.at - down.at) / 1000];
}
