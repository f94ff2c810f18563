import type { ApiRequest, ApiResponse } from '../../../../simulator/api/response.ts';

/**
 * The documented API once more, written from the vendor's pages field by field and from nothing else of this project, so
 * that simulator and client can be held against the documents. It has other ids, names and times than the simulator,
 * and where the pages are silent it does the simplest thing.
 */

interface Box {
  readonly id: number;
  readonly label: string;
  word: 'active' | 'stopped' | 'restoring';
  busyUntil: number;
  after: 'active' | 'stopped';
  touched: number;
}

interface Shot {
  readonly id: number;
  readonly box: Box;
  readonly name: string;
  readonly text: string;
  readonly born: number;
}

const MINUTES = 60_000;
const TAKES = { snapshot: 4 * MINUTES, restore: 7 * MINUTES, power: 6_000 };
const MOST = 5;
const TOKENS: Readonly<Record<string, readonly string[]>> = {
  vps_oracle_full: ['all'],
  vps_oracle_few: [],
};

export class Oracle {
  readonly #now: () => number;
  readonly #boxes: readonly Box[] = [
    {
      id: 90_001,
      label: 'shop-a',
      word: 'active',
      busyUntil: 0,
      after: 'active',
      touched: Date.UTC(2025, 5, 1),
    },
    {
      id: 90_002,
      label: 'shop-b',
      word: 'active',
      busyUntil: 0,
      after: 'active',
      touched: Date.UTC(2025, 5, 2),
    },
  ];
  #shots: Shot[] = [];
  #next = 40_017;

  constructor(now: () => number) {
    this.#now = now;
    this.#shots = this.#boxes.map((box, at) =>
      this.#shoot(box, `monthly-${at}`, 'Monthly', now() - (30 + at) * 86_400_000),
    );
  }

  handle({ method, path, headers, body }: ApiRequest): ApiResponse {
    for (const box of this.#boxes) if (box.busyUntil > 0 && box.busyUntil <= this.#now()) this.#rest(box);
    const [route = '', query = ''] = path.replace('/api/v1', '').split('?');
    const { status, value } = this.#answer(`${method} ${route}`, new URLSearchParams(query), headers, body);
    const extra = { 'content-type': 'application/json', date: new Date(this.#now()).toUTCString() };
    return { status, headers: extra, body: value === undefined ? '' : JSON.stringify(value) };
  }

  /** What is left of a run. */
  rest(): readonly string[] {
    return [
      ...this.#shots.slice(2).map(({ name }) => name),
      ...this.#boxes.flatMap(({ word, label }) => (word === 'active' ? [] : [label])),
    ];
  }

  #answer(route: string, query: URLSearchParams, headers: ApiRequest['headers'], body: string): Reply {
    const permissions = TOKENS[(headers['authorization'] ?? '').replace('Bearer ', '')];
    if (permissions === undefined) return say(401, 'Unauthorized - Invalid or missing authentication token');
    if (route === 'GET /account/me/')
      return { status: 200, value: { account: { plan: 'basic' }, token: { name: 'any', permissions } } };
    if (permissions.length === 0) return say(403, 'Forbidden');
    const id = Number(/\/(\d+)\//.exec(route)?.[1]);
    const box = this.#boxes.find((each) => each.id === id);
    const shot = this.#shots.find((each) => each.id === id);
    switch (route.replace(/\d+/, '#')) {
      case 'GET /snapshots/':
        return page(
          this.#shots
            .filter((each) => [null, String(each.box.id)].includes(query.get('server_id')))
            .toSorted((a, b) => b.born - a.born)
            .map((each) => this.#show(each)),
          query,
        );
      case 'POST /snapshots/':
        return this.#create(JSON.parse(body) as Record<string, unknown>);
      case 'POST /snapshots/#/restore/':
        return shot === undefined ? say(404, 'Not Found - Snapshot does not exist') : this.#restore(shot);
      case 'DELETE /snapshots/#/':
        if (shot === undefined) return say(404, 'Not Found - Snapshot does not exist');
        this.#shots = this.#shots.filter((each) => each !== shot);
        return { status: 204 };
      case 'GET /servers/':
        return page(
          this.#boxes
            .filter((each) => isOne(query.get('status'), each.word) && isOne(query.get('location'), 'fra1'))
            .map(describe),
          query,
        );
      case 'GET /servers/#/':
        return box === undefined ? say(404, 'Not Found') : { status: 200, value: describe(box) };
      case 'POST /servers/#/power/':
        return box === undefined
          ? say(404, 'Not Found')
          : this.#power(box, (JSON.parse(body) as { action?: string }).action ?? '');
      default:
        return say(404, 'Not Found');
    }
  }

  #create({ server_id: server, name, description = '' }: Record<string, unknown>): Reply {
    if (server === undefined || !/^[\w-]{1,255}$/.test(textOf(name)) || textOf(description).length > 255)
      return say(400, 'Bad Request - Invalid parameters');
    const box = this.#boxes.find((each) => textOf(each.id) === textOf(server));
    if (box === undefined) return say(404, 'Not Found - Server does not exist');
    if (box.word === 'restoring' || this.#shots.filter((each) => each.box === box).length >= MOST)
      return say(400, 'Bad Request - snapshot limit reached');
    const shot = this.#shoot(box, textOf(name), textOf(description), this.#now());
    this.#shots.push(shot);
    const message = 'Snapshot is being created. This may take 3-10 minutes depending on server size.';
    return { status: 201, value: { ...this.#show(shot), message } };
  }

  #restore({ id, name, box, born }: Shot): Reply {
    if (box.word === 'restoring')
      return say(400, 'Bad Request - Server is not in a valid state for restoration');
    this.#occupy(box, 'restoring', TAKES.restore, 'active');
    const message = 'Server is being restored from snapshot. This may take 5-15 minutes.';
    const server = { id: box.id, name: box.label, status: 'restoring' };
    return {
      status: 200,
      value: { status: 'success', message, snapshot: { id, name, created_at: when(born) }, server },
    };
  }

  #power(box: Box, action: string): Reply {
    const ends = { start: 'active', stop: 'stopped', restart: 'active', hard_stop: 'stopped' } as const;
    const end = Object.entries(ends).find(([name]) => name === action)?.[1];
    if (end === undefined || box.word === 'restoring') return say(400, 'Bad Request');
    if (box.word !== end || action === 'restart') this.#occupy(box, box.word, TAKES.power, end);
    return { status: 200, value: { status: 'success', message: 'Done.' } };
  }

  #occupy(box: Box, word: Box['word'], ms: number, after: Box['after']): void {
    Object.assign(box, { word, after, busyUntil: this.#now() + ms, touched: this.#now() });
  }

  #rest(box: Box): void {
    Object.assign(box, { word: box.after, touched: box.busyUntil, busyUntil: 0 });
  }

  #shoot(box: Box, name: string, text: string, born: number): Shot {
    this.#next += 13;
    return { id: this.#next, box, name, text, born };
  }

  #show({ id, box, name, text, born }: Shot): object {
    const isDone = this.#now() - born >= TAKES.snapshot;
    return {
      id,
      server: { id: box.id, name: box.label },
      name,
      status: isDone ? 'completed' : 'in_progress',
      size_mb: isDone ? 3_333 : null,
      created_at: when(born),
      description: text,
    };
  }
}

interface Reply {
  readonly status: number;
  readonly value?: unknown;
}

const say = (status: number, detail: string): Reply => ({ status, value: { detail } });
const isOne = (wanted: string | null, value: string): boolean => wanted === null || wanted === value;
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
const when = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** The documented list has no pages; the parameters of the vendor's clients are obeyed anyway. */
function page(all: readonly object[], query: URLSearchParams): Reply {
  const size = Number(query.get('page_size') ?? 1000);
  const start = (Number(query.get('page') ?? 1) - 1) * size;
  if (start > 0 && start >= all.length) return say(404, 'Invalid page.');
  return { status: 200, value: { count: all.length, results: all.slice(start, start + size) } };
}

const describe = ({ id, label, word, touched }: Box): object => ({
  id,
  name: label,
  hostname: `${label}.example.net`,
  status: word,
  ip_address: '198.51.100.7',
  location: 'fra1',
  plan: 'small',
  os: 'alpine',
  created_at: when(Date.UTC(2025, 0, 1)),
  updated_at: when(touched),
});
