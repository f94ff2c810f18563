import { parseArgs } from 'node:util';
import { useContract } from './api/contract.ts';
import { EVENT_KINDS, parseEvents } from './api/events.ts';
import { isUsageError, readServerSeed, readSnapshotSeed } from './transports/control-paths.ts';
import { FAULT_KINDS, parseFaults } from './faults/fault.ts';
import { startServer, type ServerOptions } from './transports/http-server.ts';
import { describeSwitches, readSwitchText, type Switches } from './api/switches.ts';

const USAGE_EXIT_CODE = 2;

const HELP = `A simulated VPS.org API on 127.0.0.1, token vps_demo_token.

  npm run simulator -- [options]

  --port N             0 (default): any free port
  --seed N             durations, sizes and random choices come from it (default 1)
  --time-scale N       virtual seconds per real second (default 1; 0: only POST /_sim/advance moves time)
  --start-at TIME      when virtual time begins, ISO 8601 (default: now)
  --server JSON        a server in place of the default 12345; repeatable: {"id":1,"name":"db-01"}
  --snapshot JSON      a snapshot that exists already; repeatable: {"name":"weekly","server_id":1}
  --fault JSON         one fault or an array; repeatable. Kinds: ${FAULT_KINDS.join(', ')}
                       {"method":"POST","path":"/snapshots/","nth":1,"kind":"status","status":503}
  --event JSON         what others do, or an array of it; repeatable. Kinds: ${EVENT_KINDS.join(', ')}
                       {"kind":"restart","at":60,"seconds":20}
  --contract FILE      switches as 'npm run contract' saw the live API (default: what VPS_CONTRACT names)
  --switch NAME=VALUE  repeatable; see below
  --ttl SECONDS        exit by itself after that long (default: never)
  --help               this text

One line on standard output says where it listens. SIGINT and SIGTERM end it.

Switches, with their defaults:
${describeSwitches()}
`;

const OPTIONS = {
  port: { type: 'string', default: '0' },
  seed: { type: 'string', default: '1' },
  'time-scale': { type: 'string', default: '1' },
  'start-at': { type: 'string' },
  server: { type: 'string', multiple: true },
  snapshot: { type: 'string', multiple: true },
  fault: { type: 'string', multiple: true },
  event: { type: 'string', multiple: true },
  contract: { type: 'string' },
  switch: { type: 'string', multiple: true },
  ttl: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** A mistake in the command line. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Command {
  readonly options: ServerOptions;
  readonly ttlSeconds: number | undefined;
  readonly help: boolean;
}

function readCommand(args: readonly string[]): Command {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  useContract(values.contract);
  const startAt = values['start-at'] === undefined ? undefined : Date.parse(values['start-at']);
  if (Number.isNaN(startAt)) throw new UsageError(`--start-at: "${values['start-at']}" is not a time`);
  return {
    help: values.help,
    ttlSeconds: values.ttl === undefined ? undefined : readNumber('ttl', values.ttl),
    options: {
      port: readNumber('port', values.port),
      seed: readNumber('seed', values.seed),
      timeScale: readNumber('time-scale', values['time-scale']),
      switches: (values.switch ?? []).reduce<Partial<Switches>>(
        (switches, text) => ({ ...switches, ...readSwitchText(text) }),
        {},
      ),
      faults: (values.fault ?? []).flatMap(parseFaults),
      events: (values.event ?? []).flatMap(parseEvents),
      snapshots: (values.snapshot ?? []).map((text) => readSnapshotSeed(readJson('snapshot', text))),
      ...(values.server !== undefined && {
        servers: values.server.map((text) => readServerSeed(readJson('server', text))),
      }),
      ...(startAt !== undefined && { startAt }),
    },
  };
}

function readNumber(option: string, text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(`--${option}: "${text}" is not a number`);
  return Number(text);
}

function readJson(option: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--${option}: not JSON: ${text}`, { cause: error });
  }
}

async function run(): Promise<void> {
  const { options, ttlSeconds, help } = readCommand(process.argv.slice(2));
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const server = await startServer(options);
  process.stdout.write(`VPS.org simulator listening on ${server.url}\n`);

  const timer = ttlSeconds === undefined ? undefined : setTimeout(stop, ttlSeconds * 1000);
  function stop(): void {
    clearTimeout(timer);
    void server.close();
  }
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function isUsage(error: unknown): error is Error {
  if (isUsageError(error) || error instanceof UsageError) return true;
  // Node's own messages about options and ports are clear; a stack would hide them.
  return error instanceof Error && 'code' in error;
}

try {
  await run();
} catch (error) {
  if (isUsage(error)) {
    process.stderr.write(`simulator: ${error.message}\nTry --help.\n`);
    process.exitCode = USAGE_EXIT_CODE;
  } else {
    throw error;
  }
}
