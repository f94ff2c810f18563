import { post } from '../actions/post/post.ts';
import { createGithubComment } from '../github/comment.ts';
import { readPostInputs } from '../github/inputs/root.ts';
import { noteFirstPost } from '../github/job-files/job-files.ts';
import { loadState } from '../github/state.ts';
import { run } from './start.ts';

void run(
  async (step) => {
    const inputs = readPostInputs();
    const { apiToken, githubToken } = inputs;
    const comment = createGithubComment(githubToken, step);
    return await post(loadState(step.job.origin), inputs, {
      ...step,
      firstPostAt: (now) => noteFirstPost(step.job, now),
      connect: (connection) => ({
        ...step.connect({ ...connection, apiToken, persistent: true }),
        comment,
      }),
    });
  },
  { goesOnAfterSignals: true },
);
