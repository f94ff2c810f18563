import { type Watch } from '../../snapshots/polling/waiting.ts';
import { type Snapshot, type SnapshotList, type SnapshotWithId } from '../../vps/model.ts';

/** A snapshot to wait for. */
export interface WaitTarget {
  readonly id: string;
  /** The key of this step, `null` where another step or run made the snapshot. */
  readonly key: string | null;
  /** What narrows the list; `null` where the server is not known. */
  readonly serverId: string | null;
  readonly label: () => string;
  /** Called whenever a list shows the snapshot with another status. */
  readonly onSeen: (snapshot: SnapshotWithId) => void;
  /** Called when others with the same key turn up or take each other's place, with all of them. */
  readonly onDuplicates?: (snapshot: SnapshotWithId, duplicates: readonly Snapshot[]) => void;
  /** Called once, when the snapshot was seen completed, with the list that showed it. */
  readonly onCompleted: (snapshot: SnapshotWithId, list: SnapshotList) => void;
}

/** One snapshot that is waited for, and what the lists so far have shown. */
export interface WaitItem {
  readonly target: WaitTarget;
  /** What the heartbeat calls it. */
  subject: string;
  watch: Watch;
  status: string;
  /** Ids of the others with the same key, as they were reported last. */
  duplicates: string | null;
  isReportedUnlisted: boolean;
  /** Ends the wait: with `null` for a completed snapshot, else with why. */
  readonly end: (error: Error | null) => void;
}
