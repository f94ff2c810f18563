import { create } from '../actions/create.ts';
import { readRootInputs } from '../github/inputs.ts';
import { connect, run } from './start.ts';

void run(
  async (shell, cancelled) => {
    const inputs = readRootInputs();
    await create(inputs, connect(shell, inputs, cancelled));
    shell.runner.setExitCode(0);
  },
  { whenCancelled: 'The post step finds what this step began and says what became of it.' },
);
