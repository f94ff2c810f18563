import type { ServerPhase, SimPhase, SimServer } from '../api/actual-state.ts';
import type { StateMachine } from '../api/state-machine.ts';
import type { Switches } from '../api/switches.ts';

/** What the API shows of a server, which may lag behind what is so. */
export interface ServerView {
  readonly phase: ServerPhase;
  readonly updatedAt: number;
}

/** A server as it is shown now, or as it was shown some time ago. */
export function viewServer(state: StateMachine, server: SimServer): ServerView {
  const { switches } = state;
  const isStale = switches.stale_share > 0 && state.random.chance(switches.stale_share);
  return viewServerAt(state, server, state.now() - (isStale ? switches.stale_seconds * 1000 : 0));
}

/** A server as it is shown, however old a read may be. */
export function currentView(state: StateMachine, server: SimServer): ServerView {
  return viewServerAt(state, server, state.now());
}

function viewServerAt(state: StateMachine, server: SimServer, at: number): ServerView {
  const { switches } = state;
  const { history } = server;
  const index = history.findLastIndex((change) => isShown(switches, change, at));
  const shown = history[Math.max(0, index)];
  if (shown === undefined) throw new Error('a server has had no phase');
  const changedAt = hiddenRestoreSince(switches, history, index, at) ?? shown.at;
  return {
    phase: shown.phase === 'restoring' ? restoringAs(switches, history, index, at) : shown.phase,
    updatedAt: Math.max(changedAt, touchedAt(switches, at), snapshottedAt(state, server, at)),
  };
}

function isShown(switches: Switches, { phase, at: since, cause }: SimPhase, at: number): boolean {
  if (cause === 'power') {
    const isTransition = phase === 'stopping' || phase === 'starting' || phase === 'restarting';
    if (isTransition && switches.power_transition === 'hidden') return false;
    return since + switches.power_late * 1000 <= at;
  }
  return since + (phase === 'restoring' ? switches.restoring_late * 1000 : 0) <= at;
}

/** When a restore began that is not shown and has changed `updated_at` anyway. */
function hiddenRestoreSince(
  { restoring_late_updated_at: form }: Switches,
  history: readonly SimPhase[],
  shown: number,
  at: number,
): number | undefined {
  if (form === 'unchanged') return undefined;
  return history.findLast(
    ({ phase, at: since }, index) => index > shown && phase === 'restoring' && since <= at,
  )?.at;
}

function restoringAs(
  { restoring_late: late, restoring_shown: seconds, restoring_hidden_as: hidden }: Switches,
  history: readonly SimPhase[],
  index: number,
  at: number,
): ServerPhase {
  const shownAt = (history[index]?.at ?? 0) + late * 1000;
  if (seconds === 'always' || at < shownAt + seconds * 1000) return 'restoring';
  return hidden === 'as_before' ? (history[index - 1]?.phase ?? 'active') : hidden;
}

function snapshottedAt({ switches, snapshots }: StateMachine, { id }: SimServer, at: number): number {
  if (!switches.updated_at_by_snapshot) return 0;
  const times = snapshots.filter(({ serverId, createdAt }) => serverId === id && createdAt <= at);
  return Math.max(0, ...times.map(({ createdAt }) => createdAt));
}

function touchedAt({ updated_at_touched: seconds }: Switches, at: number): number {
  return seconds === 0 ? 0 : Math.floor(at / (seconds * 1000)) * seconds * 1000;
}
