import { labelOf } from '../common/labels.ts';
import { setSnapshotOutputs, type SnapshotOutput } from '../../github/outputs.ts';
import { serverState, type ServerRecord } from '../../github/state.ts';
import { type SummaryRow } from '../../github/summary.ts';
import { idsOf } from '../../snapshots/server.ts';
import { type ServerRef, type Snapshot, type SnapshotWithId } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';

/** One server on its way through the main step. */
export interface ServerProgress {
  /** What post will find; written to state before it counts. */
  readonly record: ServerRecord;
  /** The snapshot as the API last showed it. */
  readonly snapshot: Snapshot | null;
  /** The server's snapshots before this step's, `null` before the first list. */
  readonly before: readonly Snapshot[] | null;
  /** Puts another record in place of this one, and saves it. */
  save(next: ServerRecord): void;
  /** What was deleted to make room, or may have been where a cancel cut the answer off. */
  readonly rotated: { readonly snapshot: SnapshotWithId; readonly isCertain: boolean } | null;
  /** Saves the ids and the name that the API says for the server. */
  recordIds(server: ServerRef): void;
  /** Notes the snapshot as a list showed it; nothing of it is saved. */
  recordSnapshot(snapshot: Snapshot): void;
  /** Notes the server's snapshots before this step's. */
  recordBefore(before: readonly Snapshot[]): void;
  recordRotation(deleted: SnapshotWithId, isCertain: boolean): void;
}

export function createProgress(
  deps: Pick<Deps, 'job' | 'runner'>,
  index: number,
  start: { server: string; key: string; name: string },
): ServerProgress {
  const { runId, runAttempt } = deps.job.origin;
  const progress = {
    record: {
      version: 1,
      runId,
      runAttempt,
      ...start,
      ids: [start.server],
      serverName: null,
      phase: 'planned',
      completedAt: null,
      snapshotId: null,
      idIsLossless: true,
      shown: false,
      createdAt: null,
      sizeMb: null,
      reused: false,
      resentAt: null,
      duplicates: [],
      power: null,
    } as ServerRecord,
    snapshot: null as Snapshot | null,
    before: null as readonly Snapshot[] | null,
    rotated: null as ServerProgress['rotated'],
    save(next: ServerRecord): void {
      progress.record = next;
      deps.runner.saveState(serverState(index), JSON.stringify(progress.record));
    },
    recordIds(server: ServerRef): void {
      const ids = [...new Set([...progress.record.ids, ...idsOf(server)])];
      progress.save({ ...progress.record, ids, serverName: server.name ?? progress.record.serverName });
    },
    recordSnapshot(snapshot: Snapshot): void {
      progress.snapshot = snapshot;
    },
    recordBefore(before: readonly Snapshot[]): void {
      progress.before = before;
    },
    recordRotation(deleted: SnapshotWithId, isCertain: boolean): void {
      progress.rotated = { snapshot: deleted, isCertain };
      if (!isCertain) return;
      progress.before = (progress.before ?? []).filter((s) => s.id !== deleted.id);
    },
  };
  return progress;
}

/** The ids that the server may be shown by: the typed one first, the API's own, and those that its snapshots name. */
export function idsShownBy({ record, before }: Pick<ServerProgress, 'record' | 'before'>): readonly string[] {
  return [...new Set([record.server, ...record.ids, ...(before ?? []).flatMap((s) => idsOf(s.server))])];
}

/** Sets the outputs from what is known by now, as soon as there is a snapshot. */
export function publish(deps: Pick<Deps, 'runner'>, servers: readonly ServerProgress[]): void {
  if (servers.every(({ record }) => record.snapshotId === null)) return;
  setSnapshotOutputs(deps.runner, servers.map(outputOf));
}

function outputOf({ record, snapshot }: ServerProgress): SnapshotOutput {
  const made = record.snapshotId !== null;
  return {
    server_id: record.server,
    server_name: record.serverName,
    snapshot_id: record.snapshotId,
    name: made ? (snapshot?.name ?? record.name) : null,
    status: made ? (snapshot?.status ?? null) : null,
    size_mb: record.sizeMb,
    created_at: record.createdAt,
    created: made ? !record.reused : null,
  };
}

/** The row of the summary for what is known by now. */
export function rowOf({ record, snapshot, before }: ServerProgress): SummaryRow {
  const made: (string | null)[] = [
    ...(record.snapshotId === null ? [] : [record.snapshotId]),
    ...record.duplicates,
  ];
  return {
    server: labelOf(record),
    snapshotId: record.snapshotId,
    name: record.snapshotId === null ? null : (snapshot?.name ?? record.name),
    status: snapshot?.status ?? (record.phase === 'intent' ? 'uncertain' : null),
    sizeMb: record.sizeMb,
    createdAt: record.createdAt,
    slotsUsed: before === null ? null : before.filter((s) => !made.includes(s.id)).length + made.length,
  };
}
