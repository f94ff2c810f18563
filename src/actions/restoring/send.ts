import { idsOf } from '../../snapshots/server.ts';
import { outcomeOf, VpsError } from '../../vps/errors.ts';
import { type RestoreAnswer } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { type CheckedRestore, idsOfTarget } from './restore.ts';

/**
 * What became of one request: taken, perhaps taken, or certainly not. `retryAfter` is how long the API asked to wait
 * before another one, in milliseconds.
 */
export type Sent =
  | { readonly kind: 'accepted'; readonly answer: RestoreAnswer }
  | { readonly kind: 'unclear'; readonly reason: string; readonly retryAfter: number }
  | { readonly kind: 'refused'; readonly error: VpsError };

/**
 * Sends one request, unless its turn comes only when what was checked is too old. Which answer proves what:
 * `docs/how-it-works/api-client.md`, "Request outcomes".
 */
export async function sendRestore(
  { target, before, snapshot, readAt }: Extract<CheckedRestore, { readonly stage: 'ready' }>,
  deps: Deps,
): Promise<Sent> {
  const { log, api, restoreRecords, until } = deps;
  const sendBy = readAt + deps.schedule.span('freshness');
  // A later step may know the server by another of its ids.
  const known = [before, snapshot?.server].flatMap((server) => (server ? idsOf(server) : []));
  const ids = [...new Set([...idsOfTarget(target), ...known])];
  const isRecorded = restoreRecords.has(ids);
  try {
    restoreRecords.save(ids);
  } catch (error) {
    log.warning(
      'Restore not recorded',
      `${target.label}: that this job restores the server could not be written down for its later steps: ${String(error)}`,
    );
  }
  try {
    const answer = await api.restoreSnapshot(target.snapshotId, { until, sendBy });
    if (answer.status === 'success') return { kind: 'accepted', answer };
    const reason = `the API answered with the status '${answer.status || 'none'}'`;
    return { kind: 'unclear', reason, retryAfter: 0 };
  } catch (error) {
    if (!(error instanceof VpsError)) throw error;
    if (outcomeOf(error) === 'unclear')
      return { kind: 'unclear', reason: error.message, retryAfter: error.retryAfter ?? 0 };
    if (!isRecorded) restoreRecords.withdraw(ids);
    return { kind: 'refused', error };
  }
}
