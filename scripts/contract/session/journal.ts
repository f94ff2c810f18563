/** What a run has asked of the API, written down before it is asked, so that a killed run can be finished. */
export interface Journal {
  readonly version: 1;
  /** Stands in every name and description. */
  readonly run: string;
  readonly apiUrl: string;
  readonly serverId: string;
  readonly secondServerId: string | null;
  /** The API shows one server by a list only. */
  readonly readsList: boolean;
  readonly snapshots: readonly SnapshotEntry[];
  /** A restore whose end nobody has seen; `unclear` until it is answered. */
  readonly restore: 'none' | 'unclear' | 'accepted';
  /** The server may be down, or go down: a power request was sent, and the server was not seen up since. */
  readonly isPowerUncertain: boolean;
}

export interface SnapshotEntry {
  readonly name: string;
  readonly serverId: string;
  /** `requested` until it is answered. */
  readonly state: 'requested' | 'refused' | 'created' | 'deleted';
  readonly id: string | null;
}

/** Where the journal is kept; `save` is done when it returns. */
export interface JournalStore {
  load(): Journal | null;
  save(journal: Journal): void;
  remove(): void;
}

/** The journal of a run that is under way: every change is kept before anything follows from it. */
export class OpenJournal {
  readonly #store: JournalStore;
  #journal: Journal;

  constructor(store: JournalStore, journal: Journal) {
    this.#store = store;
    this.#journal = journal;
  }

  get content(): Journal {
    return this.#journal;
  }

  change(patch: Partial<Journal>): void {
    this.#journal = { ...this.#journal, ...patch };
    this.#store.save(this.#journal);
  }

  /** Notes a snapshot that is about to be requested; gives what to note its answer by. */
  request(name: string, serverId: string): (patch: Partial<SnapshotEntry>) => void {
    const index = this.#journal.snapshots.length;
    const entry: SnapshotEntry = { name, serverId, state: 'requested', id: null };
    this.change({ snapshots: [...this.#journal.snapshots, entry] });
    return (patch) => {
      this.change({
        snapshots: this.#journal.snapshots.map((each, at) => (at === index ? { ...each, ...patch } : each)),
      });
    };
  }

  noteDeleted(id: string): void {
    this.change({
      snapshots: this.#journal.snapshots.map((each) =>
        each.id === id ? { ...each, state: 'deleted' as const } : each,
      ),
    });
  }

  /** Nothing is left of the run. */
  close(): void {
    this.#store.remove();
  }
}

const PREFIX = 'vps-contract';

/** The beginning of every name of a run; what follows tells its snapshots apart. */
export function nameOf(run: string, number: number): string {
  // Every kind of character that a name may have.
  return `${PREFIX}-${run}_${String(number).padStart(2, '0')}`;
}

/** The marker that stands in every description of a run. */
export function markerOf(run: string): string {
  return `[${PREFIX} run=${run}]`;
}

/** Whether a snapshot was made by this run: names and descriptions may have been changed on the way, but not both. */
export function isOfRun(
  snapshot: { readonly name: string | null; readonly description: string | null },
  run: string,
): boolean {
  return snapshot.name?.includes(run) === true || snapshot.description?.includes(markerOf(run)) === true;
}
