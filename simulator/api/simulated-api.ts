import type { PageRequest } from '../endpoints/pagination.ts';
import { powerServer } from '../endpoints/power.ts';
import { RateLimiter } from '../endpoints/rate-limit.ts';
import { answerRestore } from '../endpoints/restore.ts';
import { getServer, listServers, permissionDenied } from '../endpoints/servers.ts';
import { answerCreate, answerDelete, listSnapshots } from '../endpoints/snapshots.ts';
import { scheduleEvent, type SimEvent } from './events.ts';
import { splitPath } from './path.ts';
import { Random } from './random.ts';
import {
  json,
  detailError,
  htmlNotFound,
  withErrorText,
  type ApiResponse,
  type ApiRequest,
} from './response.ts';
import { addServer, deploy } from './server-changes.ts';
import { addSnapshot } from './snapshot-changes.ts';
import { initialSwitches, type SwitchName, type Switches } from './switches.ts';
import type {
  ServerSeed,
  SimServer,
  SimSnapshot,
  SnapshotSeed,
  TokenSeed,
  ActualState,
} from './actual-state.ts';
import { StateMachine, type ApiClock } from './state-machine.ts';

export const DEMO_TOKEN = 'vps_demo_token';
const DEFAULT_ORIGIN = 'https://admin.vps.org';

const DEMO_SERVER: ServerSeed = {
  id: 12345,
  uuid: '5f0c9f6e-3a51-4c0b-9d3f-8e2b7a41c6d0',
  name: 'web-server-01',
};

export interface SimulatedApiOptions {
  /** Virtual epoch milliseconds; it must never go back. */
  readonly clock: ApiClock;
  /** The same seed, clock and requests give the same answers. 1 when left out. */
  readonly seed?: number;
  readonly switches?: Partial<Switches>;
  /** One active server, id 12345, `web-server-01`, when left out. */
  readonly servers?: readonly ServerSeed[];
  readonly snapshots?: readonly SnapshotSeed[];
  /** The one token `vps_demo_token` when left out. */
  readonly tokens?: readonly TokenSeed[];
  /** What others do. */
  readonly events?: readonly SimEvent[];
}

interface Call extends PageRequest {
  readonly request: ApiRequest;
  readonly segments: readonly string[];
  readonly token: TokenSeed;
}

type PermissionSwitch = Extract<SwitchName, `permission_${string}`>;

interface Route {
  /** The switch that names the permission it needs; null: any token will do. */
  readonly permission: PermissionSwitch | null;
  readonly handle: (call: Call) => ApiResponse;
}

/** A request whose address and token are known. */
interface Routed {
  readonly path: string;
  readonly query: string;
  readonly segments: readonly string[];
  readonly routes: ReadonlyMap<string, Route>;
  readonly token: TokenSeed;
}

/**
 * The VPS.org API as `docs/api-notes.md` describes it, without I/O: a request goes in, its response comes out at once.
 * Its state changes only during a call, up to the time of its clock.
 */
export class SimulatedApi {
  readonly #state: StateMachine;
  readonly #tokens = new Map<string, TokenSeed>();
  readonly #rateLimiter: RateLimiter;

  constructor({
    clock,
    seed = 1,
    switches,
    servers = [DEMO_SERVER],
    snapshots = [],
    tokens,
    events = [],
  }: SimulatedApiOptions) {
    this.#state = new StateMachine(clock, new Random(seed), { ...initialSwitches(), ...switches });
    this.#rateLimiter = new RateLimiter(this.#state);
    for (const server of servers) addServer(this.#state, server);
    for (const snapshot of snapshots) addSnapshot(this.#state, snapshot);
    for (const token of tokens ?? [{ token: DEMO_TOKEN, name: 'demo' }]) this.#tokens.set(token.token, token);
    this.addEvents(events);
  }

  /** Answers one request, after every change that was due before it. */
  handle(request: ApiRequest): ApiResponse {
    this.#state.advance();
    const response = this.#respond(request);
    const headers: Record<string, string> = { ...response.headers };
    if (this.#state.switches.date_header) headers['date'] = new Date(this.#state.now()).toUTCString();
    return { ...response, headers, body: withErrorText(response, this.#state.switches.error_text) };
  }

  #respond(request: ApiRequest): ApiResponse {
    const [path = '', query = ''] = request.path.split('?', 2);
    const segments = splitPath(path);
    const routes = segments === undefined ? undefined : this.#routes(segments);
    if (segments === undefined || routes === undefined) return htmlNotFound();

    const token = this.#tokenIn(request.headers);
    const challenge = { 'www-authenticate': 'Bearer' };
    if (token === undefined)
      return detailError(401, 'Authentication credentials were not provided.', challenge);
    const known = this.#tokens.get(token);
    if (known === undefined) return detailError(401, 'Invalid token.', challenge);
    const throttled = this.#rateLimiter.check(token);
    const response = throttled ?? this.#answer(request, { path, query, segments, routes, token: known });
    return this.#rateLimiter.withHeaders(token, response);
  }

  #answer(request: ApiRequest, { path, query, segments, routes, token }: Routed): ApiResponse {
    const route = routes.get(request.method);
    if (route === undefined)
      return detailError(405, `Method "${request.method}" not allowed.`, {
        allow: [...routes.keys()].join(', '),
      });
    if (route.permission !== null) {
      const needed = this.#state.switches[route.permission];
      if (needed !== '' && !this.#permissions(token).includes(needed)) return permissionDenied();
    }
    const origin = request.origin ?? DEFAULT_ORIGIN;
    return route.handle({ request, segments, token, origin, path, query: new URLSearchParams(query) });
  }

  #routes([resource = '', id = '', action = '', ...rest]: readonly string[]):
    ReadonlyMap<string, Route> | undefined {
    if (rest.length > 0) return undefined;
    const shape = [resource, id === '' ? '' : '*', action].join('/');
    switch (shape) {
      case 'account/*/':
        return id === 'me' ? this.#account : undefined;
      case 'snapshots//':
        return this.#snapshots;
      case 'snapshots/*/':
        return this.#snapshot;
      case 'snapshots/*/restore':
        return this.#restore;
      case 'servers//':
        return this.#servers;
      case 'servers/*/':
        return this.#server;
      case 'servers/*/power':
        return this.#power;
      default:
        return undefined;
    }
  }

  readonly #account = routes({ GET: [null, ({ token }) => this.#me(token)] });
  readonly #snapshots = routes({
    GET: ['permission_snapshots_read', (call) => listSnapshots(this.#state, call)],
    POST: [
      'permission_snapshots_write',
      ({ request }) => answerCreate(this.#state, request.headers, request.body),
    ],
  });
  // The documentation has no call for one snapshot, so its address only supports DELETE.
  readonly #snapshot = routes({
    DELETE: ['permission_snapshots_write', ({ segments }) => answerDelete(this.#state, segments[1] ?? '')],
  });
  readonly #restore = routes({
    POST: ['permission_snapshots_write', ({ segments }) => answerRestore(this.#state, segments[1] ?? '')],
  });
  readonly #servers = routes({ GET: ['permission_servers_read', (call) => listServers(this.#state, call)] });
  readonly #server = routes({
    GET: ['permission_servers_read', ({ segments }) => getServer(this.#state, segments[1] ?? '')],
  });
  readonly #power = routes({
    POST: [
      'permission_servers_power',
      ({ request, segments }) => powerServer(this.#state, segments[1] ?? '', request.body),
    ],
  });

  #me(token: TokenSeed): ApiResponse {
    return json(200, {
      account: { id: 1, email: 'ops@example.com', name: 'Example Ltd' },
      token: { name: token.name ?? 'token', permissions: this.#permissions(token) },
    });
  }

  #permissions(token: TokenSeed): readonly string[] {
    return token.permissions ?? this.#state.switches.permissions;
  }

  #tokenIn(headers: Readonly<Record<string, string>>): string | undefined {
    for (const name in headers) {
      if (name.toLowerCase() === 'authorization') return /^Bearer (\S+)$/i.exec(headers[name] ?? '')?.[1];
    }
    return undefined;
  }

  /** Whether these request headers carry a valid token. */
  authorizes(headers: Readonly<Record<string, string>>): boolean {
    return this.#tokens.has(this.#tokenIn(headers) ?? '');
  }

  /** Makes every change that is due, without a request. */
  advance(): void {
    this.#state.advance();
  }

  /** The virtual time, epoch milliseconds. */
  now(): number {
    return this.#state.now();
  }

  /** The switches as they stand; `fail_next` counts down. */
  switches(): Readonly<Switches> {
    return { ...this.#state.switches };
  }

  /** Sets switches; what has started keeps the times it started with. */
  setSwitches(switches: Partial<Switches>): void {
    this.#state.advance();
    Object.assign(this.#state.switches, switches);
  }

  /** Replaces the valid tokens. */
  setTokens(tokens: readonly TokenSeed[]): void {
    this.#tokens.clear();
    for (const token of tokens) this.#tokens.set(token.token, token);
  }

  addServer(seed: ServerSeed): SimServer {
    this.#state.advance();
    return { ...addServer(this.#state, seed) };
  }

  /** Adds a snapshot that existed before; lists show it at once. */
  addSnapshot(seed: SnapshotSeed): SimSnapshot {
    this.#state.advance();
    return { ...addSnapshot(this.#state, seed) };
  }

  /** Adds what others will do; its times count from now. */
  addEvents(events: readonly SimEvent[]): void {
    this.#state.advance();
    for (const event of events) scheduleEvent(this.#state, event);
    this.#state.advance();
  }

  /**
   * Changes what is on a server, as a deploy does.
   * @param reference id or uuid; the first server when left out
   * @param content names the new content; `generation-N` when left out
   */
  deploy(reference?: number | string, content?: string): void {
    this.#state.advance();
    deploy(this.#state, this.#find(reference), content);
  }

  /** What is on a server now: the name that a deploy or the restored snapshot gave it. */
  contentOf(reference?: number | string): string {
    this.#state.advance();
    return this.#find(reference).content;
  }

  #find(reference?: number | string): SimServer {
    const server = reference === undefined ? this.#state.servers[0] : this.#state.server(String(reference));
    if (server === undefined) throw new Error(`no server ${reference ?? 'at all'}`);
    return server;
  }

  /** The actual state behind the responses, as of now; a copy. */
  state(): ActualState {
    this.#state.advance();
    return this.#state.actualState();
  }
}

type RouteTable = Readonly<
  Record<string, readonly [permission: Route['permission'], handle: Route['handle']]>
>;

function routes(table: RouteTable): ReadonlyMap<string, Route> {
  return new Map(
    Object.entries(table).map(([method, [permission, handle]]) => [method, { permission, handle }]),
  );
}
