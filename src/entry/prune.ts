import { prune } from '../actions/commands/prune.ts';
import { readPruneInputs } from '../github/inputs/commands.ts';
import { run } from './start.ts';

void run(async (step) => {
  const inputs = readPruneInputs();
  await prune(inputs, step.connect(inputs));
  return 0;
});
