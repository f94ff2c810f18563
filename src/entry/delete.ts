import { remove } from '../actions/delete.ts';
import { readDeleteInputs } from '../github/inputs.ts';
import { connect, run } from './start.ts';

void run(async (shell, cancelled) => {
  const inputs = readDeleteInputs();
  await remove(inputs, connect(shell, inputs, cancelled));
  shell.runner.setExitCode(0);
});
