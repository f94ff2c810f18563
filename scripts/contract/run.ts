import { within } from '../../src/actions/common/deps.ts';
import { poll } from '../../src/actions/common/poll.ts';
import { cleanUp } from './session/clean.ts';
import { type Address, connect, type Connection, type World } from './session/connection.ts';
import { type Recording } from './recording.ts';
import { checkServer, readFacts, UnfitError } from './session/facts.ts';
import { type JournalStore, OpenJournal } from './session/journal.ts';
import { playLimits } from './plays/limits.ts';
import { playPower } from './plays/power.ts';
import { askReadOnly } from './plays/read-only.ts';
import { askRefusals } from './plays/refusals.ts';
import { type Content, playRestore } from './plays/restores.ts';
import { playSnapshots } from './plays/snapshots.ts';
import { Progress, STEPS } from './progress.ts';
import { type Created, Session } from './session/session.ts';

export interface RunOptions extends Address {
  readonly serverId: string;
  readonly secondServerId: string | null;
  readonly limitedToken: string | null;
}

export interface Outcome {
  readonly recording: Recording;
  /** Why the run ended early, empty where it did not. */
  readonly failure: string;
  /** What is left of it, for people. */
  readonly left: readonly string[];
}

export interface Destruction {
  /** Asks before a server may be lost; gives false where it may not. */
  readonly confirm: (serverName: string) => Promise<boolean>;
  readonly journal: JournalStore;
  readonly content: Content | null;
}

/** Plays every question that only reads, and with `destruction` those that change the server, which is put back. */
export async function runContract(
  world: World,
  options: RunOptions,
  destruction: Destruction | null,
): Promise<Outcome> {
  const connection = connect(world, options, options.limitedToken);
  const facts = await readFacts(connection, options);
  const recording: Recording = { exchanges: connection.recorder.exchanges, facts };
  if (destruction !== null) {
    if (destruction.journal.load() !== null)
      throw new UnfitError('an earlier run is not finished: run it with --clean first');
    await checkServer(connection, facts, options.serverId);
    if (!(await destruction.confirm(facts.server.name ?? '')))
      throw new UnfitError('not confirmed by the name of the server: nothing was changed');
  }
  const journal = new OpenJournal(destruction?.journal ?? NO_STORE, {
    version: 1,
    run: world.newKey().slice(0, 8),
    apiUrl: options.apiUrl,
    serverId: options.serverId,
    secondServerId: options.secondServerId,
    readsList: facts.readsList,
    snapshots: [],
    restore: 'none',
    isPowerUncertain: false,
  });
  if (destruction !== null) journal.change({});
  let failure = '';
  let left: readonly string[] = [];
  try {
    await play(new Session(connection, facts, journal), options, destruction, new Progress(world));
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  } finally {
    if (destruction !== null) left = await finish(world, options, journal, connection);
  }
  return { recording, failure, left };
}

/** Finishes what a run left that was killed. */
export async function cleanContract(
  world: World,
  address: Address,
  store: JournalStore,
): Promise<readonly string[] | null> {
  const journal = store.load();
  if (journal === null) return null;
  if (journal.apiUrl !== address.apiUrl)
    throw new UnfitError(`the run to finish was against ${journal.apiUrl}`);
  return await cleanUp(connect(world, address, null), new OpenJournal(store, journal));
}

const DELETION_MS = 2 * 60_000;

const NO_STORE: JournalStore = { load: () => null, save: () => {}, remove: () => {} };

/** Cleans up with a signal of its own: the one that ended the run must not end this. */
async function finish(
  world: World,
  address: Address,
  journal: OpenJournal,
  { recorder }: Connection,
): Promise<readonly string[]> {
  world.print(STEPS.clean.line);
  const goesOn = { ...world, cancelled: new AbortController().signal };
  return await cleanUp(connect(goesOn, address, null, recorder), journal);
}

async function play(
  session: Session,
  { secondServerId, limitedToken }: RunOptions,
  destruction: Destruction | null,
  progress: Progress,
): Promise<void> {
  const names = destruction === null ? (['read'] as const) : undefined;
  progress.plan(names);
  await progress.step('read', () => askReadOnly(session, limitedToken !== null));
  if (destruction === null) return;
  await progress.step('refusals', () => askRefusals(session));
  const kept: Created = await progress.step('snapshots', () => playSnapshots(session, secondServerId));
  await progress.step('restore', () => playRestore(session, kept, destruction.content));
  await progress.step('limits', () => playLimits(session, kept));
  await makeRoom(session, kept);
  await progress.step('power', () => playPower(session, kept));
}

/** Deletes what the run has made, but for the snapshot that is to be restored. */
async function makeRoom(session: Session, kept: Created): Promise<void> {
  const { deps } = session.connection;
  const others = session.made().filter(({ id }) => id !== kept.id);
  for (const each of others) await session.delete('delete.room', each);
  session.watch('room');
  // A deletion may take its time, and holds the slot meanwhile.
  await poll(within(deps, DELETION_MS), {
    read: () => session.list(),
    pause: () => deps.schedule.fastPoll,
    decide: (listed) => (others.some(({ id }) => listed.some((each) => each.id === id)) ? null : true),
  });
}
