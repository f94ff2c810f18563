import { type DeletionState } from '../../github/job-files/deletion-record.ts';
import { describeError } from '../../github/log.ts';
import { provesAbsence } from '../../snapshots/lookup.ts';
import { CERTAIN_READS } from '../../snapshots/polling/schedule.ts';
import { isPending } from '../../snapshots/status.ts';
import { outcomeOf, VpsError } from '../../vps/errors.ts';
import { hasId, type Snapshot } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { apiFailureOf } from '../common/errors.ts';
import { createHeartbeat } from '../common/heartbeat.ts';
import { pause, poll } from '../common/poll.ts';

/** What is needed to delete a snapshot; nothing is deleted by an id that is not certain to its last digit. */
export interface ToDelete extends Pick<Snapshot, 'id' | 'idIsLossless' | 'status'> {
  /** What narrows the list that shows what became of it; `null` where the server is not known. */
  readonly serverId: string | null;
}

/**
 * `reason` says why it stays, or may: `state` is what is known after a request that may have been carried out, `cause` the
 * refusal.
 */
export type Deletion =
  | { readonly ok: true; readonly id: string }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly state: 'stays' | 'listed' | 'unknown';
      readonly cause?: VpsError;
    };

/**
 * Deletes one snapshot (`docs/how-it-works/retention.md`, "Deleting"). Only a 204 says that it is done; after any
 * other answer that may mean it, complete lists show it. Throws a CancelledError where nothing may have been done; gives
 * everything else that goes wrong as a reason.
 */
export async function deleteSnapshot(snapshot: ToDelete, deps: Deps): Promise<Deletion> {
  if (!hasId(snapshot)) return stays('it has no usable id');
  const { id, idIsLossless } = snapshot;
  if (!idIsLossless) return stays('it is not certain that this is its id to the last digit');
  const heartbeat = createHeartbeat('deleting', deps);
  const subject = `snapshot ${id}`;
  let mayFollow = false;
  for (;;) {
    const answer = await request(snapshot, deps);
    if (answer.kind === 'deleted') return { ok: true, id };
    if (answer.kind === 'refused') {
      if (!answer.mayPass || deps.clock.now() + deps.schedule.resend >= deps.until)
        return {
          ok: false,
          reason: answer.reason,
          state: mayFollow ? 'listed' : 'stays',
          cause: answer.cause,
        };
      heartbeat.set(subject, answer.reason);
      await pause(deps, deps.schedule.resend, () => heartbeat.beat());
      continue;
    }
    heartbeat.set(subject, `${answer.reason}; looking for it in lists`);
    const listed = await findInLists(snapshot, deps, () => heartbeat.beat());
    if (listed === 'gone') return { ok: true, id };
    // A DELETE by id has the same effect once or twice, so that a lost one is simply repeated.
    if (
      answer.kind === 'unclear' &&
      listed === 'listed' &&
      !isPending(snapshot) &&
      deps.clock.now() < deps.until
    ) {
      mayFollow = true;
      continue;
    }
    const state = listed === 'listed' ? 'it is still listed' : 'no complete list tells whether it is gone';
    return { ok: false, reason: `${state}: ${answer.reason}`, state: listed };
  }
}

/** What later steps of the job know of it; `null` where it stays. */
export function stateOf(deletion: Deletion): DeletionState | null {
  if (deletion.ok) return 'deleted';
  return deletion.state === 'unknown' ? 'unknown' : null;
}

function stays(reason: string): Deletion {
  return { ok: false, reason, state: 'stays' };
}

type DeleteOutcome =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'answered' | 'unclear'; readonly reason: string }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly mayPass: boolean;
      readonly cause: VpsError;
    };

async function request(snapshot: ToDelete & { readonly id: string }, deps: Deps): Promise<DeleteOutcome> {
  // The API may refuse for as long as one in progress takes: it is tried once.
  const once = isPending(snapshot);
  try {
    const answer = await deps.api.deleteSnapshot(snapshot.id, { until: deps.until, once });
    if (answer === 'deleted') return { kind: 'deleted' };
    const reason = answer === 'absent' ? 'VPS.org knows no such snapshot' : 'VPS.org accepted the deletion';
    return { kind: 'answered', reason };
  } catch (error) {
    const isLost = error instanceof VpsError && outcomeOf(error) === 'unclear';
    // After a cancel nothing is requested any more, and what was is not called undone.
    const failure = isLost ? error : apiFailureOf(error, deps);
    const reason = describeError(failure);
    if (outcomeOf(failure) === 'unclear') return { kind: 'unclear', reason };
    return { kind: 'refused', reason, mayPass: !once && failure.status === 409, cause: failure };
  }
}

/** Whether complete lists show it, for as long as the API may need to take it out. */
async function findInLists(
  { id, serverId }: ToDelete & { readonly id: string },
  deps: Deps,
  beat: () => void,
): Promise<'listed' | 'gone' | 'unknown'> {
  let seen: 'listed' | 'unknown' = 'unknown';
  let absences = 0;
  const until = Math.min(deps.until, deps.clock.now() + deps.schedule.span('deletion'));
  try {
    const result = await poll<'listed' | 'gone' | 'unknown', 'gone'>(
      { ...deps, until },
      {
        read: async (limits) => {
          const list = await deps.api.listSnapshots(serverId === null ? {} : { serverId }, limits);
          if (list.snapshots.some((s) => s.id === id)) return 'listed';
          return provesAbsence(list) ? 'gone' : 'unknown';
        },
        pause: () => deps.schedule.fastPoll,
        beat,
        decide: (now) => {
          absences = now === 'gone' ? absences + 1 : 0;
          if (now === 'gone') return absences < CERTAIN_READS ? null : now;
          seen = now;
          return null;
        },
      },
    );
    return result.kind === 'done' ? result.value : seen;
  } catch (error) {
    deps.log.debug(`what became of snapshot ${id} cannot be read: ${describeError(error)}`);
    return 'unknown';
  }
}

/** Deletes one snapshot and reports it; what stays is a warning, since a deploy is not failed by what it leaves behind. */
export async function deleteAndReport(snapshot: ToDelete, label: string, deps: Deps): Promise<Deletion> {
  const deletion = await deleteSnapshot(snapshot, deps);
  if (deletion.ok) {
    deps.log.event(label, `snapshot ${deletion.id} deleted`);
    return deletion;
  }
  const name = snapshot.id === null ? 'a snapshot' : `snapshot ${snapshot.id}`;
  const where = label === '' ? '' : `${label}: `;
  // "Maybe" is said only of what was requested and not refused.
  const fate =
    deletion.state === 'stays' ? 'was not deleted and keeps its slot' : 'may still be there and use a slot';
  deps.log.warning(
    'Snapshot not deleted',
    `${where}${name} ${fate}. Delete it in the panel of VPS.org or with the delete action. The reason: ${deletion.reason}`,
  );
  return deletion;
}
