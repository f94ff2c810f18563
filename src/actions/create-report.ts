import { type RootInputs } from '../github/inputs.ts';
import { type Alert } from '../github/log.ts';
import { renderSummary, restoreCommand } from '../github/summary.ts';
import { type Deps } from './deps.ts';
import { isStoppedByUs } from './power.ts';
import { rowOf, type Track } from './track.ts';

/** The job summary of the main step. */
export function summarizeCreate(
  tracks: readonly Track[],
  inputs: RootInputs,
  deps: Deps,
  alerts: readonly Alert[],
): string {
  const completed = tracks.filter(({ record }) => record.phase === 'completed');
  return renderSummary({
    headline: headlineOf(tracks, inputs, deps.cancelled.aborted),
    rows: tracks.map(rowOf),
    alerts,
    events: deps.log.events(),
    commands: completed
      .filter(({ record }) => record.exact)
      .map(({ record }) => restoreCommand(inputs.apiUrl, record.snapshotId ?? '')),
  });
}

function headlineOf(tracks: readonly Track[], inputs: RootInputs, cancelled: boolean): string {
  const all = tracks.length;
  const done = tracks.filter(({ record }) => record.phase === 'completed').length;
  const begun = tracks.filter(({ record }) => record.snapshotId !== null).length;
  const count = (number: number): string => (all === 1 ? '' : `: ${number} of ${all} servers`);
  const noun = all === 1 ? 'snapshot' : 'snapshots';
  if (inputs.dryRun) return `🔎 VPS.org ${noun}: dry run, nothing was changed`;
  if (cancelled && done < all) {
    return `⏹️ Cancelled: VPS.org ${noun} ${begun === 0 ? 'not requested' : 'not waited for'}${count(done)}`;
  }
  if (done === all && tracks.every(({ record }) => record.reused)) {
    return `♻️ VPS.org ${noun} reused from an earlier attempt${count(done)}`;
  }
  if (done === all && tracks.some(({ record }) => isStoppedByUs(record.power))) {
    return `❌ VPS.org ${noun} complete, but a server was not started again`;
  }
  if (done === all) return `📸 VPS.org ${noun} complete${count(done)}`;
  if (!inputs.wait && begun === all) return `⏳ VPS.org ${noun} requested, not waited for${count(begun)}`;
  if (begun === 0) return `❌ No VPS.org ${noun}`;
  return `❌ VPS.org ${noun} not complete${count(done)}`;
}
