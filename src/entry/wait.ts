import { wait } from '../actions/wait.ts';
import { readWaitInputs } from '../github/inputs.ts';
import { connect, run } from './start.ts';

void run(async (shell, cancelled) => {
  const inputs = readWaitInputs();
  await wait(inputs, connect(shell, inputs, cancelled));
  shell.runner.setExitCode(0);
});
