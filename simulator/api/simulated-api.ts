import { json, refuse, unknownAddress, type Answer, type MachineRequest } from './response.ts';
import { Limiter } from './rate-limit.ts';
import type { PageRequest } from './pagination.ts';
import { Random } from './random.ts';
import { getServer, listServers, powerServer } from './server-endpoints.ts';
import { createSnapshot, deleteSnapshot, listSnapshots, restoreSnapshot } from './snapshot-endpoints.ts';
import { defaultSwitches, type Switches } from './switches.ts';
import type { ServerSeed, SimServer, SimSnapshot, SnapshotSeed, TokenSeed, Truth } from './actual-state.ts';
import { World, type ApiClock } from './state-machine.ts';

export const BASE_PATH = '/api/v1';
export const DEMO_TOKEN = 'vps_demo_token';
const DEFAULT_ORIGIN = 'https://admin.vps.org';

const DEMO_SERVER: ServerSeed = {
  id: 12345,
  uuid: '5f0c9f6e-3a51-4c0b-9d3f-8e2b7a41c6d0',
  name: 'web-server-01',
};

export interface MachineOptions {
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
}

interface Call extends PageRequest {
  readonly request: MachineRequest;
  readonly segments: readonly string[];
}

interface Route {
  /** Null: any token will do. */
  readonly permission: string | null;
  readonly answer: (call: Call) => Answer;
}

/**
 * The VPS.org API of the notes without any I/O: a request goes in, its answer comes out at once.
 * It moves only when it is asked something, to wherever its clock stands by then.
 */
export class Machine {
  readonly #world: World;
  readonly #tokens = new Map<string, TokenSeed>();
  readonly #limiter: Limiter;

  constructor({
    clock,
    seed = 1,
    switches,
    servers = [DEMO_SERVER],
    snapshots = [],
    tokens,
  }: MachineOptions) {
    this.#world = new World(clock, new Random(seed), { ...defaultSwitches(), ...switches });
    this.#limiter = new Limiter(this.#world);
    for (const server of servers) this.#world.addServer(server);
    for (const snapshot of snapshots) this.#world.addSnapshot(snapshot);
    for (const token of tokens ?? [{ token: DEMO_TOKEN, name: 'demo' }]) this.#tokens.set(token.token, token);
  }

  /** Answers one request, after everything that fell due before it. */
  handle(request: MachineRequest): Answer {
    this.#world.advance();
    const answer = this.#answer(request);
    const headers: Record<string, string> = { ...answer.headers };
    if (this.#world.switches.date_header) headers['date'] = new Date(this.#world.now()).toUTCString();
    return { ...answer, headers, body: this.#annotate(answer) };
  }

  #annotate({ status, body }: Answer): string {
    const { error_text: text } = this.#world.switches;
    if (text === '' || status < 400 || !body.startsWith('{"detail":')) return body;
    const { detail } = JSON.parse(body) as { readonly detail: string };
    return JSON.stringify({ detail: `${detail} ${text}` });
  }

  #answer(request: MachineRequest): Answer {
    const [path = '', query = ''] = request.path.split('?', 2);
    const segments = splitPath(path);
    const routes = segments === undefined ? undefined : this.#routes(segments);
    if (segments === undefined || routes === undefined) return unknownAddress();

    const token = this.#token(request.headers);
    const challenge = { 'www-authenticate': 'Bearer' };
    if (token === undefined) return refuse(401, 'Authentication credentials were not provided.', challenge);
    const known = this.#tokens.get(token);
    if (known === undefined) return refuse(401, 'Invalid token.', challenge);
    const throttled = this.#limiter.check(token);
    if (throttled !== undefined) return throttled;

    const route = routes.get(request.method);
    if (route === undefined) {
      return refuse(405, `Method "${request.method}" not allowed.`, { allow: [...routes.keys()].join(', ') });
    }
    if (route.permission !== null && !this.#permissions(known).includes(route.permission)) {
      return refuse(403, 'You do not have permission to perform this action.');
    }
    const origin = request.origin ?? DEFAULT_ORIGIN;
    return route.answer({ request, segments, origin, path, query: new URLSearchParams(query) });
  }

  #routes([room = '', id = '', act = '', ...rest]: readonly string[]):
    ReadonlyMap<string, Route> | undefined {
    if (rest.length > 0) return undefined;
    const shape = [room, id === '' ? '' : '*', act].join('/');
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

  readonly #account = routes({ GET: [null, ({ request }) => this.#me(request)] });
  readonly #snapshots = routes({
    GET: ['snapshots:read', (call) => listSnapshots(this.#world, call)],
    POST: ['snapshots:write', ({ request }) => createSnapshot(this.#world, request.headers, request.body)],
  });
  // There is no call for one snapshot [D], so its address knows DELETE alone.
  readonly #snapshot = routes({
    DELETE: ['snapshots:write', ({ segments }) => deleteSnapshot(this.#world, segments[1] ?? '')],
  });
  readonly #restore = routes({
    POST: ['snapshots:write', ({ segments }) => restoreSnapshot(this.#world, segments[1] ?? '')],
  });
  readonly #servers = routes({ GET: ['servers:read', (call) => listServers(this.#world, call)] });
  readonly #server = routes({
    GET: ['servers:read', ({ segments }) => getServer(this.#world, segments[1] ?? '')],
  });
  readonly #power = routes({
    POST: [
      'servers:power',
      ({ request, segments }) => powerServer(this.#world, segments[1] ?? '', request.body),
    ],
  });

  #me(request: MachineRequest): Answer {
    const token = this.#tokens.get(this.#token(request.headers) ?? '');
    if (token === undefined) return refuse(401, 'Invalid token.');
    return json(200, {
      account: { id: 1, email: 'ops@example.com', name: 'Example Ltd' },
      token: { name: token.name ?? 'token', permissions: this.#permissions(token) },
    });
  }

  #permissions(token: TokenSeed): readonly string[] {
    return token.permissions ?? this.#world.switches.permissions;
  }

  #token(headers: Readonly<Record<string, string>>): string | undefined {
    for (const name in headers) {
      if (name.toLowerCase() === 'authorization') return /^Bearer (\S+)$/i.exec(headers[name] ?? '')?.[1];
    }
    return undefined;
  }

  /** Whether these request headers carry a valid token. */
  authorizes(headers: Readonly<Record<string, string>>): boolean {
    return this.#tokens.has(this.#token(headers) ?? '');
  }

  /** Does everything that has fallen due, without a request. */
  advance(): void {
    this.#world.advance();
  }

  /** The virtual time, epoch milliseconds. */
  now(): number {
    return this.#world.now();
  }

  /** The switches as they stand; `fail_next` counts down. */
  switches(): Readonly<Switches> {
    return { ...this.#world.switches };
  }

  /** Turns switches; what has begun keeps the times it began with. */
  setSwitches(switches: Partial<Switches>): void {
    this.#world.advance();
    Object.assign(this.#world.switches, switches);
  }

  /** Replaces the valid tokens. */
  setTokens(tokens: readonly TokenSeed[]): void {
    this.#tokens.clear();
    for (const token of tokens) this.#tokens.set(token.token, token);
  }

  addServer(seed: ServerSeed): SimServer {
    this.#world.advance();
    return { ...this.#world.addServer(seed) };
  }

  /** Adds a snapshot that was there before; it counts as listed at once. */
  addSnapshot(seed: SnapshotSeed): SimSnapshot {
    this.#world.advance();
    return { ...this.#world.addSnapshot(seed) };
  }

  /**
   * Changes what is on a server, as a deploy does.
   * @param reference id or uuid; the first server when left out
   * @param content names the new content; `generation-N` when left out
   */
  deploy(reference?: number | string, content?: string): void {
    this.#world.advance();
    this.#world.deploy(this.#find(reference), content);
  }

  /** What is on a server now: the name that a deploy or the restored snapshot gave it. */
  contentOf(reference?: number | string): string {
    this.#world.advance();
    return this.#find(reference).content;
  }

  #find(reference?: number | string): SimServer {
    const server = reference === undefined ? this.#world.servers[0] : this.#world.server(String(reference));
    if (server === undefined) throw new Error(`no server ${reference ?? 'at all'}`);
    return server;
  }

  /** The truth behind the answers, as of now; a copy. */
  state(): Truth {
    this.#world.advance();
    return this.#world.truth();
  }
}

type RouteTable = Readonly<Record<string, readonly [permission: string | null, answer: Route['answer']]>>;

function routes(table: RouteTable): ReadonlyMap<string, Route> {
  return new Map(
    Object.entries(table).map(([method, [permission, answer]]) => [method, { permission, answer }]),
  );
}

/** The decoded segments below the base path; undefined where the address is none of the API's, all of which end in `/`. */
function splitPath(path: string): readonly string[] | undefined {
  if (!path.startsWith(`${BASE_PATH}/`) || !path.endsWith('/')) return undefined;
  try {
    const segments = path
      .slice(BASE_PATH.length + 1, -1)
      .split('/')
      .map(decodeURIComponent);
    return segments.includes('') ? undefined : segments;
  } catch {
    return undefined;
  }
}
