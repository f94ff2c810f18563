import { json, detailError, type ApiResponse } from '../api/response.ts';
import type { StateMachine } from '../api/state-machine.ts';

const MAX_PAGE_SIZE = 100;
const OTHER_ORIGIN = 'https://elsewhere.example';

export interface PageRequest {
  readonly origin: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** One page of a list (published clients), the whole list (documentation), or a bare array. */
export function listResponse<T>(
  state: StateMachine,
  request: PageRequest,
  items: readonly T[],
  serialize: (item: T) => unknown,
): ApiResponse {
  const { switches } = state;
  if (switches.lists === 'bare') return json(200, items.map(serialize));
  if (switches.lists === 'whole') return json(200, { count: items.length, results: items.map(serialize) });

  const page = Number(request.query.get('page') ?? '1');
  const requested = Number(request.query.get('page_size') ?? '0');
  const size =
    Number.isInteger(requested) && requested > 0
      ? Math.min(requested, MAX_PAGE_SIZE)
      : Math.max(1, switches.page_size);
  if (!Number.isInteger(page) || page < 1 || (page > 1 && (page - 1) * size >= items.length)) {
    return detailError(404, 'Invalid page.');
  }
  // Between two pages an item was added in front (one is repeated) or removed (one is skipped).
  const shifted = page > 1 && switches.page_shift !== 'no' && state.random.chance(switches.page_shift_share);
  const shift = shifted ? (switches.page_shift === 'insert' ? 1 : -1) : 0;
  const start = (page - 1) * size - shift;
  const end = start + size;
  return json(200, {
    count: items.length + shift,
    next: end < items.length ? link(state, request, page + 1) : null,
    previous: page > 1 ? link(state, request, page - 1) : null,
    results: items.slice(start, end).map(serialize),
  });
}

function link(state: StateMachine, { origin, path, query }: PageRequest, page: number): string {
  const { next_link: form } = state.switches;
  const linked = new URLSearchParams(query);
  linked.set('page', String(form === 'loop' ? Math.min(page, 2) : page));
  const address = `${path}?${linked.toString()}`;
  if (form === 'relative') return address;
  return `${form === 'foreign' ? OTHER_ORIGIN : origin}${address}`;
}
