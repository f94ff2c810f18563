import { json, detailError, type ApiResponse } from '../api/response.ts';
import { startRestore } from '../api/server-changes.ts';
import type { SimServer, SimSnapshot } from '../api/actual-state.ts';
import type { StateMachine } from '../api/state-machine.ts';
import { serializeRestoredSnapshot, statusWord, visibleServerId } from './serializers.ts';

const OTHER_ID = 999_001;

/** `POST /snapshots/{id}/restore/`: the server stops by itself and is overwritten. */
export function answerRestore(state: StateMachine, id: string): ApiResponse {
  const { switches } = state;
  const snapshot = state.snapshot(id);
  if (snapshot === undefined) return detailError(404, 'Snapshot not found.');
  const server = state.server(snapshot.serverId);
  if (server === undefined) return detailError(404, 'Server not found.');
  const reason = refusalReason(state, server, snapshot);
  if (reason !== undefined) return detailError(switches.refusal_status, reason);
  if (switches.restore_answer === 'error') {
    return json(200, { status: 'error', message: 'Server could not be restored.' });
  }
  startRestore(state, server, snapshot, { by: 'api' });
  if (switches.restore_answer === 'empty') return { status: 200, headers: {}, body: '' };
  return json(200, {
    status: 'success',
    message: 'Server is being restored from snapshot. This may take 5-15 minutes.',
    snapshot: {
      ...serializeRestoredSnapshot(state, snapshot),
      ...(switches.restore_answer === 'other_snapshot' && { id: OTHER_ID, name: 'other' }),
    },
    server: {
      id: visibleServerId(state, server),
      name: server.name,
      status: statusWord(state, 'restoring'),
      ...(switches.restore_answer === 'other_server' && { id: OTHER_ID, name: 'other' }),
    },
  });
}

function refusalReason(
  state: StateMachine,
  server: SimServer,
  { phase, deletingAt }: SimSnapshot,
): string | undefined {
  const { switches } = state;
  if (phase !== 'completed' || deletingAt !== null) return 'Snapshot is not completed.';
  if (!switches.restore_while.includes(server.phase))
    return 'Server is not in a valid state for restoration.';
  return state.isBeingSnapshotted(server) && switches.restore_during_snapshot === 'refused'
    ? 'A snapshot of this server is in progress.'
    : undefined;
}
