import { prune } from '../actions/commands/prune.ts';
import { readPruneInputs } from '../github/inputs/actions.ts';
import { createDeps, run } from './start.ts';

void run(async (context, cancelled) => {
  const inputs = readPruneInputs();
  await prune(inputs, createDeps(context, inputs, cancelled));
  context.runner.setExitCode(0);
});
