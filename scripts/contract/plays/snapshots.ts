import { DESCRIPTION_LIMIT } from '../../../src/snapshots/marker.ts';
import { type Created, type Session } from '../session/session.ts';

/** What a description may have beside letters: two scripts, an emoji, quotes, a line break and HTML. */
const CHARACTERS = 'é ß 漢 😀 "x" <b>&amp;</b>\nsecond line';
/** A snapshot may fail once; more than that is not chance. */
const TRIES = 2;

/** Two snapshots at a time, from their requests to their ends; gives a completed one. */
export async function playSnapshots(session: Session, secondServerId: string | null): Promise<Created> {
  for (let tries = 1; ; tries += 1) {
    const kept = await playPair(session, secondServerId, tries);
    if (kept !== null) return kept;
    if (tries === TRIES)
      throw new Error(`no snapshot was completed in ${TRIES} tries, and everything else needs one`);
  }
}

async function playPair(
  session: Session,
  secondServerId: string | null,
  tries: number,
): Promise<Created | null> {
  await session.readServer();
  const first = await session.create('create.first', {
    description: (marker) => marker.padStart(DESCRIPTION_LIMIT, 'd'),
  });
  if (first === null) throw new Error('the API refuses the first snapshot, and everything else needs one');
  session.watch('first');
  await session.list();
  const parallel = await session.create('create.parallel', {
    description: (marker) => `${CHARACTERS} ${marker}`,
  });
  const done = await session.waitFor('first', [first, ...(parallel === null ? [] : [parallel])]);
  const kept = [first, parallel].find((each) => done.some(({ id }) => id === each?.id)) ?? null;
  if (kept === null || tries > 1) return kept;

  if (parallel === null) {
    const second = await session.create('create.characters', {
      description: (marker) => `${CHARACTERS} ${marker}`,
    });
    if (second !== null) await session.waitFor('characters', [second]);
  }
  if (secondServerId === null) return kept;
  session.watch('second-server');
  await session.list(secondServerId);
  const other = await session.create('create.second-server', {
    serverId: secondServerId,
    name: () => kept.name,
  });
  if (other === null) await session.create('create.second-server-other', { serverId: secondServerId });
  await session.connection.ask('snapshots.both', { method: 'GET', path: '/snapshots/' });
  await session.connection.ask('snapshots.one', {
    method: 'GET',
    path: `/snapshots/?server_id=${session.serverId}`,
  });
  return kept;
}
