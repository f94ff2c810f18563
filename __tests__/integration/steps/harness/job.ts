import { createJobs, type JobOptions } from '../../../dist/harness/job.ts';
import { runAction } from './action.ts';
import { type TestEnvironment } from './test-environment.ts';

export type { JobOptions };

export const { runJob, runPost } = createJobs<TestEnvironment>(runAction);
