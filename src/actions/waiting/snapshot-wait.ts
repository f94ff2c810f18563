import { observeList, startWatch } from '../../snapshots/polling/waiting.ts';
import { isSameWord } from '../../snapshots/status.ts';
import { VpsError } from '../../vps/errors.ts';
import { type SnapshotList, type SnapshotWithId } from '../../vps/model.ts';
import { type RefusalPatience } from '../../vps/client/retry.ts';
import { type Deps } from '../common/deps.ts';
import { type FailedError } from '../common/errors.ts';
import { createHeartbeat } from '../common/heartbeat.ts';
import { explainToken } from '../common/lists.ts';
import { poll, type Polled } from '../common/poll.ts';
import { createListReader } from './list-reader.ts';
import { type WaitItem, type WaitTarget } from './wait-target.ts';
import {
  describeState,
  lostContact,
  snapshotFailed,
  timedOut,
  type WaitTime,
  warnUnlisted,
} from './wait-errors.ts';

export interface WaitOptions extends WaitTime {
  /** How long a refusal of the first list is tried again; later ones have to stand. */
  readonly firstPatience: RefusalPatience;
  /** Called after each list, when all that it shows was noted. */
  readonly onRound?: () => void;
}

/** Waits for snapshots; one list a round serves all of them, also those that are added later. */
export interface SnapshotWaiter {
  /**
   * Resolves when the snapshot is completed. Throws a FailedError when this one or another one of the waiter's
   * failed, is gone, or is not complete in time; throws a CancelledError after a cancel.
   */
  wait(target: WaitTarget): Promise<void>;
}

const USUAL = 'a snapshot usually takes 3 to 10 minutes';

/** A waiter whose budget is `deps.until`. */
export function createSnapshotWaiter(deps: Deps, options: WaitOptions): SnapshotWaiter {
  const items: WaitItem[] = [];
  const read = createListReader(deps);
  const heartbeat = createHeartbeat('waiting', deps, USUAL);
  const startedAt = deps.clock.now();
  let patience = options.firstPatience;
  let running: Promise<void> | null = null;

  /** Its id and its server may become known later on. */
  function note(item: WaitItem): void {
    heartbeat.remove(item.subject);
    item.subject = `snapshot ${item.watch.id} of ${item.target.label()}`;
    heartbeat.set(item.subject, describeState(item));
  }

  function update(list: SnapshotList): true | null {
    patience = 'standing';
    // What ends the wait keeps nobody from learning what the same list shows of the others.
    const [failure] = [...items].flatMap(
      (item) => observe(item, list, deps, () => void items.splice(items.indexOf(item), 1)) ?? [],
    );
    options.onRound?.();
    if (failure !== undefined) throw failure;
    return items.length === 0 ? true : null;
  }

  async function pollLists(): Promise<Polled<true>> {
    try {
      return await poll<SnapshotList, true>(deps, {
        read: async (limits) => {
          const servers = items.map(({ target }) => target.serverId);
          return await read(servers, { ...limits, patience });
        },
        pause: () => {
          const isUncertain = items.some(({ watch }) => !watch.seen || watch.missing !== null);
          return isUncertain
            ? deps.schedule.fastPoll
            : deps.schedule.work('snapshot', deps.clock.now() - startedAt);
        },
        beat: () => heartbeat.beat(),
        decide: (list) => {
          const ended = update(list);
          for (const item of items) note(item);
          return ended;
        },
      });
    } catch (error) {
      if (!(error instanceof VpsError)) throw error;
      throw lostContact(items, error, await explainToken(error, deps));
    }
  }

  /** What ends one wait ends all: the step is red, whatever becomes of the others. */
  async function start(): Promise<void> {
    try {
      const result = await pollLists();
      if (result.kind === 'timeout') throw timedOut(items, options, result.failure);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      for (const item of items.splice(0)) item.end(failure);
    } finally {
      running = null;
    }
  }

  return {
    async wait(target) {
      await new Promise<void>((resolve, reject) => {
        const item: WaitItem = {
          target,
          subject: '',
          watch: startWatch(target.id, target.key),
          status: '',
          duplicates: null,
          isReportedUnlisted: false,
          end: (error) => {
            heartbeat.remove(item.subject);
            if (error === null) resolve();
            else reject(error);
          },
        };
        items.push(item);
        running ??= start();
      });
    },
  };
}

/** What one list says about one snapshot; gives the error where it failed or is gone. */
function observe(item: WaitItem, list: SnapshotList, deps: Deps, remove: () => void): FailedError | null {
  const { target } = item;
  const now = deps.clock.now();
  const { watch, verdict, snapshot, duplicates, isUnlisted } = observeList(
    item.watch,
    list,
    now,
    deps.schedule,
  );
  if (watch.missing?.reads === 1 && watch.seen)
    deps.log.event(target.label(), `snapshot ${watch.id} is not listed any more, polling again`);
  item.watch = watch;
  if (snapshot !== null && snapshot.status !== item.status) reportStatus(item, snapshot, deps);
  const others = duplicates.map(({ id }) => id).join();
  if (snapshot !== null && duplicates.length > 0 && others !== item.duplicates) {
    item.duplicates = others;
    target.onDuplicates?.(snapshot, duplicates);
  }
  if (isUnlisted && !item.isReportedUnlisted) {
    item.isReportedUnlisted = true;
    warnUnlisted(item, deps);
  }
  if (verdict === 'failed' || verdict === 'gone' || verdict === 'wrong_id')
    return snapshotFailed(item, verdict, list);
  if (verdict === 'pending' || snapshot === null) return null;
  target.onCompleted(snapshot, list);
  remove();
  item.end(null);
  return null;
}

/** A word that only counts up is no line of its own. */
function reportStatus(item: WaitItem, snapshot: SnapshotWithId, { log }: Pick<Deps, 'log'>): void {
  const isNewWord = item.status === '' || !isSameWord(item.status, snapshot.status);
  item.status = snapshot.status;
  item.target.onSeen(snapshot);
  if (isNewWord)
    log.event(item.target.label(), `snapshot ${snapshot.id} is ${snapshot.status || 'without a status'}`);
}
