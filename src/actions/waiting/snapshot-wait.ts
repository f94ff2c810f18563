import { type Schedule } from '../../snapshots/schedule.ts';
import { observeList, startWatch, type Verdict, type Watch } from '../../snapshots/waiting.ts';
import { type Snapshot, type SnapshotList } from '../../vps/model.ts';
import { type Deps, pause } from '../common/deps.ts';
import { CancelledError, FailedError } from '../common/errors.ts';
import { createHeartbeat, createOutageLog, pollDeadline } from '../common/heartbeat.ts';
import { look } from '../common/poll.ts';
import { joinLists } from '../common/lists.ts';

/** A snapshot to wait for. */
export interface WaitTarget {
  readonly id: string;
  /** The key of this step, `null` where another step or run made the snapshot. */
  readonly key: string | null;
  /** What narrows the list; `null` where the server is not known. */
  readonly serverId: string | null;
  readonly label: () => string;
  /** Called whenever a list shows the snapshot with another status. */
  readonly onSeen: (snapshot: Snapshot) => void;
  /** Called when others with the same key turn up or take each other's place, with all of them. */
  readonly onDuplicates?: (snapshot: Snapshot, duplicates: readonly Snapshot[]) => void;
  /** Called once, when the snapshot was seen completed. */
  readonly onCompleted: (snapshot: Snapshot) => void;
}

export interface WaitOptions {
  readonly schedule: Schedule;
  /** Monotonic deadline of `wait_timeout`. */
  readonly until: number;
  /** How long that is, in words. */
  readonly timeout: string;
}

interface Item {
  readonly awaited: WaitTarget;
  watch: Watch;
  status: string;
  /** Ids of the others with the same key, as they were told last. */
  duplicates: string | null;
  done: boolean;
}

/**
 * Waits until all snapshots are completed (design §3.3). One list a round serves all of them. Throws
 * {@link FailedError} at the first that failed, is gone or was never listed, and when the time is over.
 */
export async function waitForSnapshots(
  awaited: readonly WaitTarget[],
  deps: Deps,
  options: WaitOptions,
): Promise<void> {
  const { clock } = deps;
  const startedAt = clock.now();
  const items = awaited.map((a): Item => ({
    awaited: a,
    watch: startWatch(a.id, a.key),
    status: '',
    duplicates: null,
    done: false,
  }));
  const read = createReader(awaited, deps);
  const heartbeat = createHeartbeat('waiting', deps);
  const outages = createOutageLog(deps);
  let outage = '';
  for (;;) {
    const seen = await look(() => read(pollDeadline(options.until, deps))).catch((error: unknown) => {
      if (deps.cancelled.aborted) throw new CancelledError();
      throw notFollowed(items, error);
    });
    if ('outage' in seen) {
      outage = seen.outage.message;
      outages.note(outage);
    } else {
      outage = '';
      outages.note(null);
      for (const item of items) if (!item.done) observe(item, seen.value, deps);
    }
    const waiting = items.filter((item) => !item.done);
    if (waiting.length === 0) return;
    const now = clock.now();
    if (now >= options.until) throw timedOut(waiting, options, outage);
    for (const item of items) {
      const subject = `snapshot ${item.watch.id} of ${item.awaited.label()}`;
      if (item.done) heartbeat.remove(subject);
      else heartbeat.set(subject, wordOf(item));
    }
    heartbeat.beat();
    const uncertain = waiting.some((item) => !item.watch.seen || item.watch.missing > 0);
    const wanted = uncertain ? options.schedule.fastPoll : options.schedule.work('snapshot', now - startedAt);
    await pause(deps, Math.min(wanted, options.until - now));
  }
}

/**
 * Reads what shows all awaited snapshots: the server's list for one server, else the account's, as long as
 * that has few pages.
 */
function createReader(awaited: readonly WaitTarget[], deps: Deps): (until: number) => Promise<SnapshotList> {
  const servers = [...new Set(awaited.map((a) => a.serverId))];
  const known = servers.filter((id) => id !== null);
  const [only] = known;
  if (only !== undefined && servers.length === 1) {
    return (until) => deps.api.listSnapshots({ serverId: only }, until);
  }
  let filtered = false;
  return async (until) => {
    if (filtered) {
      const lists: SnapshotList[] = [];
      for (const serverId of known) lists.push(await deps.api.listSnapshots({ serverId }, until));
      return joinLists(lists);
    }
    const list = await deps.api.listSnapshots({}, until);
    filtered = known.length === servers.length && list.pages > Math.max(2, servers.length);
    return list;
  };
}

function observe(item: Item, list: SnapshotList, deps: Deps): void {
  const { awaited } = item;
  const { watch, verdict, snapshot, duplicates } = observeList(item.watch, list);
  if (watch.missing === 1 && watch.seen) {
    deps.log.event(awaited.label(), `snapshot ${watch.id} is not listed any more, looking again`);
  }
  item.watch = watch;
  if (snapshot !== null && snapshot.status !== item.status) {
    item.status = snapshot.status;
    awaited.onSeen(snapshot);
    deps.log.event(awaited.label(), `snapshot ${snapshot.id} is ${snapshot.status || 'without a status'}`);
  }
  const others = duplicates.map(({ id }) => id).join();
  if (snapshot !== null && duplicates.length > 0 && others !== item.duplicates) {
    item.duplicates = others;
    awaited.onDuplicates?.(snapshot, duplicates);
  }
  if (verdict === 'pending') return;
  if (verdict !== 'completed' || snapshot === null) throw failed(item, verdict);
  item.done = true;
  awaited.onCompleted(snapshot);
}

function failed({ awaited, watch, status }: Item, verdict: Exclude<Verdict, 'pending'>): FailedError {
  const label = awaited.label();
  if (verdict === 'failed') {
    return new FailedError(
      'Snapshot failed',
      `${label}: VPS.org says that snapshot ${watch.id} is '${status}'. It cannot be restored. Run the job again; if it fails again, look at the server in the panel of VPS.org, and delete the failed snapshot, which uses a slot.`,
    );
  }
  if (verdict === 'gone') {
    return new FailedError(
      'Snapshot gone',
      `${label}: snapshot ${watch.id} was listed and no longer is: somebody or something deleted it, or VPS.org dropped it because it failed. Look for another workflow that prunes or rotates on this server, and run the job again.`,
    );
  }
  if (awaited.key === null) {
    return new FailedError(
      'Snapshot never listed',
      `Snapshot ${watch.id} was not listed in all this time: check 'snapshot_id' and 'server_id', or it was deleted.`,
    );
  }
  return new FailedError(
    'Snapshot never listed',
    `${label}: the snapshot was accepted as ${watch.id} but never listed. It may still appear: look for it in the panel of VPS.org, then run the job again.`,
  );
}

/** The API refuses the list in the middle of a wait: a token that was revoked, for example. */
function notFollowed(items: readonly Item[], cause: unknown): FailedError {
  const waiting = items.filter((item) => !item.done);
  return new FailedError(
    'Snapshot not followed to its end',
    `VPS.org refuses the list, so what becomes of these is unknown: ${waiting.map(describeItem).join(', ')}. Nothing was deleted. Once the list can be read again, go on with the wait action and snapshot_id: ${waiting.map((item) => item.watch.id).join(',')}.`,
    { cause },
  );
}

function timedOut(waiting: readonly Item[], options: WaitOptions, outage: string): FailedError {
  const ids = waiting.map((item) => item.watch.id).join(',');
  const reason = outage === '' ? '' : ` The API did not answer at last: ${outage}.`;
  return new FailedError(
    'Snapshot not complete in time',
    `Not complete after ${options.timeout}: ${waiting.map(describeItem).join(', ')}.${reason} Nothing was deleted. Go on waiting with the wait action and snapshot_id: ${ids}, or give 'wait_timeout' more time.`,
  );
}

function describeItem(item: Item): string {
  return `snapshot ${item.watch.id} of ${item.awaited.label()} (${wordOf(item)})`;
}

function wordOf({ watch, status }: Item): string {
  if (watch.missing > 0 && watch.seen) return 'not listed any more';
  if (status !== '') return `'${status}'`;
  return watch.seen ? 'without a status' : 'not listed yet';
}
