import { type SnapshotList } from '../../vps/model.ts';
import { FailedError } from './errors.ts';

/** A list that everything after it depends on; throws {@link FailedError} with its cause where there is none. */
export async function requireList(
  ask: () => Promise<SnapshotList>,
  title: string,
  text: string,
): Promise<SnapshotList> {
  try {
    return await ask();
  } catch (cause) {
    throw new FailedError(title, text, { cause });
  }
}

/** Several lists as one: complete only if all are; a snapshot that is in two of them stands in it once. */
export function joinLists(lists: readonly SnapshotList[]): SnapshotList {
  const all = lists.flatMap((list) => list.snapshots);
  const first = new Map(all.toReversed().map((snapshot) => [snapshot.id, snapshot]));
  return {
    snapshots: all.filter((snapshot) => snapshot.id === '' || first.get(snapshot.id) === snapshot),
    complete: lists.every((list) => list.complete),
    now: lists.at(-1)?.now ?? null,
    pages: lists.reduce((sum, list) => sum + list.pages, 0),
  };
}
