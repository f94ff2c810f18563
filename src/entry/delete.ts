import { remove } from '../actions/commands/delete.ts';
import { readDeleteInputs } from '../github/inputs/commands.ts';
import { run } from './start.ts';

void run(async (step) => {
  const inputs = readDeleteInputs();
  await remove(inputs, step.connect(inputs));
  return 0;
});
