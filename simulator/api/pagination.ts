import { json, refuse, type Answer } from './response.ts';
import type { World } from './state-machine.ts';

const MAX_PAGE_SIZE = 100;
const FOREIGN_ORIGIN = 'https://elsewhere.example';

export interface PageRequest {
  readonly origin: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** One page of a list [C], the whole of it [D], or a bare array. */
export function answerList<T>(
  world: World,
  request: PageRequest,
  items: readonly T[],
  show: (item: T) => unknown,
): Answer {
  const { switches } = world;
  if (switches.lists === 'bare') return json(200, items.map(show));
  if (switches.lists === 'whole') return json(200, { count: items.length, results: items.map(show) });

  const page = Number(request.query.get('page') ?? '1');
  const asked = Number(request.query.get('page_size') ?? '0');
  const size =
    Number.isInteger(asked) && asked > 0 ? Math.min(asked, MAX_PAGE_SIZE) : Math.max(1, switches.page_size);
  if (!Number.isInteger(page) || page < 1 || (page > 1 && (page - 1) * size >= items.length)) {
    return refuse(404, 'Invalid page.');
  }
  // Between two pages an item was added in front (the last one comes again) or removed (one is missed).
  const shifted = page > 1 && switches.page_shift !== 'no' && world.random.chance(switches.page_shift_share);
  const shift = shifted ? (switches.page_shift === 'insert' ? 1 : -1) : 0;
  const start = (page - 1) * size - shift;
  const end = start + size;
  return json(200, {
    count: items.length + shift,
    next: end < items.length ? link(world, request, page + 1) : null,
    previous: page > 1 ? link(world, request, page - 1) : null,
    results: items.slice(start, end).map(show),
  });
}

function link(world: World, { origin, path, query }: PageRequest, page: number): string {
  const { next_link: form } = world.switches;
  const linked = new URLSearchParams(query);
  linked.set('page', String(form === 'loop' ? Math.min(page, 2) : page));
  const address = `${path}?${linked.toString()}`;
  if (form === 'relative') return address;
  return `${form === 'foreign' ? FOREIGN_ORIGIN : origin}${address}`;
}
