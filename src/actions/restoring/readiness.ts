import { VpsError } from '../../vps/errors.ts';
import { type Deps } from '../common/deps.ts';
import { type Heartbeat } from '../common/heartbeat.ts';
import { type Polled } from '../common/poll.ts';
import { isAtRest, type Rest, waitForRest } from '../server/rest.ts';
import { checkRestore, type CheckOptions, type ReportedCheck } from './check.ts';
import { type CheckedRestore, idsOfTarget, refuseRestore } from './restore.ts';

export interface ReadyOptions extends CheckOptions {
  readonly heartbeat: Heartbeat;
}

export type Ready = Extract<ReportedCheck, { readonly stage: 'ready' }>;
/** What stands against a request. */
export type Blocked = Exclude<CheckedRestore, { readonly stage: 'ready' }>;

/** The server at rest, and checks that are fresh; else what stands against the request now. */
export async function makeReady(ready: Ready, deps: Deps, options: ReadyOptions): Promise<Ready | Blocked> {
  const { clock, schedule } = deps;
  const isFresh = clock.now() - ready.readAt <= schedule.span('freshness');
  let checked: ReportedCheck = isFresh ? ready : await checkRestore(ready.target, deps, options);
  while (checked.stage === 'ready' && !isResting(checked)) {
    const rest = await waitUntilResting(checked, deps, options);
    if (rest.kind === 'unreadable') {
      const reason = `the server was not at rest, and cannot be read any more: ${rest.reason}`;
      return refuseRestore(checked, reason);
    }
    if (rest.kind === 'timeout') {
      const status = checked.before?.status ?? 'unknown';
      return refuseRestore(checked, `the server did not come to rest; it is '${status}'`);
    }
    checked = await checkRestore(ready.target, deps, options);
    if (!rest.value.isKnown) break;
  }
  return checked;
}

async function waitUntilResting(
  { target, readAt }: Ready,
  deps: Deps,
  { readers, heartbeat }: ReadyOptions,
): Promise<Polled<Rest> | { readonly kind: 'unreadable'; readonly reason: string }> {
  try {
    return await waitForRest(readers.servers, deps, {
      serverIds: idsOfTarget(target),
      label: target.label,
      orStatus: 'restoring',
      newerThan: readAt,
      patience: 'standing',
      heartbeat,
    });
  } catch (error) {
    if (!(error instanceof VpsError)) throw error;
    return { kind: 'unreadable', reason: error.message };
  }
}

export function isResting({ before }: Ready): boolean {
  return before === null || isAtRest(before);
}
