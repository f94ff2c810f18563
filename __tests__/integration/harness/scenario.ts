import type { Job } from '../../../src/github/job.ts';
import type { PostInputs, RootInputs } from '../../../src/github/inputs/actions.ts';
import { rootInputs } from './inputs.ts';
import type { Signal, StepProcess, Use } from './step-process.ts';
import { DAY, markerOf, Stage, START, type StageOptions } from './test-environment.ts';

/** What happens in a life of a job, one after the other. */
export interface Story extends StageOptions {
  readonly main?: Partial<RootInputs>;
  readonly post?: Partial<PostInputs>;
  /** The signal that main gets, and after how many milliseconds. */
  readonly signal?: readonly [Signal, number];
  readonly siblings?: readonly Use[];
  readonly job?: Job;
  readonly between?: (stage: Stage) => void;
}

export const FAILED = { jobStatus: 'failure' };
export const CANCELLED = { jobStatus: 'cancelled' };
export const RESTORE: Partial<RootInputs> = { onFailure: 'restore', onCancel: 'restore' };
export const POST = { method: 'POST', path: '/snapshots/', nth: 1 };
export const LISTS = { method: 'GET', path: '/snapshots/' };
export const ASK = { method: 'POST', path: '/snapshots/*/restore/', nth: 1 };
export const POWER = { method: 'POST', path: '/servers/*/power/' };
export const DELETE = { method: 'DELETE', path: '/snapshots/*/', nth: 1 };
export const TWO = [
  { id: 1, name: 'web' },
  { id: 2, name: 'db' },
];

export const own = (id: number, given: object = {}) => ({
  id,
  name: `own-${id}`,
  created_at: START - (9 - id) * DAY,
  description: markerOf({ runId: String(8000 + id) }),
  ...given,
});
export const theirs = (id: number) =>
  own(id, { name: `theirs-${id}`, description: markerOf({ repositoryId: '7' }) });
export const byHand = (id: number) => own(id, { name: `hand-${id}`, description: 'by hand' });
export const FULL = [own(1), theirs(2), byHand(3), own(4, { size_mb: 2048 }), own(5)];

/** The key of the first snapshot of a life. */
export const KEY = 'a087eaf3-00b3-49c9-b706-c4ebfb2627fd';
export const NAME = 'deploy-shop-9001-1';
/** An answer of the API that the simulator would not give. */
export const answer = (id: number | string, given: object = {}) => ({
  id,
  server: { id: 12_345, name: 'web-server-01' },
  name: `own-${id}`,
  status: 'completed',
  size_mb: 1000,
  created_at: new Date(START - DAY).toISOString(),
  description: markerOf({ runId: '8001' }),
  ...given,
});
export const mine = (id: number | string, given: object = {}) =>
  answer(id, { name: NAME, description: markerOf({ runId: '9001', key: KEY }), ...given });
export const says = (body: object, given: object) => ({ kind: 'wrong_json', body, ...given });
/** The same where the simulator would refuse. */
export const gives = (body: object, given: object) => ({ kind: 'status', status: 200, body, ...given });
export const part = (...results: object[]) => ({ count: 9, results });
export const whole = (...results: object[]) => ({ count: results.length, results });
export const GET_SERVER = { method: 'GET', path: '/servers/*/' };
export const FIVE = [1, 2, 3, 4, 5].map((id) => answer(id));
export const TYPED = { serverIds: ['web'] };

/** Plays a story to its end; gives the processes in their order. */
export async function play(story: Story): Promise<{ stage: Stage; steps: [string, StepProcess][] }> {
  const { main, post, signal, siblings, job, between, ...options } = story;
  const stage = new Stage(options);
  const steps: [string, StepProcess][] = [];
  const started =
    main !== undefined || siblings === undefined
      ? stage.start({ use: 'main', inputs: rootInputs(main) }, job && { job })
      : null;
  if (started !== null) {
    if (signal) {
      await stage.pass(signal[1]);
      started.signal(signal[0]);
    }
    await stage.clock.run(started.done);
    steps.push(['main', started]);
  }
  for (const use of siblings ?? []) steps.push([use.use, await stage.run(use)]);
  between?.(stage);
  if (started !== null && post) steps.push(['post', await stage.post(started, post, job && { job })]);
  return { stage, steps };
}
