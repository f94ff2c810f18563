import { SLOT_LIMIT } from '../../../src/snapshots/slots.ts';
import { pause } from '../../../src/actions/common/poll.ts';
import { DESCRIPTION_LIMIT } from '../../../src/snapshots/marker.ts';
import { isOk } from '../recording.ts';
import { type Created, type Session } from '../session/session.ts';

/** How often room is asked for after a deletion. */
const TRIES_FOR_ROOM = 5;

/** Fills the server, asks for one more, deletes one, and asks again. */
export async function playLimits(session: Session, kept: Created): Promise<void> {
  const made = await fill(session);
  const overBusy = await session.create('create.over-busy');
  await session.waitFor('full', [...made, ...(overBusy === null ? [] : [overBusy])]);
  const over = await session.create('create.over');
  const extra = [overBusy, over].filter((each) => each !== null);
  await session.waitFor('over', over === null ? [] : [over]);
  for (const each of extra) await session.delete('delete.over', each);
  const last = session.made().findLast(({ id }) => id !== kept.id);
  if (last !== undefined) await playDelete(session, last);
}

async function fill(session: Session): Promise<readonly Created[]> {
  const made: Created[] = [];
  let count = await session.count('fill');
  for (let tries = 0; count < SLOT_LIMIT && tries < SLOT_LIMIT; tries += 1) {
    const probe = made.length === 0 ? 'create.longer-description' : 'create.fill';
    const description = (marker: string): string => marker.padStart(DESCRIPTION_LIMIT + 1, 'd');
    const created = await session.create(probe, made.length === 0 ? { description } : {});
    // Refused because of its description, or because another one is in progress.
    const again = created ?? (await session.create('create.fill'));
    if (again === null) await session.waitFor('fill', made);
    else made.push(again);
    count = await session.count('fill');
  }
  return made;
}

/** DELETE of a completed one, again, of one in progress; and when its slot is free. */
async function playDelete(session: Session, snapshot: Created): Promise<void> {
  const { deps } = session.connection;
  const first = await session.delete('delete.once', snapshot);
  if (!isOk(first)) return;
  await session.delete('delete.twice', snapshot);
  session.watch('deleted');
  await session.list();
  let created: Created | null = null;
  for (let tries = 0; created === null && tries < TRIES_FOR_ROOM; tries += 1) {
    if (tries > 0) await pause(deps, deps.schedule.resend);
    created = await session.create('create.after-delete');
  }
  const until = deps.clock.now() + deps.schedule.span('deletion');
  for (;;) {
    session.watch('deleted');
    const snapshots = await session.list();
    if (!snapshots.some(({ id }) => id === snapshot.id) || deps.clock.now() >= until) break;
    await pause(deps, deps.schedule.fastPoll);
  }
  if (created === null) return;
  const busy = await session.delete('delete.busy', created);
  if (!isOk(busy)) await session.waitFor('delete-busy', [created]);
}
