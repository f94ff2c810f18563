import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

type State = Readonly<Record<string, string>>;

const INPUTS = { on_failure: 'restore' };

/** Main succeeded and the deploy failed: only the state decides whether post restores. */
async function runWith(
  testEnv: TestEnvironment,
  change: (state: State) => State,
  env: State = {},
): Promise<ActionResult> {
  const main = await runAction(testEnv, 'main', { inputs: INPUTS });
  testEnv.api.deploy();
  return await runAction(testEnv, 'post', { inputs: INPUTS, job: 'failure', state: change(main.state), env });
}

function editServer(edit: (server: Record<string, unknown>) => void): (state: State) => State {
  return (state) => {
    const server = JSON.parse(state['server_0'] ?? '') as Record<string, unknown>;
    edit(server);
    return { ...state, server_0: JSON.stringify(server) };
  };
}

describe('state that is cut off, of another run or changed: nothing is requested', () => {
  test.concurrent.each([
    {
      name: 'step cut off',
      change: (s: State) => ({ ...s, step: s['step']?.slice(0, 80) ?? '' }),
      warns: true,
    },
    { name: 'no server', change: ({ step = '' }: State) => ({ step }), warns: true },
    {
      name: 'an id with a path in it',
      change: editServer((server) => (server['snapshotId'] = '../../x')),
      warns: true,
    },
    { name: 'of another attempt', change: (s: State) => s, env: { GITHUB_RUN_ATTEMPT: '2' }, warns: false },
  ])('$name', async ({ change, env = {}, warns }) => {
    await using testEnv = await openTestEnvironment();
    const post = await runWith(testEnv, change, env);

    expect(post).toMatchObject({ code: 0, requests: [] });
    expect(titlesOf(post)).toEqual(warns ? ['warning: Saved state not readable'] : []);
    expect(testEnv.actualState()).toMatchObject({ restores: [], snapshots: [{ deletedAt: null }] });
  });

  test.concurrent(
    '"succeeded" without "completed": not confirmed complete, so nothing is restored',
    async () => {
      await using testEnv = await openTestEnvironment();
      const post = await runWith(
        testEnv,
        editServer((server) => (server['phase'] = 'created')),
      );

      expect(post.code).toBe(1);
      expect(textOf(post, 'Not restored')).toContain('not confirmed complete before the deploy');
      expect(testEnv.actualState().restores).toEqual([]);
    },
  );
});

describe('post acts by the saved state, not by what the inputs say by then', () => {
  test.concurrent('options that are other or wrong by then do not matter', async () => {
    await using testEnv = await openTestEnvironment();
    const main = await runAction(testEnv, 'main', { inputs: { on_success: 'delete' } });
    const inputs = { wait: 'perhaps', server_id: '7', wait_timeout: '', on_success: 'keep', keep_last: '1' };
    const post = await runAction(testEnv, 'post', { inputs, state: main.state });

    expect(post).toMatchObject({ code: 0, requests: ['DELETE /snapshots/801/ 204'] });
  });

  // A state that was planted through the environment would send the token elsewhere.
  test.concurrent(
    'but a state of another api_url sends nothing, and is red where there was work',
    async () => {
      await using testEnv = await openTestEnvironment();
      await using other = await openTestEnvironment();
      const main = await runAction(testEnv, 'main', { inputs: { on_failure: 'restore' } });
      const inputs = { on_failure: 'restore', api_url: other.url };
      const post = await runAction(testEnv, 'post', { inputs, job: 'failure', state: main.state });

      expect(post).toMatchObject({ code: 1, requests: [] });
      expect(titlesOf(post)).toEqual(['error: State of another API']);
      expect(textOf(post, 'State of another API')).toContain('801 of web-server-01 (12345)');
      expect(other.requests).toEqual([]);
    },
  );
});

describe('post without a token (nested composite actions lose it)', () => {
  const NO_TOKEN = { api_token: '' };

  test.concurrent('with nothing to do: green', async () => {
    await using testEnv = await openTestEnvironment();
    const main = await runAction(testEnv, 'main');
    const post = await runAction(testEnv, 'post', { inputs: NO_TOKEN, state: main.state });

    expect(post).toMatchObject({ code: 0, requests: [], annotations: [] });
  });

  test.concurrent('with work: red, the id and the cause are named, nothing is sent', async () => {
    await using testEnv = await openTestEnvironment();
    const inputs = { on_failure: 'restore' };
    const main = await runAction(testEnv, 'main', { inputs });
    const options = { inputs: { ...inputs, ...NO_TOKEN }, job: 'failure', state: main.state } as const;
    const post = await runAction(testEnv, 'post', options);

    expect(post).toMatchObject({ code: 1, requests: [] });
    expect(titlesOf(post)).toEqual(['error: Post step without a token']);
    expect(textOf(post, 'Post step without a token')).toMatch(/composite.*801 of web-server-01 \(12345\)/s);
  });

  test.concurrent('with a server left stopped: it is named', async () => {
    await using testEnv = await openTestEnvironment();
    const main = await runAction(testEnv, 'main', { inputs: { stop_server: 'true' } });
    const state = editServer((server) => {
      server['power'] = { found: 'active', stop: 'confirmed', stopAcceptedAt: 1, started: false };
    })(main.state);
    const post = await runAction(testEnv, 'post', { inputs: NO_TOKEN, state });

    expect(post).toMatchObject({ code: 1, requests: [] });
    expect(textOf(post, 'Post step without a token')).toMatch(/LEFT STOPPED.*12345/s);
  });
});
