import { createHeartbeat } from '../../../src/actions/common/heartbeat.ts';
import { within } from '../../../src/actions/common/deps.ts';
import { poll } from '../../../src/actions/common/poll.ts';
import { type RestoreTarget } from '../../../src/actions/restoring/restore.ts';
import { watchRestore } from '../../../src/actions/restoring/watch.ts';
import { followServer } from '../../../src/actions/server/reader.ts';
import {
  mayRequestAgain,
  observeUnclear,
  startRestoration,
  type UnclearRestore,
} from '../../../src/snapshots/polling/restoration.ts';
import { type Server } from '../../../src/vps/model.ts';
import { type Connection, readerOf } from './connection.ts';
import { type OpenJournal } from './journal.ts';

const MINUTE = 60_000;
/** The longest that a restore is waited for: twice the documented time. */
const RESTORE_MS = 30 * MINUTE;

/**
 * Follows a requested restore to its end, and starts the server if it ends stopped, as the actions do. Gives what is not
 * as it was, for people; null where the server is active again.
 */
export async function endRestore(
  connection: Connection,
  journal: OpenJournal,
  probe: string,
  known: { readonly before: Server | null; readonly isAnnounced: boolean } = {
    before: null,
    isAnnounced: false,
  },
): Promise<string | null> {
  const { deps, recorder } = connection;
  recorder.probe = probe;
  const budget = within(deps, RESTORE_MS);
  const { serverId, restore, readsList } = journal.content;
  const servers = readerOf(connection, readsList);
  const target: RestoreTarget = {
    label: 'server',
    serverId,
    serverIds: [serverId],
    snapshotId: '',
    idIsLossless: true,
    name: null,
    createdAt: null,
    key: null,
    seenCompleted: null,
    startIfStopped: true,
    undoSnapshotId: null,
  };
  const requestedAt = deps.clock.now();
  let sawRestoring = false;
  if (restore === 'unclear' && known.before === null) {
    // The run was cut off at the request: as after a lost answer, a minute tells whether it was carried out.
    const state = await watchUnclear(followServer(servers, [serverId], requestedAt), budget);
    if (state.kind === 'unchanged') {
      journal.change({ restore: 'none' });
      return null;
    }
    sawRestoring = state.kind === 'taken';
  }
  const finished = await watchRestore(
    {
      stage: 'requested',
      target,
      snapshot: null,
      serverStatus: known.before?.status ?? null,
      restoration: startRestoration({
        before: known.before,
        request: 'accepted',
        isAnnounced: known.isAnnounced,
        sawRestoring,
        requestedAt,
      }),
      mismatch: null,
    },
    budget,
    {
      servers,
      heartbeat: createHeartbeat('watching the restore', deps, 'usually 5 to 15 minutes'),
      limit: 'the time for it (30m)',
    },
  );
  const { stage, serverStatus } = finished;
  // Where nothing shows the restore, twice its documented time is the only end that anybody can tell.
  const isOver = stage === 'restored' || (stage !== 'refused' && isResting(serverStatus));
  if (!isOver) return `the restore was not seen to its end: the server is '${serverStatus ?? 'unreadable'}'`;
  journal.change({ restore: 'none', ...(serverStatus === 'stopped' && { isPowerUncertain: true }) });
  return null;
}

function isResting(status: string | null): boolean {
  return status === 'active' || status === 'stopped';
}

async function watchUnclear(
  read: ReturnType<typeof followServer>,
  deps: Connection['deps'],
): Promise<UnclearRestore> {
  let first: Server | null = null;
  let state: UnclearRestore = { kind: 'unchanged', standing: null };
  await poll(deps, {
    read,
    patience: 'never',
    pause: () => deps.schedule.fastPoll,
    decide: ({ value }, now) => {
      first ??= value;
      state = observeUnclear(state, first, value, now, deps.schedule);
      return state.kind !== 'unchanged' || mayRequestAgain(state, deps.schedule) ? true : null;
    },
  });
  return state;
}
