import { StuckError } from '../../../simulator/clock/virtual-clock.ts';
import { JobRun, type Workflow } from './job.ts';
import type { PanelEvent, Plan } from '../plan/plan.ts';
import type { Life } from './record.ts';
import { LifeWorld } from './environment.ts';

/** No plan's time-outs add up to this much. */
const LONGEST_LIFE_MS = 48 * 3_600_000;
const MOST_TIMERS = 150_000;
/** After it everything that the API was asked for has come to its end. */
const SETTLE_MS = 3_600_000;

/** Lives a life from its beginning until nothing moves any more. */
export async function runLife(plan: Plan): Promise<Life> {
  const world = new LifeWorld(plan);
  const workflow: Workflow = { world, jobs: [], processes: [], deploys: [] };
  for (const event of plan.panel) world.clock.at(event.seconds * 1000, () => usePanel(world, event));
  for (const [index, job] of plan.jobs.entries()) workflow.jobs.push(new JobRun(job, index, workflow));
  let stuck: string | undefined;
  try {
    await world.clock.run(Promise.all(workflow.jobs.map(({ over }) => over)), {
      limitMs: LONGEST_LIFE_MS,
      maxSteps: MOST_TIMERS,
    });
    await world.clock.run(world.clock.sleep(SETTLE_MS), { maxSteps: MOST_TIMERS });
  } catch (error) {
    if (!(error instanceof StuckError)) throw error;
    stuck = error.message;
  }
  const { processes, deploys } = workflow;
  const { effects, notes, machine } = world;
  const life = { plan, processes, effects, deploys, notes, truth: machine.state() };
  // What was killed or given up must not run on into the next life.
  world.clock.clear();
  return { ...life, ...(stuck !== undefined && { stuck }) };
}

function usePanel(world: LifeWorld, { server, does }: PanelEvent): void {
  const id = world.serverId(server);
  world.note(`panel: ${does} on ${id}`);
  if (does === 'create') {
    world.ask('POST', '/snapshots/', JSON.stringify({ server_id: id, name: 'by-hand' }));
  } else if (does === 'delete') {
    const newest = world.machine.state().snapshots.findLast((s) => s.serverId === id && s.deletedAt === null);
    if (newest !== undefined) world.ask('DELETE', `/snapshots/${newest.id}/`);
  } else {
    world.ask('POST', `/servers/${id}/power/`, JSON.stringify({ action: does }));
  }
}
