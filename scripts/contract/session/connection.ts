import { createOutageLog } from '../../../src/actions/common/heartbeat.ts';
import { pausesOf } from '../../../src/actions/common/wiring.ts';
import { createServerReader, type SharedServerReader } from '../../../src/actions/server/reader.ts';
import { type Deps } from '../../../src/actions/common/deps.ts';
import { isLoopback } from '../../../src/github/inputs/values.ts';
import { readJob } from '../../../src/github/job.ts';
import { createLog } from '../../../src/github/log.ts';
import { type Runner } from '../../../src/github/runner.ts';
import { createSchedule } from '../../../src/snapshots/polling/schedule.ts';
import { createApi } from '../../../src/vps/api.ts';
import { createClient, type Send } from '../../../src/vps/client/client.ts';
import { type Clock } from '../../../src/vps/clock.ts';
import { VpsError } from '../../../src/vps/errors.ts';
import { type Method, type Transport } from '../../../src/vps/transport.ts';
import { type Exchange, Recorder } from '../exchange.ts';

/** The outside world, real or simulated. */
export interface World {
  readonly clock: Clock;
  readonly transport: Transport;
  /** In [0, 1). */
  readonly random: () => number;
  /** A random UUID. */
  readonly newKey: () => string;
  /** Somebody wants the run to end. */
  readonly cancelled: AbortSignal;
  /** One line for the person at the terminal. */
  readonly print: (line: string) => void;
}

export interface Address {
  readonly apiUrl: string;
  readonly token: string;
  /** Milliseconds; `null`: as the actions poll. */
  readonly pollInterval: number | null;
}

/** Whom a probe claims to be: the token, a wrong one, none at all, or the one with few permissions. */
export type Caller = 'token' | 'wrong' | 'nobody' | 'limited';

export interface Connection {
  readonly deps: Deps;
  readonly recorder: Recorder;
  /** Sends one request as it is, and gives what was answered; throws only where nothing was. */
  ask(probe: string, request: Question): Promise<Exchange>;
}

interface Question {
  readonly method: Method;
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly as?: Caller;
}

/** Statuses that answer a question; the others are an outage or a limit, which the client sits out. */
const ANSWERS = Array.from({ length: 200 }, (_, index) => 300 + index).filter(
  (status) => status !== 408 && status !== 429,
);
/** How long a question is tried while the API cannot be reached. */
const QUESTION_MS = 10 * 60_000;
/** No token of an account. */
const WRONG_TOKEN = 'vps_contract_wrong_token';

/** The actions' own client, schedule and log, with a recorder in between. */
export function connect(
  world: World,
  address: Address,
  limitedToken: string | null,
  known?: Recorder,
): Connection {
  const { clock, cancelled, random } = world;
  const { apiUrl, token, pollInterval } = address;
  const schedule = createSchedule(pollInterval, isLoopback(new URL(apiUrl).hostname));
  const recorder = known ?? new Recorder(clock, schedule.scale);
  const runner = createPrinter(world.print);
  const log = createLog(runner, clock);
  const send = (as: Caller): Send =>
    createClient({
      apiUrl,
      token: { token, wrong: WRONG_TOKEN, nobody: WRONG_TOKEN, limited: limitedToken ?? '' }[as],
      transport: recorder.wrap(as === 'nobody' ? anonymous(world.transport) : world.transport, apiUrl),
      clock,
      random,
      pauses: pausesOf(schedule),
      report: { debug: () => {}, ...createOutageLog({ clock, log }), lasting: () => {} },
      persistent: false,
      cancelled,
    });
  const clients = {
    token: send('token'),
    wrong: send('wrong'),
    nobody: send('nobody'),
    limited: send('limited'),
  };
  const deps: Deps = {
    clock,
    api: createApi(clients.token),
    health: () => Promise.reject(new Error('no health checks are made here')),
    newKey: world.newKey,
    job: readJob({}),
    log,
    runner,
    completionProofs: { save: () => {}, has: () => false },
    restoreRecords: { save: () => {}, has: () => false, withdraw: () => {} },
    deletionRecords: { save: () => {}, read: () => null },
    ownAddresses: new Set(),
    cancelled,
    schedule,
    until: Number.POSITIVE_INFINITY,
  };
  return {
    deps,
    recorder,
    async ask(probe, { as = 'token', ...request }) {
      recorder.probe = probe;
      const before = recorder.exchanges.length;
      try {
        const until = clock.now() + QUESTION_MS;
        await clients[as]({
          ...request,
          until,
          answers: ANSWERS,
          patience: 'at_once',
          read: () => undefined,
        });
      } catch (error) {
        if (!(error instanceof VpsError) || recorder.exchanges.length === before) throw error;
      } finally {
        recorder.probe = `after.${probe}`;
      }
      return recorder.last();
    },
  };
}

/** Reads servers as the API shows them: one by its own address, or by a list only. */
export function readerOf({ deps }: Pick<Connection, 'deps'>, readsList: boolean): SharedServerReader {
  return createServerReader(readsList ? 'list' : 'address', deps);
}

/** Leaves the token out. */
function anonymous(transport: Transport): Transport {
  return (request) => {
    const { authorization: _, ...headers } = request.headers;
    return transport({ ...request, headers });
  };
}

/** Everything that the actions would tell a workflow runner goes to the terminal; there are no files. */
function createPrinter(print: (line: string) => void): Runner {
  const nothing = (): void => {};
  return {
    write: (line) => print(`    ${line}`),
    debug: nothing,
    annotate: (kind, title, text) => print(`    ${kind}: ${title}: ${text}`),
    startGroup: nothing,
    endGroup: nothing,
    setOutput: nothing,
    saveState: nothing,
    checkFiles: nothing,
    writeSummary: () => Promise.resolve(),
    setExitCode: nothing,
    hide: nothing,
  };
}
