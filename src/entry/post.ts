import { post } from '../actions/post/post.ts';
import { readPostInputs } from '../github/inputs/actions.ts';
import { createGithubComment } from '../github/comment.ts';
import { loadState } from '../github/state.ts';
import { createDeps, run } from './start.ts';

void run(
  async (context, cancelled) => {
    const inputs = readPostInputs();
    const { apiToken, githubToken } = inputs;
    const notice = createGithubComment(githubToken, context);
    await post(loadState(context.job.origin), inputs, context, ({ apiUrl, pollInterval }) => ({
      ...createDeps(context, { apiToken, apiUrl, pollInterval }, cancelled),
      notice,
    }));
  },
  { ignoreSignals: true },
);
