import { json, detailError, fieldErrors, htmlNotFound, type ApiResponse } from '../api/response.ts';
import { startPowerAction } from '../api/server-changes.ts';
import type { ServerPhase, SimServer } from '../api/actual-state.ts';
import type { StateMachine } from '../api/state-machine.ts';
import { serializeServer } from './serializers.ts';
import { currentView } from './server-view.ts';

interface Transition {
  readonly from: readonly ServerPhase[];
  readonly via: ServerPhase;
  readonly to: ServerPhase;
}

const TRANSITIONS = {
  start: { from: ['stopped'], via: 'starting', to: 'active' },
  stop: { from: ['active'], via: 'stopping', to: 'stopped' },
  restart: { from: ['active'], via: 'restarting', to: 'active' },
  hard_stop: { from: ['active', 'stopping', 'starting', 'restarting'], via: 'stopping', to: 'stopped' },
} as const satisfies Readonly<Record<string, Transition>>;

type PowerAction = keyof typeof TRANSITIONS;

/** What an accepted action does. */
type Effect = 'changes' | 'repeats' | 'breaks_restore';

/** `POST /servers/{id}/power/`; what its response holds is not known, see the switch `power_answer`. */
export function powerServer(state: StateMachine, reference: string, body: string): ApiResponse {
  const { switches } = state;
  if (switches.power === 'absent') return htmlNotFound();
  const server = state.server(reference);
  if (server === undefined) return detailError(404, 'Server not found.');
  const given = readAction(body);
  if (given === undefined) return fieldErrors({ action: 'This field is required.' });
  if (!isPowerAction(given)) return fieldErrors({ action: `"${given}" is not a valid choice.` });

  const from = server.phase;
  const effect = effectOf(state, server, given);
  state.power.push({
    serverId: server.id,
    action: given,
    at: state.now(),
    from,
    accepted: effect !== undefined,
  });
  if (effect === undefined) {
    return detailError(
      switches.refusal_status,
      `Server cannot ${given.replace('_', ' ')} while it is ${from}.`,
    );
  }
  if (effect === 'changes') applyAction(state, server, given);
  if (effect === 'breaks_restore' && server.restore !== null) server.restore.broken = true;
  return accepted(state, server, given);
}

function readAction(body: string): string | undefined {
  try {
    const parsed = JSON.parse(body) as { readonly action?: unknown } | null;
    return typeof parsed?.action === 'string' ? parsed.action : undefined;
  } catch {
    return undefined;
  }
}

function isPowerAction(text: string): text is PowerAction {
  return Object.hasOwn(TRANSITIONS, text);
}

function effectOf(state: StateMachine, server: SimServer, action: PowerAction): Effect | undefined {
  const { switches } = state;
  const { from, to }: Transition = TRANSITIONS[action];
  const { phase, change } = server;
  if (phase === 'restoring')
    return action === 'start' && switches.start_while_restoring === 'accepted' ? 'breaks_restore' : undefined;
  const isHeldBack = switches.start_during_snapshot === 'refused' && state.isBeingSnapshotted(server);
  if (action === 'start' && phase === 'stopped' && isHeldBack) return undefined;
  const isPending = action === 'stop' && phase === 'active' && change?.to === 'stopping';
  if (from.includes(phase) && !isPending) return 'changes';
  return (phase === to || isPending) && switches.power_repeat === 'accepted' ? 'repeats' : undefined;
}

function applyAction(state: StateMachine, server: SimServer, action: PowerAction): void {
  const { via, to } = TRANSITIONS[action];
  const { power_ignored: ignored, stop_delay: delay } = state.switches;
  const before = server.phase === 'stopped' ? 'stopped' : 'active';
  startPowerAction(state, server, {
    via,
    to: ignored.includes(action) ? before : to,
    delayMs: action === 'stop' ? delay * 1000 : 0,
  });
}

function accepted(state: StateMachine, server: SimServer, action: PowerAction): ApiResponse {
  const { power_answer: form } = state.switches;
  if (form === 'empty') return { status: 204, headers: {}, body: '' };
  if (form === 'server') return json(200, serializeServer(state, server, currentView(state, server)));
  return json(200, { status: 'success', message: `Power action ${action} was accepted.` });
}
