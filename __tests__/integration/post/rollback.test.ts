import { describe, expect, test } from '@jest/globals';
import { CANCELLED, FAILED, GET_SERVER, RESTORE, TWO_SERVERS } from '../harness/samples.ts';
import { deployAndPost } from '../harness/scenario.ts';
import { MINUTE, SERVER, START, TestEnvironment } from '../harness/test-environment.ts';

describe('a failed deploy', () => {
  test('is rolled back: requested once, seen to start and to end, and the job stays red', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED);
    expect(testEnv.api.contentOf(SERVER)).toBe('generation-0');
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(post.runner.annotations[0]?.text).toContain('since 2026-01-15T12:00:00Z is gone');
    const calls = testEnv.calls(testEnv.calls().lastIndexOf('POST /snapshots/801/restore/') - 2);
    expect(calls.slice(0, 3)).toEqual([
      'GET /snapshots/',
      `GET /servers/${SERVER}/`,
      'POST /snapshots/801/restore/',
    ]);
    expect(new Set(calls.slice(3))).toEqual(new Set([`GET /servers/${SERVER}/`]));
  });

  test('says "requested, not confirmed" before anything is confirmed', async () => {
    const { post } = await deployAndPost(RESTORE, FAILED);
    const early = post.runner.summaries[0] ?? '';
    expect(post.runner.summaries.length).toBeGreaterThan(1);
    expect(early).not.toBe(post.runner.summary);
    expect(early).toMatch(/not confirmed/i);
  });

  test.each([5, 8, 11, 15])(
    'a restore of %i minutes is seen ended soon, and confirmed 15 s later',
    async (minutes) => {
      const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {
        switches: { restore_seconds: [minutes * 60, minutes * 60] },
      });
      const [restore] = testEnv.actualState.restores;
      expect(post.runner.titles()).toEqual(['error Rolled back']);
      const late = post.endedAt - ((restore?.endedAt ?? 0) - START);
      expect(late).toBeGreaterThanOrEqual(15_000);
      expect(late).toBeLessThan(minutes === 5 ? 36_000 : 25_000);
      const beats = post.runner.lines.filter(({ text }) => text.startsWith('Still '));
      expect(beats[0]?.text).toMatch(
        /^Still restoring after .* \(a restore usually takes 5 to 15 minutes\): web-server-01 \(12345\): 'restoring'$/,
      );
      expect(beats.length).toBeLessThanOrEqual(minutes * 2 + 1);
    },
  );

  test('a comment on GitHub reports it, with ids in code spans and no text of the API', async () => {
    const { testEnv } = await deployAndPost(RESTORE, FAILED, { switches: { error_text: '@everyone' } });
    expect(testEnv.comments).toMatchObject([{ serverIds: [SERVER], leg: '', use: 1 }]);
    expect(testEnv.comments[0]?.markdown.split('\n').filter((line) => line !== '')).toEqual([
      '### VPS.org restore',
      '- server `12345`, snapshot `801`: ✅ restored to 12:00 UTC, 4 min of writes lost',
      'By [this run](https://github.com/acme/shop/actions/runs/9001), job `deploy`, commit `0123456789ab`. Everything written to a restored server since its snapshot is gone.',
    ]);
  });
});

describe('a cancelled job', () => {
  test('the post step ends within its four minutes, whatever the API does', async () => {
    const { testEnv, post } = await deployAndPost({ onCancel: 'restore' }, { jobStatus: 'cancelled' });
    expect(post.endedAt - post.startedAt).toBeLessThan(4 * MINUTE + 15_000);
    expect(post.runner.titles()).toEqual(['error Restore requested, not confirmed']);
    expect(testEnv.actualState.restores).toHaveLength(1);
  });

  test('a second post step of the job has what the first one left of the four minutes', async () => {
    const testEnv = new TestEnvironment({ servers: TWO_SERVERS });
    const web = await testEnv.main({ onCancel: 'restore', serverIds: ['1'] });
    const db = await testEnv.main({ onCancel: 'restore', serverIds: ['2'] });
    const first = await testEnv.post(web, CANCELLED);
    const second = await testEnv.post(db, CANCELLED);
    expect(second.endedAt - first.startedAt).toBeLessThan(4 * MINUTE + 15_000);
  });

  test('a shorter restore_timeout ends it sooner', async () => {
    const { post } = await deployAndPost(
      { onCancel: 'restore', restoreTimeout: MINUTE },
      { jobStatus: 'cancelled' },
    );
    expect(post.endedAt - post.startedAt).toBeLessThan(MINUTE + 15_000);
    expect(post.runner.titles()).toEqual(['error Restore requested, not confirmed']);
  });

  test('the requests of all servers go out first', async () => {
    const servers = [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }];
    const testEnv = new TestEnvironment({ servers });
    const main = await testEnv.main({ onCancel: 'restore', serverIds: ['1', '2', '3', '4'] });
    const from = testEnv.requests.length;
    await testEnv.post(main, { jobStatus: 'cancelled' });
    const started = testEnv.requests[from]?.at ?? 0;
    const restores = testEnv.requests.filter(({ path }) => path.endsWith('/restore/'));
    expect(restores).toHaveLength(4);
    expect(Math.max(...restores.map(({ at }) => at)) - started).toBeLessThan(1000);
  });
});

test('the API has no call for one server, and its framework says so with a page: the list shows it', async () => {
  const page = { kind: 'status', status: 404, body: '<!doctype html><title>Not Found</title>' };
  const { main, post } = await deployAndPost(RESTORE, FAILED, {
    faults: { ...GET_SERVER, times: 9999, ...page },
  });
  expect([main.exitCode, main.runner.titles()]).toEqual([0, []]);
  expect(post.runner.titles()).toEqual(['error Rolled back']);
});
