import type { SimServer, SimSnapshot } from './actual-state.ts';
import { restart, startRestore } from './server-changes.ts';
import { deleteSnapshot, startSnapshot } from './snapshot-changes.ts';
import type { StateMachine } from './state-machine.ts';
import { readSwitches, type Switches } from './switches.ts';

/** What somebody else, or the server itself, does at some time. Seconds are virtual. */
export type SimEvent = {
  /** Seconds from when the event is added. */
  readonly at: number;
} & (
  | { readonly kind: 'restart'; readonly server_id?: Id; readonly seconds: number }
  /** Somebody's snapshot; `deleted_after` seconds later it is deleted again. */
  | {
      readonly kind: 'snapshot';
      readonly server_id?: Id;
      readonly name: string;
      readonly description?: string;
      readonly deleted_after?: number;
    }
  /** Somebody's restore: of this snapshot, else of the server's newest completed one. */
  | {
      readonly kind: 'restore';
      readonly server_id?: Id;
      readonly snapshot_id?: Id;
      readonly seconds?: number;
    }
  /** The API behaves in another way, for this many seconds or for good. */
  | { readonly kind: 'switches'; readonly switches: Partial<Switches>; readonly seconds?: number }
);

type Id = number | string;
type EventKind = SimEvent['kind'];

/** An event that cannot be read; the message says why. */
export class EventError extends Error {
  override readonly name = 'EventError';
}

type FieldKind = 'id' | 'text' | 'seconds' | 'switches';
type FieldSpec = readonly [kind: FieldKind, required?: boolean];

/** The fields of each kind beside `kind` and `at`; true where one is required. */
const FIELDS: Readonly<Record<EventKind, Readonly<Record<string, FieldSpec>>>> = {
  restart: { server_id: ['id'], seconds: ['seconds', true] },
  snapshot: {
    server_id: ['id'],
    name: ['text', true],
    description: ['text'],
    deleted_after: ['seconds'],
  },
  restore: { server_id: ['id'], snapshot_id: ['id'], seconds: ['seconds'] },
  switches: { switches: ['switches', true], seconds: ['seconds'] },
};

export const EVENT_KINDS = Object.keys(FIELDS) as readonly EventKind[];

/** Reads one event or an array of them, from JSON text or from parsed JSON. `at` is 0 when left out. */
export function parseEvents(given: unknown): readonly SimEvent[] {
  const parsed = typeof given === 'string' ? parseJson(given) : given;
  return (Array.isArray(parsed) ? (parsed as readonly unknown[]) : [parsed]).map(parseEvent);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EventError(`an event is JSON, not ${JSON.stringify(text.slice(0, 80))}`, { cause: error });
  }
}

function parseEvent(given: unknown): SimEvent {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new EventError('an event must be an object');
  const raw = given as Readonly<Record<string, unknown>>;
  const kind = EVENT_KINDS.find((known) => known === raw['kind']);
  if (kind === undefined) throw new EventError(`"kind" of an event must be one of ${EVENT_KINDS.join(', ')}`);
  const fields: Readonly<Record<string, FieldSpec>> = { at: ['seconds'], ...FIELDS[kind] };
  const read: Record<string, unknown> = { kind, at: 0 };
  for (const [field, value] of Object.entries(raw)) {
    if (field !== 'kind') read[field] = readField(kind, fields, field, value);
  }
  const missing = Object.entries(fields).find(
    ([field, [, required]]) => required === true && !(field in raw),
  );
  if (missing !== undefined) throw new EventError(`"${missing[0]}" of the event ${kind} is missing`);
  return read as unknown as SimEvent;
}

function readField(
  kind: EventKind,
  fields: Readonly<Record<string, FieldSpec>>,
  field: string,
  value: unknown,
): unknown {
  const known = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (known === undefined)
    throw new EventError(`"${field}" is not a field of ${kind}: ${Object.keys(fields).join(', ')}`);
  const [type] = known;
  if (type === 'switches') return readSwitches(value);
  const isValid =
    type === 'seconds'
      ? typeof value === 'number' && value >= 0
      : typeof value === 'string' || (type === 'id' && typeof value === 'number');
  if (!isValid) throw new EventError(`"${field}" must be ${DESCRIPTIONS[type]}`);
  return value;
}

const DESCRIPTIONS = { id: 'an id', text: 'a text', seconds: 'a number from 0' } as const;

/** Lets an event happen at its time; what the state does not allow then does not happen, and is recorded as such. */
export function scheduleEvent(state: StateMachine, event: SimEvent): void {
  const at = state.now() + event.at * 1000;
  state.schedule(at, () => {
    state.events.push({ kind: event.kind, at, happened: happen(state, event) });
  });
}

function happen(state: StateMachine, event: SimEvent): boolean {
  if (event.kind === 'switches') return setSwitches(state, event.switches, event.seconds);
  const server = event.server_id === undefined ? state.servers[0] : state.server(String(event.server_id));
  if (server === undefined) return false;
  switch (event.kind) {
    case 'restart':
      return restart(state, server, event.seconds);
    case 'snapshot': {
      if (!state.switches.snapshot_while.includes(server.phase)) return false;
      if (state.slots(server) >= state.switches.limit) return false;
      const { name, description = '', deleted_after: seconds } = event;
      const snapshot = startSnapshot(state, server, { name, description, madeBy: 'event' });
      if (seconds !== undefined) {
        state.schedule(state.now() + seconds * 1000, () => {
          if (state.exists(snapshot)) deleteSnapshot(state, snapshot);
        });
      }
      return true;
    }
    case 'restore': {
      const snapshot = snapshotToRestore(state, server, event.snapshot_id);
      if (snapshot === undefined || !state.switches.restore_while.includes(server.phase)) return false;
      const { seconds } = event;
      startRestore(state, server, snapshot, {
        by: 'event',
        ...(seconds !== undefined && { durationMs: seconds * 1000 }),
      });
      return true;
    }
  }
}

function snapshotToRestore(state: StateMachine, server: SimServer, id?: Id): SimSnapshot | undefined {
  const candidates = state.snapshots.filter(
    (each) => each.serverId === server.id && each.phase === 'completed' && state.exists(each),
  );
  if (id !== undefined) return candidates.find((each) => each.id === String(id));
  return candidates.toSorted((one, other) => one.createdAt - other.createdAt).at(-1);
}

function setSwitches(state: StateMachine, switches: Partial<Switches>, seconds?: number): boolean {
  const before = Object.fromEntries(
    Object.entries(state.switches).filter(([name]) => name in switches),
  ) as Partial<Switches>;
  Object.assign(state.switches, switches);
  if (seconds !== undefined) {
    state.schedule(state.now() + seconds * 1000, () => {
      Object.assign(state.switches, before);
    });
  }
  return true;
}
