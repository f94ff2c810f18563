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
  const setOutput = (
    output: string,
    pick: (snapshot: SnapshotOutput) => string | number | boolean | null | undefined,
  ): void => {
    const values = snapshots.map((snapshot) => String(pick(snapshot) ?? '').replaceAll(',', ''));
    runner.setOutput(output, values.join(','));
  };
  setOutput('snapshot_id', (s) => s.snapshot_id);
  setOutput('snapshot_name', (s) => s.name);
  setOutput('snapshot_status', (s) => s.status);
  setOutput('size_mb', (s) => s.size_mb);
  setOutput('created_at', (s) => s.created_at);
  if (snapshots.some((s) => s.created !== undefined)) setOutput('created', (s) => s.created);
  runner.setOutput('snapshots', JSON.stringify(snapshots));
}
