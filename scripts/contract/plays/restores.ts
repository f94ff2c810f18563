import { pause } from '../../../src/actions/common/poll.ts';
import { fieldsOf, isOk, isRefusal, jsonOf, textOf } from '../recording.ts';
import { start } from '../session/clean.ts';
import { endRestore } from '../session/restore-end.ts';
import { type Created, type Session } from '../session/session.ts';

/** What somebody changes on the server and reads of it, so that a restore can be seen to put it back. */
export interface Content {
  change(): Promise<void>;
  read(): Promise<string>;
}

/** A restore of the running server, asked for while a snapshot of it is in progress. */
export async function playRestore(
  session: Session,
  snapshot: Created,
  content: Content | null,
): Promise<void> {
  const taken = await readContent(session, content);
  const changed = taken === null ? null : await changeContent(session, content);
  const same = await session.create('create.same-name', { name: () => snapshot.name, description: null });
  const busy = same ?? (await session.create('create.busy', { description: null }));
  let isRequested = await requestRestore(session, 'restore.busy', snapshot);
  if (!isRequested && busy !== null) {
    await session.waitFor('busy', [busy]);
    isRequested = await requestRestore(session, 'restore.idle', snapshot);
  }
  if (isRequested) {
    await session.connection.ask('restore.again', {
      method: 'POST',
      path: `/snapshots/${snapshot.id}/restore/`,
    });
    const during = await session.create('create.during-restore');
    await follow(session, 'watch.restore');
    const after = changed === null ? null : await readContent(session, content);
    if (taken !== null && changed !== null && after !== null)
      session.facts.content = { taken, changed, after };
    await watchAfterwards(session);
    await session.waitFor('during-restore', during === null ? [] : [during]);
  }
  await session.waitFor('busy', busy === null ? [] : [busy]);
}

/** A server that has just come up may take a while to answer. */
const CONTENT_MS = 5 * 60_000;

/** What is on the server; null where nobody asks for it, or the command does not work. */
async function readContent(session: Session, content: Content | null): Promise<string | null> {
  if (content === null) return null;
  const { deps } = session.connection;
  const until = deps.clock.now() + CONTENT_MS;
  for (;;) {
    try {
      return await content.read();
    } catch (error) {
      if (deps.clock.now() + deps.schedule.resend >= until) {
        deps.log.warning('Content not read', String(error));
        return null;
      }
    }
    await pause(deps, deps.schedule.resend);
  }
}

async function changeContent(session: Session, content: Content | null): Promise<string | null> {
  try {
    await content?.change();
  } catch (error) {
    session.connection.deps.log.warning('Content not changed', String(error));
    return null;
  }
  return await readContent(session, content);
}

/** A restore of the stopped server. */
export async function playRestoreOfStopped(session: Session, snapshot: Created): Promise<void> {
  if (await requestRestore(session, 'restore.stopped', snapshot))
    await follow(session, 'watch.restore-stopped');
}

/** Requests a restore, which is written down before; whether the API took it. The server is read right after it. */
async function requestRestore(session: Session, probe: string, { id }: Created): Promise<boolean> {
  const { connection, journal } = session;
  session.watch(`before-${probe}`);
  await session.readServer();
  journal.change({ restore: 'unclear' });
  const answer = await connection.ask(probe, { method: 'POST', path: `/snapshots/${id}/restore/` });
  if (isOk(answer)) journal.change({ restore: 'accepted' });
  else if (isRefusal(answer)) journal.change({ restore: 'none' });
  if (journal.content.restore === 'none') return false;
  connection.recorder.probe = probe === 'restore.stopped' ? 'watch.restore-stopped' : 'watch.restore';
  await session.readServer();
  return true;
}

async function follow(session: Session, probe: string): Promise<void> {
  const { connection, journal, facts } = session;
  const request = connection.recorder.exchanges.findLast(
    (each) => each.path.endsWith('/restore/') && isOk(each),
  );
  const server = fieldsOf(fieldsOf(jsonOf(request))?.['server']);
  const isAnnounced = textOf(server?.['status']).toLowerCase() === 'restoring';
  const before = { ...facts.server, status: facts.status, updatedAt: null, ipAddress: null };
  const { isPowerUncertain } = journal.content;
  const failure = await endRestore(connection, journal, probe, { before, isAnnounced });
  if (failure !== null) throw new Error(failure);
  // Where nothing showed its end, it was found stopped.
  if (journal.content.isPowerUncertain && !isPowerUncertain) await start(connection, journal);
}

/** A server may still be stopped, or started, when its restore has ended. */
async function watchAfterwards(session: Session): Promise<void> {
  const { connection, journal } = session;
  const { clock, schedule } = connection.deps;
  session.watch('after-restore');
  const until = clock.now() + schedule.span('uncertainRestoreEnd');
  let isUp = true;
  while (clock.now() < until && isUp) {
    isUp = (await session.readServer()).status === session.facts.status;
    await pause(connection.deps, schedule.fastPoll);
  }
  if (isUp) return;
  journal.change({ isPowerUncertain: true });
  await start(connection, journal);
}
