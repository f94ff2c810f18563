import { json, detailError, type ApiResponse } from '../api/response.ts';
import type { StateMachine } from '../api/state-machine.ts';
import type { Switches } from '../api/switches.ts';

const MAX_PAGE_SIZE = 100;
const OTHER_ORIGIN = 'https://elsewhere.example';
const INNER_ORIGIN = 'http://backend:8000';
const OTHER_PORT = '8443';

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
  if (switches.lists !== 'paginated') {
    const results = items.slice(0, switches.list_limit === 0 ? items.length : switches.list_limit);
    const shown = results.map(serialize);
    return json(200, switches.lists === 'bare' ? shown : { count: items.length, results: shown });
  }
  const page = Number(request.query.get('page') ?? '1');
  const size = pageSize(switches, request.query);
  if (!Number.isInteger(page) || page < 1 || (page > 1 && (page - 1) * size >= items.length)) {
    return invalidPage();
  }
  const shifts = page > 1 && switches.page_shift !== 'no' && state.random.chance(switches.page_shift_share);
  if (shifts && switches.page_shift === 'shrink') return invalidPage();
  // Between two pages an item was added in front (one is repeated) or removed (one is skipped).
  const shift = shifts ? (switches.page_shift === 'insert' ? 1 : -1) : 0;
  const start = (page - 1) * size - shift;
  const end = start + size;
  return json(200, {
    count: items.length + shift,
    next: end < items.length ? link(switches, request, page + 1) : null,
    previous: page > 1 ? link(switches, request, page - 1) : null,
    results: items.slice(start, end).map(serialize),
  });
}

function pageSize({ page_size: fallback }: Switches, query: URLSearchParams): number {
  const requested = Number(query.get('page_size') ?? '0');
  return Number.isInteger(requested) && requested > 0
    ? Math.min(requested, MAX_PAGE_SIZE)
    : Math.max(1, fallback);
}

function invalidPage(): ApiResponse {
  return detailError(404, 'Invalid page.');
}

function link({ next_link: form }: Switches, { origin, path, query }: PageRequest, page: number): string {
  const linked = new URLSearchParams(query);
  linked.set('page', String(form === 'loop' ? Math.min(page, 2) : page));
  const address = `${path}?${linked.toString()}`;
  switch (form) {
    case 'relative':
      return address;
    case 'foreign':
      return OTHER_ORIGIN + address;
    case 'port': {
      const url = new URL(address, origin);
      url.port = OTHER_PORT;
      return url.href;
    }
    case 'inner':
      // A proxy that adds the base path in front of the API.
      return INNER_ORIGIN + address.replace(/^\/api\/v1/, '');
    case 'absolute':
    case 'loop':
      return origin + address;
  }
}
