import { restore } from '../actions/commands/restore.ts';
import { readRestoreInputs } from '../github/inputs/actions.ts';
import { createGithubComment } from '../github/comment.ts';
import { createDeps, run } from './start.ts';

void run(async (context, cancelled) => {
  const inputs = readRestoreInputs();
  const notice = createGithubComment(inputs.githubToken, context);
  await restore(inputs, { ...createDeps(context, inputs, cancelled), notice });
  context.runner.setExitCode(0);
});
