import { type Runner } from './runner.ts';

/** One snapshot as the outputs say it; `null` for what is not known. */
export interface SnapshotOutput {
  readonly server_id: string;
  readonly server_name: string | null;
  readonly snapshot_id: string | null;
  readonly name: string | null;
  readonly status: string | null;
  readonly size_mb: number | null;
  readonly created_at: string | null;
  /** Absent in the `wait` action, which creates none. */
  readonly created?: boolean | null;
}

/**
 * Sets the outputs of `snapshots`: for one the plain value, for several the values joined by commas in their
 * order, an empty element for a missing one. Called whenever more is known: the last value of a name counts,
 * and a step that is cut off has set what it knew.
 */
export function setSnapshotOutputs(runner: Runner, snapshots: readonly SnapshotOutput[]): void {
  const join = (pick: (snapshot: SnapshotOutput) => string | number | boolean | null): string =>
    snapshots.map((snapshot) => String(pick(snapshot) ?? '')).join(',');
  runner.setOutput(
    'snapshot_id',
    join((s) => s.snapshot_id),
  );
  runner.setOutput(
    'snapshot_name',
    join((s) => s.name?.replaceAll(',', '') ?? null),
  );
  runner.setOutput(
    'snapshot_status',
    join((s) => s.status?.replaceAll(',', '') ?? null),
  );
  runner.setOutput(
    'size_mb',
    join((s) => s.size_mb),
  );
  runner.setOutput(
    'created_at',
    join((s) => s.created_at?.replaceAll(',', '') ?? null),
  );
  if (snapshots.some((s) => s.created !== undefined))
    runner.setOutput(
      'created',
      join((s) => s.created ?? null),
    );
  runner.setOutput('snapshots', JSON.stringify(snapshots));
}
