import { remove } from '../actions/commands/delete.ts';
import { readDeleteInputs } from '../github/inputs/actions.ts';
import { createDeps, run } from './start.ts';

void run(async (context, cancelled) => {
  const inputs = readDeleteInputs();
  await remove(inputs, createDeps(context, inputs, cancelled));
  context.runner.setExitCode(0);
});
