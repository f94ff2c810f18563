import { create } from '../actions/create/create.ts';
import { readRootInputs } from '../github/inputs/actions.ts';
import { createDeps, run } from './start.ts';

void run(
  async (context, cancelled) => {
    const inputs = readRootInputs();
    await create(inputs, createDeps(context, inputs, cancelled));
    context.runner.setExitCode(0);
  },
  { whenCancelled: 'The post step finds what this step began and says what became of it.' },
);
