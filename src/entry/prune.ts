import { prune } from '../actions/prune.ts';
import { readPruneInputs } from '../github/inputs.ts';
import { connect, run } from './start.ts';

void run(async (shell, cancelled) => {
  const inputs = readPruneInputs();
  await prune(inputs, connect(shell, inputs, cancelled));
  shell.runner.setExitCode(0);
});
