import { type Limits } from './api.ts';
import { type Answer } from './client/call.ts';
import { type Send } from './client/client.ts';
import { VpsError } from './errors.ts';
import { MOST_PAGES } from './model.ts';
import { type Page, parseJson, parsePage } from './schemas.ts';

/** Lists over several pages (`docs/api-notes.md`, "Lists and paging"). */

export interface Listing<T> {
  /** For people. */
  readonly what: string;
  readonly parseItem: (value: unknown) => T;
  /** `null` where the API gave none. */
  readonly idOf: (item: T) => string | null;
}

export interface PagedList<T> {
  readonly items: readonly T[];
  /** True when it holds `count` items or its pages were followed to the end without a change in between. */
  readonly complete: boolean;
  /** The API's own time (`Date` header) in epoch milliseconds. */
  readonly now: number | null;
  /** Read, or needed where there are too many to be read. */
  readonly pages: number;
}

/** How often a list is read again because it changed while its pages were read. */
const MAX_READS = 3;

export interface PageLimits extends Limits {
  /** Where the first page's `count` shows more pages than this, the rest is not read. */
  readonly mostPages?: number | undefined;
}

/** Reads a list to its end, again where it changed meanwhile; what it cannot show is said by `complete`. */
export async function readPages<T>(
  send: Send,
  firstPath: string,
  limits: PageLimits,
  listing: Listing<T>,
): Promise<PagedList<T>> {
  let list = await readOnce(send, firstPath, limits, listing);
  const { mostPages = MOST_PAGES } = limits;
  for (let reads = 1; reads < MAX_READS && !list.complete; reads += 1) {
    if (list.pages === 1 || list.pages > mostPages || list.pages >= MOST_PAGES) break;
    list = await readOnce(send, firstPath, limits, listing);
  }
  return list;
}

async function readOnce<T>(
  send: Send,
  firstPath: string,
  { until, patience, mostPages }: PageLimits,
  { what, parseItem, idOf }: Listing<T>,
): Promise<PagedList<T>> {
  const items: T[] = [];
  const ids = new Set<string>();
  const visited = new Set<string>();
  let first: Page<T> | undefined;
  let last: Page<T> | undefined;
  let now: number | null = null;
  let steady = true;
  let path: string | null = firstPath;
  while (path !== null && visited.size < MOST_PAGES) {
    let answer: Answer<Page<T>>;
    try {
      answer = await send({
        method: 'GET',
        path,
        until,
        patience,
        // Behind the first page "there is no such page" means that the list has become shorter meanwhile.
        answers: visited.size > 0 ? [404] : [],
        read: ({ body }) => parsePage(parseJson(body), what, parseItem),
      });
    } catch (error) {
      if (visited.size === 0 || !(error instanceof VpsError) || error.status !== 404) throw error;
      return { items, complete: false, now, pages: visited.size + 1 };
    }
    const page = answer.value;
    if (first === undefined && mostPages !== undefined && countPages(page) > mostPages)
      return { items: page.items, complete: false, now: answer.now, pages: countPages(page) };
    first ??= page;
    last = page;
    now = answer.now ?? now;
    // An item on two pages, or another count: the list moved under the reader, and may have hidden an item.
    const fresh = page.items.filter((item) => !ids.has(idOf(item) ?? ''));
    if (fresh.length < page.items.length || page.count !== first.count) steady = false;
    for (const item of fresh) {
      const id = idOf(item);
      if (id !== null) ids.add(id);
    }
    items.push(...fresh);
    visited.add(path);
    path = nextPath(page.next, firstPath);
    // A link that leads back would be followed for ever and prove nothing.
    if (path !== null && visited.has(path)) break;
  }
  const full = last !== undefined && last.count !== null && items.length >= last.count;
  const ended = last?.next === null;
  // On several pages the end of the links proves less than the number of items: one may have slipped through.
  const complete = steady && (full || (ended && (visited.size === 1 || last?.count === null)));
  return { items, complete, now, pages: visited.size };
}

/** How many pages of this size hold `count` items; 1 where nobody knows. */
function countPages({ count, items }: Page<unknown>): number {
  return count === null || items.length === 0 ? 1 : Math.ceil(count / items.length);
}

/**
 * The path of the next page: the link's query on the list's own path. Host and path of the link are not looked at,
 * since proxies rewrite them, and the token never follows a link to another host.
 */
function nextPath(next: string | null | undefined, firstPath: string): string | null {
  if (next === null || next === undefined) return null;
  const query = URL.parse(next, 'https://any.example')?.search ?? '';
  // A link without a query leads to the first page, where nothing new is to be found.
  return query === '' ? firstPath : firstPath.replace(/\?.*$/, '') + query;
}
