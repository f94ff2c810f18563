import { wait } from '../actions/commands/wait.ts';
import { readWaitInputs } from '../github/inputs/actions.ts';
import { createDeps, run } from './start.ts';

void run(async (context, cancelled) => {
  const inputs = readWaitInputs();
  await wait(inputs, createDeps(context, inputs, cancelled));
  context.runner.setExitCode(0);
});
