import { json, refuse, type Answer } from '../api/response.ts';
import { FaultError, parseFaults, type Fault } from '../faults/fault.ts';
import type { FaultScript } from '../faults/fault-script.ts';
import type { Machine } from '../api/simulated-api.ts';
import type { RequestRecord } from './request-log.ts';
import { readSwitches, SwitchError } from '../api/switches.ts';
import type { ServerSeed, SnapshotSeed } from '../api/actual-state.ts';

/** What the control paths work on. */
export interface Controlled {
  readonly machine: Machine;
  readonly faults: FaultScript;
  readonly requests: RequestRecord[];
  /** Moves the virtual clock ahead. */
  readonly jump: (seconds: number) => void;
}

type Fields = Readonly<Record<string, unknown>>;

/** What was sent to a control path is of no use; the message says why. */
class ControlError extends Error {
  override readonly name = 'ControlError';
}

const PATHS: Readonly<Record<string, (controlled: Controlled, body: unknown) => unknown>> = {
  'GET /_sim/requests': ({ requests }) => requests,
  'DELETE /_sim/requests': ({ requests }) => {
    requests.length = 0;
  },
  'GET /_sim/state': ({ machine }) => machine.state(),
  'GET /_sim/switches': ({ machine }) => machine.switches(),
  'POST /_sim/switches': ({ machine }, body) => {
    machine.setSwitches(readSwitches(body));
    return machine.switches();
  },
  'GET /_sim/faults': ({ faults }) => faults.list(),
  'POST /_sim/faults': ({ faults }, body) => {
    faults.add(refuseUnreachable(parseFaults(body)));
    return faults.list();
  },
  'DELETE /_sim/faults': ({ faults }) => {
    faults.clear();
  },
  'POST /_sim/deploy': ({ machine }, body) => {
    const { server_id: server, content } = fieldsOf(body);
    const reference = server === undefined ? undefined : readId(server);
    if (content !== undefined && typeof content !== 'string')
      throw new ControlError('"content" must be a text');
    machine.deploy(reference, content);
    return { server_id: reference ?? null, content: machine.contentOf(reference) };
  },
  'POST /_sim/servers': ({ machine }, body) => machine.addServer(readServer(body)),
  'POST /_sim/snapshots': ({ machine }, body) => machine.addSnapshot(readSnapshot(body)),
  'POST /_sim/advance': ({ machine, jump }, body) => {
    const { seconds } = fieldsOf(body);
    if (typeof seconds !== 'number' || !(seconds >= 0))
      throw new ControlError('"seconds" must be a number from 0');
    jump(seconds);
    machine.advance();
    return { now: new Date(machine.now()).toISOString() };
  },
};

/** Answers a request to a control path: 200, or 204 where there is nothing to say; else 400 or 404 with `detail`. */
export function control(controlled: Controlled, method: string, path: string, body: string): Answer {
  const name = `${method} ${path.split('?')[0]}`;
  const act = Object.hasOwn(PATHS, name) ? PATHS[name] : undefined;
  if (act === undefined)
    return refuse(404, `No control path ${name}; known: ${Object.keys(PATHS).join(', ')}`);
  try {
    const result = act(controlled, body === '' ? {} : JSON.parse(body));
    return result === undefined ? { status: 204, headers: {}, body: '' } : json(200, result);
  } catch (error) {
    return refuse(400, error instanceof Error ? error.message : String(error));
  }
}

/** Lets through what can happen once a connection stands; the others are for the transport in one process. */
export function refuseUnreachable(faults: readonly Fault[]): readonly Fault[] {
  const far = faults.find(
    ({ kind }) => kind === 'refused' || kind === 'unresolved' || kind === 'certificate',
  );
  if (far !== undefined) {
    throw new FaultError(
      `"${far.kind}" cannot be had over sockets: the connection stands before the path is known`,
    );
  }
  return faults;
}

function fieldsOf(body: unknown): Fields {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ControlError('the body must be a JSON object');
  }
  return body as Fields;
}

function readId(value: unknown): number | string {
  if (typeof value !== 'number' && typeof value !== 'string')
    throw new ControlError('an id is a number or a text');
  return value;
}

type Kind = 'id' | 'text' | 'number' | 'phase' | 'time';

const KINDS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  id: (value) => typeof value === 'number' || typeof value === 'string',
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  phase: (value) => value === 'in_progress' || value === 'completed' || value === 'failed',
  time: (value) => typeof value === 'number' || typeof value === 'string',
};

function check(body: unknown, required: string, kinds: Readonly<Record<string, Kind>>): Fields {
  const fields = fieldsOf(body);
  for (const [field, value] of Object.entries(fields)) {
    const kind = Object.hasOwn(kinds, field) ? kinds[field] : undefined;
    if (kind === undefined)
      throw new ControlError(`"${field}" is not one of ${Object.keys(kinds).join(', ')}`);
    if (!KINDS[kind](value)) throw new ControlError(`"${field}" is no ${kind}: ${JSON.stringify(value)}`);
  }
  if (fields[required] === undefined) throw new ControlError(`"${required}" is missing`);
  return fields;
}

/** Reads a snapshot that is to be there from the beginning. */
export function readSnapshot(body: unknown): SnapshotSeed {
  return check(body, 'name', {
    id: 'id',
    server_id: 'id',
    name: 'text',
    description: 'text',
    status: 'phase',
    created_at: 'time',
    size_mb: 'number',
    content: 'text',
  }) as unknown as SnapshotSeed;
}

const REST = ['active', 'stopped', 'suspended', 'error'];

/** Reads a server that is to be there from the beginning. */
export function readServer(body: unknown): ServerSeed {
  const fields = check(body, 'id', {
    id: 'id',
    uuid: 'text',
    name: 'text',
    status: 'text',
    location: 'text',
    content: 'text',
  });
  const { status } = fields;
  if (status !== undefined && !REST.some((phase) => phase === status)) {
    throw new ControlError(`"status" must be one of ${REST.join(', ')}`);
  }
  return fields as unknown as ServerSeed;
}

/** Whether an error is about what somebody typed, so that its message alone says it all. */
export function isUsageError(error: unknown): error is Error {
  return error instanceof ControlError || error instanceof FaultError || error instanceof SwitchError;
}
