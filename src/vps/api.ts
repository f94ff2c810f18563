import { type Send } from './client/client.ts';
import { VpsError } from './errors.ts';
import {
  ID_PATTERN,
  type RestoreAnswer,
  type Server,
  type ServerList,
  type Snapshot,
  type SnapshotList,
  type SnapshotWithId,
  type TokenInfo,
} from './model.ts';
import { type Listing, readPages } from './pages.ts';
import { type RefusalPatience } from './client/retry.ts';
import {
  parseCreated,
  parseJson,
  parseRestoreAnswer,
  parseServer,
  parseSnapshot,
  parseTokenInfo,
  SchemaError,
} from './schemas.ts';
import { isWebPage } from './text.ts';
import { type HttpResponse, type Method } from './transport.ts';

export type PowerAction = 'start' | 'stop';

export interface NewSnapshot {
  readonly serverId: string;
  readonly name: string;
  readonly description: string;
}

/** How long a call may take, and how much is believed of a refusal. */
export interface Limits {
  /** Monotonic milliseconds after which nothing of the call is sent or waited for. */
  readonly until: number;
  /** Reads only; `standing` where nothing is said. */
  readonly patience?: RefusalPatience | undefined;
}

export interface ListFilter {
  readonly serverId?: string;
  readonly mostPages?: number | undefined;
}

/**
 * What became of a DELETE: `deleted` the API confirmed it (204) · `accepted` it answered with another 2xx ·
 * `absent` it knows no such snapshot. Only complete lists show what the last two mean.
 */
export type DeleteAnswer = 'deleted' | 'accepted' | 'absent';

/** The calls of the VPS.org API that this project uses; `docs/api-notes.md` says where each is known from. */
export interface Api {
  /** All snapshots, or those of one server, over all pages; of more than `mostPages` only what the first one shows. */
  listSnapshots(filter: ListFilter, limits: Limits): Promise<SnapshotList>;
  /** Requests a snapshot; it is in progress then. One try, unless nothing can have been carried out. */
  createSnapshot(snapshot: NewSnapshot, limits: Limits): Promise<SnapshotWithId>;
  /**
   * Requests a restore, which overwrites the server. One try, whatever happens: its caller checks before each. It is
   * not sent after `sendBy` (monotonic), when what was checked is too old.
   */
  restoreSnapshot(id: string, limits: Limits & { readonly sendBy?: number }): Promise<RestoreAnswer>;
  /** Deletes a snapshot. One try, unless nothing can have been carried out; with `once` not even then. */
  deleteSnapshot(id: string, limits: Limits & { readonly once?: boolean }): Promise<DeleteAnswer>;
  /** One server. */
  getServer(id: string, limits: Limits): Promise<Server>;
  /** All servers that the token may see, over all pages. */
  listServers(limits: Limits): Promise<ServerList>;
  /** Starts or stops a server. One try, unless nothing can have been carried out. */
  powerServer(id: string, action: PowerAction, limits: Limits): Promise<void>;
  /** The token's own name and permissions. */
  getTokenInfo(limits: Limits): Promise<TokenInfo>;
}

/** The longest page that the API gives. */
const PAGE_SIZE = 100;

const SNAPSHOTS: Listing<Snapshot> = {
  what: 'snapshots',
  parseItem: parseSnapshot,
  idOf: ({ id }) => id,
};
const SERVERS: Listing<Server> = {
  what: 'servers',
  parseItem: parseServer,
  idOf: ({ id, uuid }) => id ?? uuid,
};

/** The endpoints over a client. */
export function createApi(send: Send): Api {
  async function get<T>(path: string, { until, patience }: Limits, parse: (value: unknown) => T): Promise<T> {
    return (await send({ method: 'GET', path, until, patience, read: json(parse) })).value;
  }
  return {
    async listSnapshots({ serverId, mostPages }, limits) {
      const query = new URLSearchParams({
        ...(serverId !== undefined && { server_id: serverId }),
        page_size: String(PAGE_SIZE),
      });
      const { items, ...rest } = await readPages(
        send,
        `/snapshots/?${query}`,
        { ...limits, mostPages },
        SNAPSHOTS,
      );
      return { snapshots: items, ...rest };
    },

    async createSnapshot({ serverId, name, description }, { until }) {
      const body = { server_id: idForBody(serverId), name, description };
      return (await send({ method: 'POST', path: '/snapshots/', body, until, read: json(parseCreated) }))
        .value;
    },

    async restoreSnapshot(id, { until, sendBy }) {
      const path = `/snapshots/${encodeURIComponent(id)}/restore/`;
      refuseUnsafe('POST', path, id);
      return (await send({ method: 'POST', path, until, sendBy, once: true, read: json(parseRestoreAnswer) }))
        .value;
    },

    async deleteSnapshot(id, { until, once = false }) {
      const path = `/snapshots/${encodeURIComponent(id)}/`;
      refuseUnsafe('DELETE', path, id);
      try {
        const read = ({ status }: HttpResponse): DeleteAnswer => (status === 204 ? 'deleted' : 'accepted');
        return (await send({ method: 'DELETE', path, until, once, read })).value;
      } catch (error) {
        if (error instanceof VpsError && error.status === 404 && !error.isHtml) return 'absent';
        throw error;
      }
    },

    getServer: (id, limits) => get(`/servers/${encodeURIComponent(id)}/`, limits, parseServer),

    async listServers(limits) {
      const { items, complete } = await readPages(send, `/servers/?page_size=${PAGE_SIZE}`, limits, SERVERS);
      return { servers: items, complete };
    },

    async powerServer(id, action, { until }) {
      const path = `/servers/${encodeURIComponent(id)}/power/`;
      // The body of the answer is not known: an empty one or plain text is no reason to doubt a 2xx. A web page is.
      await send({ method: 'POST', path, body: { action }, until, read: anythingButHtml });
    },

    getTokenInfo: (limits) => get('/account/me/', limits, parseTokenInfo),
  };
}

/** Reads an answer that is JSON of a known shape. */
function json<T>(parse: (value: unknown) => T): (response: HttpResponse) => T {
  return ({ body }) => parse(parseJson(body));
}

function anythingButHtml({ body }: HttpResponse): void {
  if (isWebPage(body)) throw new SchemaError('the body is a web page');
}

/** The last guard before a snapshot is overwritten or deleted: an encoded `..` would fold into the list's address. */
function refuseUnsafe(method: Method, path: string, id: string): void {
  if (!ID_PATTERN.test(id)) throw new VpsError({ kind: 'unsafe_id', method, path });
}

/** A number where the id is one that a double holds, else text: the API documents integers, and servers have UUIDs. */
export function idForBody(id: string): number | string {
  const number = Number(id);
  return /^(0|[1-9]\d*)$/.test(id) && Number.isSafeInteger(number) ? number : id;
}
