import { type ActionResult, runAction, type StartOptions } from './action.ts';
import { type EntryName, type JobStatus } from '../../../scripts/runner/actions.ts';
import { type TestEnvironment } from './test-environment.ts';

export interface JobOptions extends StartOptions {
  /** How the job ends; when left out as main did. */
  readonly ends?: JobStatus;
  /** What `restore_if` has become by then. */
  readonly restoreIf?: string;
  /** What happens between main and post; a deploy to the first server when left out. */
  readonly between?: (main: ActionResult) => Promise<void> | void;
}

export interface JobRun {
  readonly main: ActionResult;
  readonly post: ActionResult;
}

interface Jobs<T> {
  /** A job with one snapshot step: main, the deploy if main is green, and post with what main saved. */
  runJob(testEnv: T, options?: JobOptions): Promise<JobRun>;
  /** The post step of a main step that has ended, however it did. */
  runPost(testEnv: T, main: ActionResult, options: StartOptions): Promise<ActionResult>;
}

/** Jobs whose steps are run like this. */
export function createJobs<T extends TestEnvironment>(
  run: (testEnv: T, entry: EntryName, options?: StartOptions) => Promise<ActionResult>,
): Jobs<T> {
  const runPost: Jobs<T>['runPost'] = (testEnv, main, options) =>
    run(testEnv, 'post', { ...options, state: main.state });
  return {
    runPost,
    async runJob(testEnv, options = {}) {
      const { ends, restoreIf, between, ...start } = options;
      const main = await run(testEnv, 'main', start);
      if (between) await between(main);
      else if (main.code === 0) testEnv.api.deploy();
      const post = await runPost(testEnv, main, {
        ...start,
        inputs: { ...start.inputs, ...(restoreIf !== undefined && { restore_if: restoreIf }) },
        job: ends ?? (main.code === 0 ? 'success' : 'failure'),
      });
      return { main, post };
    },
  };
}

export const { runJob, runPost } = createJobs<TestEnvironment>(runAction);
