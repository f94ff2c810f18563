import { restore } from '../actions/restore.ts';
import { readRestoreInputs } from '../github/inputs.ts';
import { createNotice } from '../github/notice.ts';
import { connect, run } from './start.ts';

void run(async (shell, cancelled) => {
  const inputs = readRestoreInputs();
  const notice = createNotice(inputs.githubToken, shell);
  await restore(inputs, { ...connect(shell, inputs, cancelled), notice });
  shell.runner.setExitCode(0);
});
