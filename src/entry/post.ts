import { post } from '../actions/post.ts';
import { readPostInputs } from '../github/inputs.ts';
import { createNotice } from '../github/notice.ts';
import { loadState } from '../github/state.ts';
import { connect, run } from './start.ts';

void run(
  async (shell, cancelled) => {
    const inputs = readPostInputs();
    const { apiToken, githubToken } = inputs;
    const notice = createNotice(githubToken, shell);
    await post(loadState(shell.job.origin), inputs, shell, ({ apiUrl, pollInterval }) => ({
      ...connect(shell, { apiToken, apiUrl, pollInterval }, cancelled),
      notice,
    }));
  },
  { ignoreSignals: true },
);
