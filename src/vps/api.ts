import { type Answer, type Send } from './client.ts';
import { VpsError } from './errors.ts';
import { ID_PATTERN, type Server, type Snapshot, type SnapshotList } from './model.ts';
import {
  parseCreated,
  parseJson,
  parseServer,
  parseSnapshotPage,
  SchemaError,
  type SnapshotPage,
} from './schemas.ts';
import { type HttpResponse, type Method } from './transport.ts';

export type PowerAction = 'start' | 'stop';

export interface NewSnapshot {
  readonly serverId: string;
  readonly name: string;
  readonly description: string;
}

/** The calls of the VPS.org API that this project uses. `until` is a deadline in monotonic milliseconds. */
export interface Api {
  /** All snapshots, or those of one server, over all pages [D]. */
  listSnapshots(filter: { readonly serverId?: string }, until: number): Promise<SnapshotList>;
  /** Requests a snapshot; it is `in_progress` then [D]. One try, unless nothing can have been carried out. */
  createSnapshot(snapshot: NewSnapshot, until: number): Promise<Snapshot>;
  /** Requests a restore, which overwrites the server [D]. One try, unless nothing can have been carried out. */
  restoreSnapshot(id: string, until: number): Promise<void>;
  /** Deletes a snapshot [D]: `false` where there was none any more. */
  deleteSnapshot(id: string, until: number): Promise<boolean>;
  /** One server [C]. */
  getServer(id: string, until: number): Promise<Server>;
  /** Starts or stops a server [C]. One try, unless nothing can have been carried out. */
  powerServer(id: string, action: PowerAction, until: number): Promise<void>;
}

/** The longest page that the API gives [C]. */
const PAGE_SIZE = 100;
const MAX_PAGES = 50;
/** How often a list is read again because it changed while its pages were read. */
const MAX_READS = 3;

/** The endpoints over a client; `apiUrl` is the same that the client has. */
export function createApi(send: Send, apiUrl: string): Api {
  return {
    async listSnapshots({ serverId }, until) {
      const query = new URLSearchParams({
        ...(serverId !== undefined && { server_id: serverId }),
        page_size: String(PAGE_SIZE),
      });
      let list: SnapshotList | undefined;
      for (let reads = 0; reads < MAX_READS && list?.complete !== true; reads += 1) {
        list = await readPages(send, apiUrl, `/snapshots/?${query}`, until);
        if (list.pages === 1 || list.pages >= MAX_PAGES) break;
      }
      return list ?? { snapshots: [], complete: false, now: null, pages: 0 };
    },

    async createSnapshot({ serverId, name, description }, until) {
      const body = { server_id: idForBody(serverId), name, description };
      return (await send({ method: 'POST', path: '/snapshots/', body, until, read: json(parseCreated) }))
        .value;
    },

    async restoreSnapshot(id, until) {
      const path = `/snapshots/${encodeURIComponent(id)}/restore/`;
      refuseUnsafe('POST', path, id);
      // Only that the body is whole JSON counts: its `status` is the request's, not the restore's [D].
      await send({ method: 'POST', path, until, read: json((body) => body) });
    },

    async deleteSnapshot(id, until) {
      const path = `/snapshots/${encodeURIComponent(id)}/`;
      refuseUnsafe('DELETE', path, id);
      try {
        await send({ method: 'DELETE', path, until, read: noContent });
        return true;
      } catch (error) {
        if (error instanceof VpsError && error.status === 404) return false;
        throw error;
      }
    },

    async getServer(id, until) {
      const path = `/servers/${encodeURIComponent(id)}/`;
      return (await send({ method: 'GET', path, until, read: json(parseServer) })).value;
    },

    async powerServer(id, action, until) {
      const path = `/servers/${encodeURIComponent(id)}/power/`;
      // The body of the answer is not known [?]: an empty one or plain text is no reason to doubt a 2xx.
      await send({ method: 'POST', path, body: { action }, until, read: anything });
    },
  };
}

/** Readers of answers: JSON of a known shape, a 204 without a body, and a 2xx of any kind. */
function json<T>(parse: (value: unknown) => T): (response: HttpResponse) => T {
  return ({ body }) => parse(parseJson(body));
}

function noContent({ status }: HttpResponse): void {
  if (status !== 204) throw new SchemaError('a 204 was expected');
}

function anything(): void {}

/** The last guard before a snapshot is overwritten or deleted: an odd id would fold into another address (design §4). */
function refuseUnsafe(method: Method, path: string, id: string): void {
  if (!ID_PATTERN.test(id)) throw new VpsError({ kind: 'unsafe_id', method, path });
}

/** A number where the id is one that a double holds, else text: the API documents integers [D] and has UUIDs [C]. */
function idForBody(id: string): number | string {
  const number = Number(id);
  return /^(0|[1-9]\d*)$/.test(id) && Number.isSafeInteger(number) ? number : id;
}

async function readPages(
  send: Send,
  apiUrl: string,
  firstPath: string,
  until: number,
): Promise<SnapshotList> {
  const pages: SnapshotPage[] = [];
  const snapshots: Snapshot[] = [];
  const ids = new Set<string>();
  const visited = new Set<string>();
  let now: number | null = null;
  let steady = true;
  let path: string | null = firstPath;
  while (path !== null && pages.length < MAX_PAGES) {
    const answer: Answer<SnapshotPage> = await send({
      method: 'GET',
      path,
      until,
      read: json(parseSnapshotPage),
    });
    const page = answer.value;
    now = answer.now ?? now;
    // An item on two pages, or another count: the list moved under the reader, and may have hidden an item.
    const fresh = page.snapshots.filter((s) => s.id === '' || !ids.has(s.id));
    if (fresh.length < page.snapshots.length || page.count !== (pages[0] ?? page).count) steady = false;
    for (const { id } of fresh) ids.add(id);
    snapshots.push(...fresh);
    pages.push(page);
    visited.add(path);
    path = nextPath(page, apiUrl, path);
    // A link that leads back would be followed for ever and prove nothing.
    if (path !== null && visited.has(path)) break;
  }
  const last = pages.at(-1);
  const full = last !== undefined && last.count !== null && snapshots.length >= last.count;
  const ended = path === null && last?.next === null;
  // On several pages the end of the links proves less than the number of items: one may have slipped through.
  const complete = steady && (full || (ended && (pages.length === 1 || last.count === null)));
  return { snapshots, complete, now, pages: pages.length };
}

/**
 * The path of the next page. Only its path and query are used, and only below the API's own address: the
 * token never follows a link to another host. Proxies that end TLS make the API write `http:` links to itself,
 * so the scheme is not compared.
 */
function nextPath(page: SnapshotPage, apiUrl: string, path: string): string | null {
  if (page.next === null || page.next === undefined) return null;
  const base = new URL(`${apiUrl}/`);
  const next = URL.parse(page.next, apiUrl + path);
  if (next === null || next.host !== base.host || !next.pathname.startsWith(base.pathname)) {
    throw new VpsError({
      kind: 'malformed',
      method: 'GET',
      path,
      status: 200,
      detail: "the list's next page is not below the API's own address; it was not followed",
    });
  }
  return next.pathname.slice(base.pathname.length - 1) + next.search;
}
