import { formatDuration } from '../../github/format.ts';
import { printServer } from '../../snapshots/server.ts';
import { type VpsError } from '../../vps/errors.ts';
import { type SnapshotList } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { FailedError } from '../common/errors.ts';
import { nameSome } from '../common/labels.ts';
import { type WaitItem } from './wait-target.ts';

/** Why a wait ended without a completed snapshot, and how to go on. */

/** It failed, is gone, or a person named one that is not there. */
export function snapshotFailed(
  { target, watch, status }: WaitItem,
  verdict: 'failed' | 'gone' | 'wrong_id',
  list: SnapshotList,
): FailedError {
  const label = target.label();
  switch (verdict) {
    case 'failed':
      return new FailedError(
        'Snapshot failed',
        `${label}: VPS.org reports that snapshot ${watch.id} is '${status}', so it cannot be restored. Run the job again. If it fails again, check the server in the panel of VPS.org and delete the failed snapshot: it uses a slot.`,
      );
    case 'gone':
      return new FailedError(
        'Snapshot gone',
        `${label}: snapshot ${watch.id} is no longer listed. It was deleted, or VPS.org dropped it because it failed. Check for another workflow that prunes or rotates on this server, then run the job again.`,
      );
    case 'wrong_id':
      return new FailedError(
        'Snapshot not listed',
        `Snapshot ${watch.id} is not listed${target.serverId === null ? '' : ` for server ${target.serverId}`}: ${list.complete ? "check 'snapshot_id' and 'server_id', or it was deleted." : `the account has more than the ${list.snapshots.length} snapshots that can be listed. Set 'server_id', so that only that server's are.`} ${describeListed(list)}`,
      );
  }
}

/** What there is instead, so that a wrong id can be corrected. */
export function describeListed({ snapshots }: SnapshotList): string {
  if (snapshots.length === 0) return 'The list is empty.';
  const names = snapshots.map(
    (s) => `${s.id || 'without an id'} (${s.name ?? 'no name'}, server ${printServer(s.server)})`,
  );
  return `Listed are: ${nameSome(names)}.`;
}

/** The API refuses the list: a token that was revoked, for example. `remark` is what it says of the token. */
export function lostContact(items: readonly WaitItem[], cause: VpsError, remark: string): FailedError {
  return new FailedError(
    'Lost contact while waiting',
    `The list of snapshots cannot be read, so the state of these is unknown: ${items.map(describeItem).join(', ')}. Nothing was deleted. Once the list can be read again, continue with the wait action and snapshot_id: ${joinIds(items)}.${remark === '' ? '' : `\n${remark}`}`,
    { cause, isExplained: true },
  );
}

/** The time for a wait in words, and the input that sets it; `null` where none does. */
export interface WaitTime {
  readonly timeout: string;
  readonly timeoutInput: 'wait_timeout' | null;
}

export function timedOut(
  items: readonly WaitItem[],
  { timeout, timeoutInput }: WaitTime,
  outage: VpsError | null,
): FailedError {
  // Where no list could be read, nothing is known about what it would have shown.
  const unlisted = items.filter(
    ({ watch, target }) => watch.missing !== null && !watch.seen && target.key !== null,
  );
  const accepted = unlisted.map(({ watch }) => `accepted as ${watch.id} but never listed`).join(', ');
  const note = accepted === '' ? '' : ` ${accepted}: look for it in the panel of VPS.org.`;
  const longer = timeoutInput === null ? '' : `, or increase '${timeoutInput}'`;
  return new FailedError(
    'Timed out waiting for the snapshot',
    `${timeoutInput ?? 'the time for it'} (${timeout}) exceeded: ${items.map(describeItem).join(', ')}.${note} Nothing was deleted. Continue with the wait action and snapshot_id: ${joinIds(items)}${longer}.`,
    outage === null ? {} : { cause: outage },
  );
}

/** This step's request was accepted, and lists do not show the snapshot yet. */
export function warnUnlisted(
  { target, watch }: WaitItem,
  { log, schedule }: Pick<Deps, 'log' | 'schedule'>,
): void {
  const span = formatDuration(schedule.span('notListed'));
  log.warning(
    'Snapshot not listed yet',
    `${target.label()}: VPS.org accepted the request as snapshot ${watch.id}, and has not listed it for ${span}. It is waited for until 'wait_timeout' ends.`,
  );
}

function joinIds(items: readonly WaitItem[]): string {
  return items.map(({ watch }) => watch.id).join(',');
}

function describeItem(item: WaitItem): string {
  return `snapshot ${item.watch.id} of ${item.target.label()} (${describeState(item)})`;
}

/** The state of one snapshot. */
export function describeState({ watch, status }: WaitItem): string {
  if (watch.missing !== null && watch.seen) return 'no longer listed';
  if (status !== '') return `'${status}'`;
  if (watch.seen) return 'without a status';
  return watch.missing === null ? 'not seen in any list' : 'not listed yet';
}
