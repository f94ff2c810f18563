import { StuckError } from '../../../simulator/clock/virtual-clock.ts';
import { JobRun, type Workflow } from './job.ts';
import type { PanelEvent, Plan } from '../plan/plan.ts';
import type { SimulatedRun } from './record.ts';
import { RunEnvironment } from './environment.ts';

/** More than the time-outs of any plan add up to. */
const MAX_RUN_MS = 48 * 3_600_000;
const MAX_TIMERS = 150_000;
/** By then everything that the API was asked to do has ended. */
const SETTLE_MS = 3_600_000;

/** Runs a plan in virtual time, until nothing more happens. */
export async function simulate(plan: Plan): Promise<SimulatedRun> {
  const environment = new RunEnvironment(plan);
  const workflow: Workflow = { environment, jobs: [], processes: [], deploys: [] };
  for (const event of plan.panel)
    environment.clock.at(event.seconds * 1000, () => usePanel(environment, event));
  for (const [index, job] of plan.jobs.entries()) workflow.jobs.push(new JobRun(job, index, workflow));
  let stuck: string | undefined;
  try {
    await environment.clock.run(Promise.all(workflow.jobs.map(({ done }) => done)), {
      limitMs: MAX_RUN_MS,
      maxSteps: MAX_TIMERS,
    });
    await environment.clock.run(environment.clock.sleep(SETTLE_MS), { maxSteps: MAX_TIMERS });
  } catch (error) {
    if (!(error instanceof StuckError)) throw error;
    stuck = error.message;
  }
  const { processes, deploys } = workflow;
  const { effects, notes, api } = environment;
  const run = { plan, processes, effects, deploys, notes, actualState: api.state() };
  // A killed or stuck process must not go on during the next run.
  environment.clock.clear();
  return { ...run, ...(stuck !== undefined && { stuck }) };
}

function usePanel(environment: RunEnvironment, { server, action }: PanelEvent): void {
  const id = environment.serverId(server);
  environment.note(`panel: ${action} on ${id}`);
  if (action === 'create') {
    environment.panelRequest('POST', '/snapshots/', JSON.stringify({ server_id: id, name: 'by-hand' }));
  } else if (action === 'delete') {
    const newest = environment.api
      .state()
      .snapshots.findLast((s) => s.serverId === id && s.deletedAt === null);
    if (newest !== undefined) environment.panelRequest('DELETE', `/snapshots/${newest.id}/`);
  } else {
    environment.panelRequest('POST', `/servers/${id}/power/`, JSON.stringify({ action }));
  }
}
