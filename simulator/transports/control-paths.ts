import { json, detailError, type ApiResponse } from '../api/response.ts';
import { isConnectionFault, parseFaults, type Fault } from '../faults/fault.ts';
import { FaultError } from '../faults/fields.ts';
import type { FaultScript } from '../faults/fault-script.ts';
import type { SimulatedApi } from '../api/simulated-api.ts';
import type { RequestRecord } from './request-log.ts';
import { ContractError } from '../api/contract.ts';
import { EventError, parseEvents } from '../api/events.ts';
import { SwitchError } from '../api/switch-readers.ts';
import { readSwitches } from '../api/switches.ts';
import type { ServerSeed, SnapshotSeed } from '../api/actual-state.ts';

/** What the control paths read and change. */
export interface ControlContext {
  readonly api: SimulatedApi;
  readonly faults: FaultScript;
  readonly requests: RequestRecord[];
  /** Moves the virtual clock ahead. */
  readonly jump: (seconds: number) => void;
}

type Fields = Readonly<Record<string, unknown>>;

/** A request to a control path that cannot be carried out; the message says why. */
class ControlError extends Error {
  override readonly name = 'ControlError';
}

const PATHS: Readonly<Record<string, (context: ControlContext, body: unknown) => unknown>> = {
  'GET /_sim/requests': ({ requests }) => requests,
  'DELETE /_sim/requests': ({ requests }) => {
    requests.length = 0;
  },
  'GET /_sim/state': ({ api }) => api.state(),
  'GET /_sim/switches': ({ api }) => api.switches(),
  'POST /_sim/switches': ({ api }, body) => {
    api.setSwitches(readSwitches(body));
    return api.switches();
  },
  'GET /_sim/faults': ({ faults }) => faults.list(),
  'POST /_sim/faults': ({ faults }, body) => {
    faults.add(rejectConnectionFaults(parseFaults(body)));
    return faults.list();
  },
  'DELETE /_sim/faults': ({ faults }) => {
    faults.clear();
  },
  'GET /_sim/events': ({ api }) => api.state().events,
  'POST /_sim/events': ({ api }, body) => {
    api.addEvents(parseEvents(body));
    return api.state().events;
  },
  'POST /_sim/deploy': ({ api }, body) => {
    const { server_id: server, content } = fieldsOf(body);
    const reference = server === undefined ? undefined : readId(server);
    if (content !== undefined && typeof content !== 'string')
      throw new ControlError('"content" must be a text');
    api.deploy(reference, content);
    return { server_id: reference ?? null, content: api.contentOf(reference) };
  },
  'POST /_sim/servers': ({ api }, body) => api.addServer(readServerSeed(body)),
  'POST /_sim/snapshots': ({ api }, body) => api.addSnapshot(readSnapshotSeed(body)),
  'POST /_sim/advance': ({ api, jump }, body) => {
    const { seconds } = fieldsOf(body);
    if (typeof seconds !== 'number' || !(seconds >= 0))
      throw new ControlError('"seconds" must be a number from 0');
    jump(seconds);
    api.advance();
    return { now: new Date(api.now()).toISOString() };
  },
};

/** Answers a request to a control path: 200, or 204 without a result; otherwise 400 or 404 with `detail`. */
export function control(context: ControlContext, method: string, path: string, body: string): ApiResponse {
  const name = `${method} ${path.split('?')[0]}`;
  const handler = Object.hasOwn(PATHS, name) ? PATHS[name] : undefined;
  if (handler === undefined)
    return detailError(404, `No control path ${name}; known: ${Object.keys(PATHS).join(', ')}`);
  try {
    const result = handler(context, body === '' ? {} : JSON.parse(body));
    return result === undefined ? { status: 204, headers: {}, body: '' } : json(200, result);
  } catch (error) {
    return detailError(400, error instanceof Error ? error.message : String(error));
  }
}

/** Rejects the faults of connecting, which only the in-process transport can have. */
export function rejectConnectionFaults(faults: readonly Fault[]): readonly Fault[] {
  const unsupported = faults.find(isConnectionFault);
  if (unsupported !== undefined) {
    throw new FaultError(
      `"${unsupported.kind}" is not possible over sockets: the connection is open before the path is known`,
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

const SNAPSHOT_PHASES = ['in_progress', 'completed', 'failed', 'deleting'];

type Kind = 'id' | 'text' | 'number' | 'phase' | 'time';

const KINDS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  id: (value) => typeof value === 'number' || typeof value === 'string',
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  phase: (value) => SNAPSHOT_PHASES.some((phase) => phase === value),
  time: (value) => typeof value === 'number' || typeof value === 'string',
};

function checkFields(body: unknown, required: string, kinds: Readonly<Record<string, Kind>>): Fields {
  const fields = fieldsOf(body);
  for (const [field, value] of Object.entries(fields)) {
    const kind = Object.hasOwn(kinds, field) ? kinds[field] : undefined;
    if (kind === undefined)
      throw new ControlError(`"${field}" is not one of ${Object.keys(kinds).join(', ')}`);
    if (!KINDS[kind](value))
      throw new ControlError(`"${field}" is not a valid ${kind}: ${JSON.stringify(value)}`);
  }
  if (fields[required] === undefined) throw new ControlError(`"${required}" is missing`);
  return fields;
}

/** Reads a snapshot that is to exist from the start. */
export function readSnapshotSeed(body: unknown): SnapshotSeed {
  return checkFields(body, 'name', {
    id: 'id',
    server_id: 'id',
    name: 'text',
    description: 'text',
    status: 'phase',
    seconds: 'number',
    created_at: 'time',
    size_mb: 'number',
    content: 'text',
  }) as unknown as SnapshotSeed;
}

const INITIAL_PHASES = ['active', 'stopped', 'suspended', 'error'];

/** Reads a server that is to exist from the start. */
export function readServerSeed(body: unknown): ServerSeed {
  const fields = checkFields(body, 'id', {
    id: 'id',
    uuid: 'text',
    name: 'text',
    status: 'text',
    location: 'text',
    ip_address: 'text',
    content: 'text',
  });
  const { status } = fields;
  if (status !== undefined && !INITIAL_PHASES.some((phase) => phase === status)) {
    throw new ControlError(`"status" must be one of ${INITIAL_PHASES.join(', ')}`);
  }
  return fields as unknown as ServerSeed;
}

/** Whether an error is a mistake in what somebody typed: its message alone explains it. */
export function isUsageError(error: unknown): error is Error {
  return [ContractError, ControlError, EventError, FaultError, SwitchError].some(
    (kind) => error instanceof kind,
  );
}
