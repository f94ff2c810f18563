import { restore } from '../actions/commands/restore.ts';
import { createGithubComment } from '../github/comment.ts';
import { readRestoreInputs } from '../github/inputs/commands.ts';
import { run } from './start.ts';

void run(async (step) => {
  const inputs = readRestoreInputs(step.job.eventName);
  const comment = createGithubComment(inputs.githubToken, step);
  await restore(inputs, { ...step.connect(inputs), comment });
  return 0;
});
