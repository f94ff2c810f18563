import { describeError } from '../../github/log.ts';
import { type Reuse } from '../../snapshots/reuse.ts';
import { type Deps } from '../common/deps.ts';
import { CancelledError } from '../common/errors.ts';
import { labelOf } from '../common/labels.ts';
import { type ServerProgress } from '../creating/progress.ts';
import { confirmServer } from '../server/confirmation.ts';

type Reusable = Extract<Reuse, { readonly kind: 'reuse' }>;

/** Saves a snapshot of an earlier attempt as this step's own. */
export function reuse(
  progress: ServerProgress,
  { snapshot, marker }: Reusable,
  deps: Deps,
  isWaited: boolean,
): void {
  progress.recordSnapshot(snapshot);
  progress.save({
    ...progress.record,
    // One that nobody waited for may hold part of the earlier attempt's deploy: it is no proof for a restore.
    phase: isWaited ? 'completed' : 'created',
    snapshotId: snapshot.id,
    shown: true,
    key: marker.key,
    name: snapshot.name ?? progress.record.name,
    createdAt: snapshot.createdAt,
    sizeMb: snapshot.sizeMb,
    reused: true,
  });
  progress.recordIds(snapshot.server);
  deps.log.event(
    labelOf(progress.record),
    `reusing snapshot ${snapshot.id}, which attempt ${marker.runAttempt} of this run made`,
  );
}

/** What was found where the API says that the snapshot is of the typed server, else why it is not taken. */
export async function confirmReuse(found: Reusable, progress: ServerProgress, deps: Deps): Promise<Reuse> {
  try {
    await confirmServer(progress.record.server, [found.snapshot], deps);
    return found;
  } catch (error) {
    if (deps.cancelled.aborted) throw new CancelledError();
    return { kind: 'create', reason: describeError(error) };
  }
}
