import { describe, expect, test } from '@jest/globals';
import { type Ended, runAction } from '../harness/action.ts';
import { runLife } from '../harness/job.ts';
import { openStage } from '../harness/test-environment.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { openWebsite } from '../../../scripts/runner/website.ts';

/** A rolled back deploy whose application is checked. */
async function rollBack(healthUrl: string, timeout = '30m'): Promise<Ended> {
  await using stage = await openStage();
  const inputs = { on_failure: 'restore', health_url: healthUrl, restore_timeout: timeout };
  const { main, post } = await runLife(stage, { inputs, ends: 'failure' });
  expect(main.code).toBe(0);
  expect(stage.truth().restores).toHaveLength(1);
  return post;
}

describe('after a restore the application is asked until it answers 2xx', () => {
  test.concurrent('passed: told in log, annotation and summary', async () => {
    await using site = await openWebsite((_visit, nth) => ({ status: nth < 4 ? 503 : 204 }));
    const post = await rollBack(`${site.origin}/health`);

    expect(site.visits).toHaveLength(4);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(textOf(post, 'Rolled back')).toContain('health check passed');
    expect(post.summary).toContain('health check passed');
    expect(post.stdout).not.toContain('application not checked');
  });

  test.concurrent('with nothing of ours: no token, no header of ours, a GET', async () => {
    await using site = await openWebsite(() => ({ status: 200 }));
    await rollBack(`${site.origin}/health`);

    expect(site.visits).toMatchObject([{ method: 'GET', path: '/health', body: '' }]);
    const { headers = {} } = site.visits[0] ?? {};
    expect(
      Object.keys(headers).filter((name) => !['host', 'connection', 'content-length'].includes(name)),
    ).toEqual([]);
  });

  test.concurrent('printed without its query', async () => {
    await using site = await openWebsite(() => ({ status: 200 }));
    const post = await rollBack(`${site.origin}/health?key=hidden-from-people`);

    expect(site.visits).toMatchObject([{ path: '/health?key=hidden-from-people' }]);
    expect(post.stdout).toContain(`${site.origin}/health answered 200`);
    expect(post.stdout + post.summary).not.toContain('hidden-from-people');
  });

  test.concurrent('failed: restored, but not well; red', async () => {
    await using site = await openWebsite(() => ({ status: 500 }));
    const post = await rollBack(`${site.origin}/health`, '4s');

    expect(post.code).toBe(1);
    expect(titlesOf(post)).not.toContain('error: Rolled back');
    expect(post.annotations.map(({ text }) => text).join()).toContain('/health answered 500');
    expect(post.summary).toContain('health check failed');
    // The restore itself was confirmed.
    expect(post.summary.split('\n')[0]).not.toContain('not confirmed');
  });

  test.concurrent('nobody listens: failed', async () => {
    // A port that was just closed may be given to a server of another test.
    const post = await rollBack('http://127.0.0.1:9/health', '4s');

    expect(post.code).toBe(1);
    expect(post.annotations.map(({ text }) => text).join()).toMatch(/did not answer/);
  });

  test.concurrent('several: all must answer', async () => {
    await using site = await openWebsite(({ path }) => ({ status: path === '/b' ? 404 : 200 }));
    const post = await rollBack(`${site.origin}/a\n${site.origin}/b\n`, '4s');

    expect(new Set(site.visits.map(({ path }) => path))).toEqual(new Set(['/a', '/b']));
    expect(post.annotations.map(({ text }) => text).join()).toContain('/b answered 404');
    expect(post.summary).toContain('health check failed');
  });

  test.concurrent('asked only once the server is back', async () => {
    await using stage = await openStage();
    const phases: (string | undefined)[] = [];
    await using site = await openWebsite(() => {
      phases.push(stage.truth().servers[0]?.phase);
      return { status: 200 };
    });
    const inputs = { on_failure: 'restore', health_url: site.origin };
    await runLife(stage, { inputs, ends: 'failure' });

    expect(phases).toEqual(['active']);
  });
});

describe('redirects', () => {
  test.concurrent('five on the same host are followed', async () => {
    await using site = await openWebsite(({ path }) => {
      const n = Number(path.slice(1));
      return n < 5 ? { status: 302, location: `/${n + 1}` } : { status: 200 };
    });
    const post = await rollBack(`${site.origin}/0`);

    expect(site.visits.map(({ path }) => path)).toEqual(['/0', '/1', '/2', '/3', '/4', '/5']);
    expect(textOf(post, 'Rolled back')).toContain('health check passed');
  });

  test.concurrent('a sixth is not', async () => {
    await using site = await openWebsite(({ path }) => ({
      status: 302,
      location: `/${Number(path.slice(1)) + 1}`,
    }));
    const post = await rollBack(`${site.origin}/0`, '4s');

    expect(site.visits.map(({ path }) => path)).not.toContain('/6');
    expect(post.summary).toContain('health check failed');
  });

  test.concurrent('to another host is not', async () => {
    await using stranger = await openWebsite(() => ({ status: 200 }));
    const location = stranger.origin.replace('127.0.0.1', 'localhost');
    await using site = await openWebsite(() => ({ status: 302, location }));
    const post = await rollBack(site.origin, '4s');

    expect(stranger.visits).toEqual([]);
    expect(post.summary).toContain('health check failed');
  });
});

test.concurrent('the restore action checks as well, and says so in its output', async () => {
  await using site = await openWebsite(() => ({ status: 200 }));
  await using stage = await openStage({ snapshots: [{ id: 501, name: 'a' }] });
  const ended = await runAction(stage, 'restore', {
    inputs: { snapshot_id: '501', health_url: site.origin },
  });

  expect(ended).toMatchObject({ code: 0, outputs: { restored: 'true' } });
  expect(JSON.parse(ended.outputs['restores'] ?? '')).toMatchObject([{ confirmed: true, health: 'passed' }]);
});

test.concurrent('a restore that is well but for its health is red in the restore action too', async () => {
  await using site = await openWebsite(() => ({ status: 500 }));
  await using stage = await openStage({ snapshots: [{ id: 501, name: 'a' }] });
  const inputs = { snapshot_id: '501', health_url: site.origin, restore_timeout: '4s' };
  const ended = await runAction(stage, 'restore', { inputs });

  expect(ended).toMatchObject({ code: 1, outputs: { restored: 'false' } });
  expect(JSON.parse(ended.outputs['restores'] ?? '')).toMatchObject([{ confirmed: true, health: 'failed' }]);
});
