import { describeError } from '../../github/log.ts';
import { outcomeOf, VpsError } from '../../vps/errors.ts';
import { type Snapshot } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';

/** What is needed to delete a snapshot; nothing is deleted by an id that is not exact (design §4). */
export type SnapshotId = Pick<Snapshot, 'id' | 'idIsLossless'>;

/**
 * Deletes one snapshot; gives what became of it. Whatever stays, or may, is named in a warning and costs nothing
 * else: a deploy is not failed by what it leaves behind.
 */
export async function deleteOne(
  { id, idIsLossless }: SnapshotId,
  label: string,
  deps: Deps,
  until: number,
): Promise<'deleted' | 'gone' | 'failed'> {
  if (!idIsLossless) {
    deps.log.warning(
      'Snapshot not deleted',
      id === ''
        ? `${label}: a snapshot without a usable id is not deleted, and uses a slot. Delete it in the panel of VPS.org.`
        : `${label}: snapshot ${id} is not deleted, because it is not certain that this is its id to the last digit. Delete it in the panel of VPS.org.`,
    );
    return 'failed';
  }
  try {
    const deleted = await deps.api.deleteSnapshot(id, until);
    deps.log.event(label, deleted ? `snapshot ${id} deleted` : `snapshot ${id} was gone already`);
    return deleted ? 'deleted' : 'gone';
  } catch (error) {
    const unclear = error instanceof VpsError && outcomeOf(error) === 'unclear';
    const what = unclear
      ? `it is unknown whether snapshot ${id} was deleted`
      : `snapshot ${id} was not deleted and still uses a slot`;
    deps.log.warning(
      'Snapshot not deleted',
      `${label}: ${what}. Delete it in the panel of VPS.org or with the delete action. ${describeError(error)}`,
    );
    return 'failed';
  }
}
