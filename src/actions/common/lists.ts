import { EXTRA_READ_MS } from '../../snapshots/polling/schedule.ts';
import { type Limits } from '../../vps/api.ts';
import { type VpsError } from '../../vps/errors.ts';
import { MOST_PAGES, type SnapshotList } from '../../vps/model.ts';
import { type RefusalPatience } from '../../vps/client/retry.ts';
import { type Deps } from './deps.ts';
import { apiFailureOf, failedRequest } from './errors.ts';

/**
 * The first list of a step, which everything after it depends on; a refusal is believed after two tries, so that a
 * wrong token is reported at once, unless the step needs more patience. Throws a FailedError where there is no list;
 * `consequence` is what that leads to.
 */
export async function requireList(
  read: (limits: Limits) => Promise<SnapshotList>,
  deps: Pick<Deps, 'api' | 'clock' | 'until' | 'cancelled'>,
  title: string,
  consequence: string,
  patience: RefusalPatience = 'twice',
): Promise<SnapshotList> {
  try {
    return await read({ until: deps.until, patience });
  } catch (cause) {
    const failure = apiFailureOf(cause, deps);
    throw failedRequest(title, consequence, failure, await explainToken(failure, deps));
  }
}

/** What the API says about the token after it refused it; empty where it says nothing, or something else failed. */
export async function explainToken(
  { isHtml, status }: VpsError,
  { api, clock }: Pick<Deps, 'api' | 'clock'>,
): Promise<string> {
  if (isHtml || (status !== 401 && status !== 403)) return '';
  try {
    const until = clock.now() + EXTRA_READ_MS;
    const { name, permissions } = await api.getTokenInfo({ until, patience: 'at_once' });
    const granted = permissions.length === 0 ? 'no permissions' : `the permissions ${permissions.join(', ')}`;
    return `The token${name === null ? '' : ` '${name}'`} has ${granted}.`;
  } catch {
    return '';
  }
}

/** Pages of the account's list that are cheaper than a request for each of several servers. */
const FEW_PAGES = 2;

/** How many pages the account's list may have in place of one list for each of so many servers. */
export function mostPagesFor(servers: number): number {
  return Math.min(MOST_PAGES - 1, Math.max(FEW_PAGES, servers - 1));
}

/** Several lists as one: complete only if all are; a snapshot that is in two of them stands in it once. */
export function joinLists(lists: readonly SnapshotList[]): SnapshotList {
  const all = lists.flatMap((list) => list.snapshots);
  const first = new Map(all.toReversed().map((snapshot) => [snapshot.id, snapshot]));
  return {
    snapshots: all.filter((snapshot) => snapshot.id === null || first.get(snapshot.id) === snapshot),
    complete: lists.every((list) => list.complete),
    now: lists.at(-1)?.now ?? null,
    pages: lists.reduce((sum, list) => sum + list.pages, 0),
  };
}
