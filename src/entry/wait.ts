import { wait } from '../actions/commands/wait.ts';
import { readWaitInputs } from '../github/inputs/commands.ts';
import { run } from './start.ts';

void run(async (step) => {
  const inputs = readWaitInputs();
  await wait(inputs, step.connect(inputs));
  return 0;
});
