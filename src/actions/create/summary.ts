import { type RootInputs } from '../../github/inputs/root.ts';
import { type Alert } from '../../github/log.ts';
import { renderSummary, restoreCommand } from '../../github/summary.ts';
import { type Deps } from '../common/deps.ts';
import { isStoppedByUs } from '../server/stop.ts';
import { rowOf, type ServerProgress } from '../creating/progress.ts';

/** The job summary of the main step. */
export function summarizeCreate(
  servers: readonly ServerProgress[],
  inputs: RootInputs,
  deps: Deps,
  alerts: readonly Alert[],
): string {
  const completed = servers.filter(({ record }) => record.phase === 'completed');
  return renderSummary({
    headline: headlineOf(servers, inputs, deps.cancelled.aborted),
    rows: servers.map(rowOf),
    alerts,
    events: deps.log.events(),
    commands: completed.flatMap(({ record: { snapshotId, idIsLossless } }) =>
      snapshotId !== null && idIsLossless ? [restoreCommand(inputs.apiUrl, snapshotId)] : [],
    ),
  });
}

function headlineOf(servers: readonly ServerProgress[], inputs: RootInputs, cancelled: boolean): string {
  const all = servers.length;
  const done = servers.filter(({ record }) => record.phase === 'completed').length;
  const requested = servers.filter(({ record }) => record.snapshotId !== null).length;
  const isUncertain = servers.some(
    ({ record }) => record.phase === 'intent' || (record.resent && record.snapshotId === null),
  );
  const count = (number: number): string => (all === 1 ? '' : `: ${number} of ${all} servers`);
  const noun = all === 1 ? 'snapshot' : 'snapshots';
  if (inputs.dryRun) return `🔎 VPS.org ${noun}: dry run, nothing was changed`;
  if (cancelled && done < all) {
    const state = requested === 0 ? 'not requested' : 'not waited for';
    return `⏹️ Interrupted: VPS.org ${noun} ${isUncertain ? 'requested, outcome unknown' : state}${count(done)}`;
  }
  if (isUncertain) return `❓ Unknown whether the VPS.org ${noun} ${all === 1 ? 'was' : 'were'} made`;
  if (done === all && servers.every(({ record }) => record.reused)) {
    return `♻️ VPS.org ${noun} reused from an earlier attempt${count(done)}`;
  }
  if (done === all && servers.some(({ record }) => isStoppedByUs(record.power))) {
    return `❌ VPS.org ${noun} complete, but a server was not started again`;
  }
  if (done === all) return `📸 VPS.org ${noun} complete${count(done)}`;
  if (!inputs.wait && requested === all)
    return `⏳ VPS.org ${noun} requested, not waited for${count(requested)}`;
  if (requested === 0) return `❌ No VPS.org ${noun}`;
  return `❌ VPS.org ${noun} not complete${count(done)}`;
}
