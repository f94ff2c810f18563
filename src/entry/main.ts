import { create } from '../actions/create/create.ts';
import { readRootInputs } from '../github/inputs/root.ts';
import { countUse } from '../github/job-files/job-files.ts';
import { STEP_STATE } from '../github/state.ts';
import { run } from './start.ts';

void run(
  async (step) => {
    // A state that an earlier step planted is not to be this step's, wherever it ends.
    step.runner.saveState(STEP_STATE, '');
    const inputs = readRootInputs(step.job);
    const deps = step.connect(inputs);
    const origin = { ...step.job.origin, use: countUse(step.job) };
    await create(inputs, { ...deps, job: { ...deps.job, origin } });
    return 0;
  },
  {
    needsFiles: true,
    whenCancelled: 'The post step looks for what this step started and reports it.',
  },
);
