import { type Ended, runAction, type StartOptions } from './action.ts';
import { type JobStatus } from '../../../scripts/runner/actions.ts';
import { type Stage } from './test-environment.ts';

export interface LifeOptions extends StartOptions {
  /** How the job ends; when left out as main did. */
  readonly ends?: JobStatus;
  /** What `restore_if` has become by then. */
  readonly restoreIf?: string;
  /** What happens between main and post; a deploy to the first server when left out. */
  readonly between?: (main: Ended) => Promise<void> | void;
}

export interface Life {
  readonly main: Ended;
  readonly post: Ended;
}

/** A job with one snapshot step: main, the deploy if main is green, and post with what main saved. */
export async function runLife(stage: Stage, options: LifeOptions = {}): Promise<Life> {
  const { ends, restoreIf, between, ...start } = options;
  const main = await runAction(stage, 'main', start);
  if (between) await between(main);
  else if (main.code === 0) stage.server.machine.deploy();
  const post = await runPost(stage, main, {
    ...start,
    inputs: { ...start.inputs, ...(restoreIf !== undefined && { restore_if: restoreIf }) },
    job: ends ?? (main.code === 0 ? 'success' : 'failure'),
  });
  return { main, post };
}

/** The post step of a main step that has ended, however it did. */
export async function runPost(stage: Stage, main: Ended, options: StartOptions): Promise<Ended> {
  return await runAction(stage, 'post', { ...options, state: main.state });
}
