import { within } from '../../../src/actions/common/deps.ts';
import { poll } from '../../../src/actions/common/poll.ts';
import { hasStood, stand, type Standing } from '../../../src/snapshots/polling/schedule.ts';
import { start } from '../session/clean.ts';
import { isOk, isRefusal } from '../recording.ts';
import { type Exchange } from '../exchange.ts';
import { type Created, type Session } from '../session/session.ts';
import { playRestoreOfStopped } from './restores.ts';

const MINUTE = 60_000;
/** How long a power action is followed. */
const POWER_MS = 10 * MINUTE;

/** Every power action, and what is asked of a stopped server: a snapshot, a start meanwhile, a restore. */
export async function playPower(session: Session, snapshot: Created): Promise<void> {
  const { connection, journal } = session;
  if (!isOk(await power(session, 'stop', 'stop'))) return;
  let wasSeen = await followPower(session, 'stop', 'stopped');
  await power(session, 'stop-again', 'stop');
  const made = await session.create('create.stopped');
  const answer = await power(session, 'start', 'start');
  if (isOk(answer)) await followPower(session, 'start', 'active');
  await session.waitFor('stopped', made === null ? [] : [made]);
  if (!isOk(answer)) {
    await power(session, 'start-idle', 'start');
    await followPower(session, 'start', 'active');
  }
  await power(session, 'start-again', 'start');
  if (isOk(await power(session, 'restart', 'restart'))) await followPower(session, 'restart', 'active');
  if (isOk(await power(session, 'hard-stop', 'hard_stop'))) {
    wasSeen = (await followPower(session, 'hard-stop', 'stopped')) && wasSeen;
    await playRestoreOfStopped(session, snapshot);
  }
  connection.recorder.probe = 'watch.up';
  if (journal.content.isPowerUncertain) await start(connection, journal, wasSeen);
}

/** Sends a power request, which is written down before. */
async function power(session: Session, probe: string, action: string): Promise<Exchange> {
  session.watch(`before-${probe}`);
  await session.readServer();
  const { isPowerUncertain } = session.journal.content;
  session.journal.change({ isPowerUncertain: true });
  const answer = await session.connection.ask(`power.${probe}`, {
    method: 'POST',
    path: `/servers/${session.serverId}/power/`,
    body: { action },
  });
  if (isRefusal(answer)) session.journal.change({ isPowerUncertain });
  return answer;
}

/** Reads the server until it has been in this state for a while, if ever: an action may take effect late, or not at all. */
async function followPower(session: Session, probe: string, end: string): Promise<boolean> {
  const deps = within(session.connection.deps, POWER_MS);
  const { schedule } = deps;
  session.watch(`power-${probe}`);
  let standing: Standing | null = null;
  let hasChanged = false;
  const result = await poll(deps, {
    read: () => session.readServer(),
    patience: 'never',
    pause: () => schedule.fastPoll,
    decide: ({ status }, now) => {
      hasChanged ||= status !== end;
      standing = status === end ? stand(standing, now) : null;
      const span = hasChanged ? schedule.span('restoreEnd') : schedule.span('activeAgain');
      return hasStood(standing, span) ? true : null;
    },
  });
  return result.kind === 'done';
}
