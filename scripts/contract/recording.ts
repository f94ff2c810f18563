import { isOfServer, idsOf } from '../../src/snapshots/server.ts';
import { type ServerRef } from '../../src/vps/model.ts';
import { type Exchange } from './exchange.ts';

/** What a run knows beside its exchanges. */
export interface Facts {
  readonly token: { readonly hasPrefix: boolean };
  /** The server, under every id that the API says for it. */
  readonly server: ServerRef;
  /** The API's word for it when the run began. */
  readonly status: string;
  readonly secondServerId: string | null;
  /** Of the API's address. */
  readonly origin: string;
  /** The API shows one server by a list only. */
  readonly readsList: boolean;
  /** What is on the server: at the time of the snapshot, before the restore, and after it. */
  content: { readonly taken: string; readonly changed: string; readonly after: string } | null;
}

/** Everything that a run has seen; the checks know nothing else. */
export interface Recording {
  readonly exchanges: readonly Exchange[];
  readonly facts: Facts;
}

export type Fields = Readonly<Record<string, unknown>>;

/** The last exchange of a probe that had an answer. */
export function answerTo({ exchanges }: Recording, probe: string): Exchange | undefined {
  return exchanges.findLast((each) => each.probe === probe && each.status !== null);
}

export function answersTo({ exchanges }: Recording, pattern: RegExp): readonly Exchange[] {
  return exchanges.filter(({ probe, status }) => status !== null && pattern.test(probe));
}

type Accepted = Exchange & { readonly status: number };

export function isOk(exchange: Exchange | undefined): exchange is Accepted {
  return exchange?.status != null && exchange.status >= 200 && exchange.status < 300;
}

/** Certainly not carried out. */
export function isRefusal({ status }: Exchange): boolean {
  return status !== null && status >= 300 && status < 500 && status !== 408;
}

const parsed = new WeakMap<Exchange, unknown>();

/** The body as JSON; undefined for anything else. */
export function jsonOf(exchange: Exchange | undefined): unknown {
  if (exchange === undefined) return undefined;
  if (!parsed.has(exchange)) {
    let value: unknown;
    try {
      value = JSON.parse(exchange.text);
    } catch {
      value = undefined;
    }
    parsed.set(exchange, value);
  }
  return parsed.get(exchange);
}

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The items of a list in either form; null for what is no list. */
export function itemsOf(exchange: Exchange | undefined): readonly Fields[] | null {
  const value = jsonOf(exchange);
  const items = Array.isArray(value) ? (value as readonly unknown[]) : fieldsOf(value)?.['results'];
  return Array.isArray(items)
    ? (items as readonly unknown[]).map(fieldsOf).filter((item) => item !== null)
    : null;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Ids of an object of the API, as text. */
function refOf(fields: Fields | null): ServerRef {
  const id = textOf(fields?.['id']);
  const uuid = textOf(fields?.['uuid']);
  return { id: id === '' ? null : id, uuid: uuid === '' ? null : uuid, name: null };
}

const isServerList = ({ path }: Exchange): boolean => /^\/servers\/(\?|$)/.test(path);

export interface ServerReading {
  readonly at: number;
  /** The word as it stands in the answer. */
  readonly word: string;
  readonly updatedAt: string;
}

/** What the API showed of the server, read after read, while something was watched. */
export function readingsOf(recording: Recording, probe: RegExp): readonly ServerReading[] {
  return answersTo(recording, probe)
    .filter((each) => each.method === 'GET' && each.path.startsWith('/servers/') && isOk(each))
    .flatMap((each) => {
      const items = isServerList(each) ? (itemsOf(each) ?? []) : [fieldsOf(jsonOf(each))];
      const ids = idsOf(recording.facts.server);
      const found = items.find((item) => !isServerList(each) || isOfServer(refOf(item), ids));
      if (found == null) return [];
      return [{ at: each.endedAt, word: textOf(found['status']), updatedAt: textOf(found['updated_at']) }];
    });
}

/** A snapshot of this run, from its request on. */
export interface SnapshotHistory {
  readonly probe: string;
  readonly id: string;
  readonly requestedAt: number;
  /** The answer to the request. */
  readonly created: Fields;
  /** Lists read after the request and before the first that shows it. */
  readonly unlisted: number;
  readonly firstListedAt: number | null;
  /** It as the lists showed it. */
  readonly sightings: readonly Sighting[];
}

export interface Sighting {
  readonly at: number;
  readonly word: string;
  readonly size: unknown;
  readonly item: Fields;
}

/** The snapshots that were created, as the lists showed them. */
export function historiesOf(recording: Recording, probe: RegExp): readonly SnapshotHistory[] {
  return answersTo(recording, probe)
    .filter((each) => each.method === 'POST' && isOk(each))
    .flatMap((each) => {
      const created = fieldsOf(jsonOf(each));
      const id = textOf(created?.['id']);
      if (created === null || id === '') return [];
      const lists = watchedLists(recording, each);
      const shown = lists.flatMap(({ at, items }) => {
        const item = items.find((other) => textOf(other['id']) === id);
        if (item === undefined) return [];
        return [{ at, word: textOf(item['status']), size: item['size_mb'] ?? null, item }];
      });
      const first = shown[0]?.at ?? null;
      const unlisted = lists.filter(({ at }) => first === null || at < first).length;
      const { endedAt: requestedAt } = each;
      return [
        { probe: each.probe, id, requestedAt, created, unlisted, firstListedAt: first, sightings: shown },
      ];
    });
}

/** A list, of however many pages. */
interface List {
  /** When its last page was read. */
  readonly at: number;
  readonly items: readonly Fields[];
}

/** Lists of the request's server that were read after it. */
function watchedLists({ exchanges }: Recording, request: Exchange): readonly List[] {
  const server = textOf(fieldsOf(JSON.parse(request.sent))?.['server_id']);
  const lists: List[] = [];
  for (const each of exchanges) {
    if (each.sentAt < request.endedAt || !each.probe.startsWith('watch.') || !isOk(each)) continue;
    const query = new URLSearchParams(each.path.split('?')[1]);
    if (!each.path.startsWith('/snapshots/?') || query.get('server_id') !== server) continue;
    const items = itemsOf(each) ?? [];
    const before = query.has('page') ? lists.pop() : undefined;
    lists.push({ at: each.endedAt, items: [...(before?.items ?? []), ...items] });
  }
  return lists;
}
