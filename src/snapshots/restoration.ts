import { type Server } from '../vps/model.ts';
import { POLL_LIMITS } from './schedule.ts';

/** A running restore as the looks at the server show it (design §3.5). */
export interface Restoration {
  /** The server just before the request, `null` where it could not be read. */
  readonly before: Pick<Server, 'status' | 'updatedAt'> | null;
  /** The API answered that it took the request. */
  readonly accepted: boolean;
  readonly looks: number;
  readonly sawRestoring: boolean;
  readonly started: boolean;
  /** Looks in a row since it began that said `active`, and that said `stopped`. */
  readonly active: number;
  readonly stopped: number;
}

export type RestorePhase = 'requested' | 'begun' | 'active' | 'stopped' | 'not_begun' | 'broken';

const BROKEN: ReadonlySet<string> = new Set(['suspended', 'error', 'failed']);
/** One look may be a stale answer. */
const LOOKS_TO_END = 2;

/** A restore that was just requested, with what the request and the looks after it have shown already. */
export function startRestoration(
  before: Restoration['before'],
  known: Partial<Pick<Restoration, 'accepted' | 'sawRestoring'>> = {},
): Restoration {
  const { accepted = true, sawRestoring = false } = known;
  const running = sawRestoring || before?.status === 'restoring';
  return { before, accepted, looks: 0, sawRestoring: running, started: running, active: 0, stopped: 0 };
}

/** Whether this look at the server shows that a restore was taken: `restoring`, or a changed `updated_at`. */
export function showsStart(before: Restoration['before'], server: Server): boolean {
  if (server.status === 'restoring') return true;
  return before?.updatedAt != null && server.updatedAt !== null && server.updatedAt !== before.updatedAt;
}

/**
 * What one more look at the server says.
 *
 * Where `updated_at` changed but `restoring` was never shown, `active` and `stopped` count only once the time
 * in which `restoring` may still appear is over: a server that is late in showing it would otherwise be
 * called restored before the restore began.
 */
export function observeServer(
  state: Restoration,
  server: Server,
): { readonly state: Restoration; readonly phase: RestorePhase } {
  const started = state.started || showsStart(state.before, server);
  const next: Restoration = {
    before: state.before,
    accepted: state.accepted,
    looks: state.looks + 1,
    sawRestoring: state.sawRestoring || server.status === 'restoring',
    started,
    active: started && server.status === 'active' ? state.active + 1 : 0,
    stopped: started && server.status === 'stopped' ? state.stopped + 1 : 0,
  };
  return { state: next, phase: phaseOf(next, server.status) };
}

function phaseOf(state: Restoration, status: string): RestorePhase {
  if (BROKEN.has(status) && (state.started || status !== state.before?.status)) return 'broken';
  const waited = state.looks >= POLL_LIMITS.begin;
  if (!state.started) return waited ? 'not_begun' : 'requested';
  if (!state.sawRestoring) {
    if (!waited) return 'begun';
    // Without the API's word, a changed time alone may be somebody else's doing.
    if (!state.accepted) return 'not_begun';
  }
  if (state.active >= LOOKS_TO_END) return 'active';
  if (state.stopped >= LOOKS_TO_END) return 'stopped';
  return 'begun';
}
