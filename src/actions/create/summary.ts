import { type RootInputs } from '../../github/inputs/root.ts';
import { type Alert } from '../../github/log.ts';
import { restoreCommand } from '../../github/summary.ts';
import { type Deps } from '../common/deps.ts';
import { onlyError } from '../common/errors.ts';
import { describeFailedPlan, renderReport } from '../common/report.ts';
import { isStoppedByUs } from '../server/stop.ts';
import { rowOf, type ServerProgress } from '../creating/progress.ts';

/** The job summary of the main step. */
export function summarizeCreate(
  servers: readonly ServerProgress[],
  inputs: RootInputs,
  deps: Deps,
  alerts: readonly Alert[],
): string {
  const lead = onlyError(alerts);
  const completed = servers.filter(({ record }) => record.phase === 'completed');
  const commands = completed.flatMap(({ record: { snapshotId, idIsLossless } }) =>
    snapshotId !== null && idIsLossless ? [restoreCommand(inputs.apiUrl, snapshotId)] : [],
  );
  const headline = headlineOf(servers, inputs, deps.cancelled.aborted, lead);
  return renderReport({ headline, lead, rows: servers.map(rowOf), alerts, commands }, deps);
}

/** The state of the servers first, then what became of the snapshots. */
function headlineOf(
  servers: readonly ServerProgress[],
  inputs: RootInputs,
  cancelled: boolean,
  lead: Alert | undefined,
): string {
  const all = servers.length;
  const done = servers.filter(({ record }) => record.phase === 'completed').length;
  const requested = servers.filter(({ record }) => record.snapshotId !== null).length;
  const isUncertain = servers.some(
    ({ record }) => record.phase === 'intent' || (record.resentAt !== null && record.snapshotId === null),
  );
  const count = (number: number): string => (all === 1 ? '' : `: ${number} of ${all} servers`);
  const noun = all === 1 ? 'snapshot' : 'snapshots';
  const isReused = servers.every(({ record }) => record.reused);
  if (inputs.dryRun)
    return lead === undefined
      ? `🔎 Dry run: the ${noun} would be ${isReused ? 'reused' : 'created'}`
      : describeFailedPlan(lead);
  if (cancelled && done < all) {
    const state = requested === 0 ? 'not requested' : 'not waited for';
    return `⏹️ Interrupted: VPS.org ${noun} ${isUncertain ? 'requested, outcome unknown' : state}${count(done)}`;
  }
  if (servers.some(({ record }) => isStoppedByUs(record.power))) {
    const made = done === all ? `${noun} complete` : `${noun} not complete`;
    return `🛑 ${all === 1 ? 'Server' : 'A server'} NOT started again after the stop: start it (${made})`;
  }
  if (isUncertain) return `❓ Unknown whether the VPS.org ${noun} ${all === 1 ? 'was' : 'were'} made`;
  if (done === all && isReused) return `♻️ VPS.org ${noun} reused from an earlier attempt${count(done)}`;
  if (done === all) return `📸 VPS.org ${noun} complete${count(done)}`;
  if (!inputs.wait && requested === all)
    return `⏳ VPS.org ${noun} requested, not waited for${count(requested)}`;
  if (lead === undefined)
    return requested === 0 ? `❌ No VPS.org ${noun}` : `❌ VPS.org ${noun} not complete${count(done)}`;
  const isInTitle = requested > 0 || /no snapshot/i.test(lead.title);
  const complete = all === 1 ? '' : `: ${done} of ${all} complete`;
  return `❌ ${lead.title}${isInTitle ? complete : ': no snapshot was made'}`;
}
