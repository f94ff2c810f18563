import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';
import { openWebsite } from '../../../scripts/runner/website.ts';

/** A rolled back deploy whose application is checked. */
async function rollBack(healthUrl: string, timeout = '30m'): Promise<ActionResult> {
  await using testEnv = await openTestEnvironment();
  const inputs = { on_failure: 'restore', health_url: healthUrl, restore_timeout: timeout };
  const { main, post } = await runJob(testEnv, { inputs, ends: 'failure' });
  expect(main.code).toBe(0);
  expect(testEnv.actualState().restores).toHaveLength(1);
  return post;
}

describe('after a restore the application is polled until it answers 2xx', () => {
  test.concurrent('passed: reported in log, annotation and summary', async () => {
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

  test.concurrent('failed: restored, health check failed; red', async () => {
    await using site = await openWebsite(() => ({ status: 500 }));
    const post = await rollBack(`${site.origin}/health`, '4s');

    expect(post.code).toBe(1);
    expect(titlesOf(post)).not.toContain('error: Rolled back');
    expect(post.annotations.map(({ text }) => text).join()).toContain('/health answered 500');
    expect(post.summary).toContain('health check failed');
    // The restore itself was confirmed.
    expect(post.summary.split('\n')[0]).not.toContain('not confirmed');
  });

  test.concurrent('nothing listens: failed', async () => {
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

  test.concurrent('polled only once the server is back', async () => {
    await using testEnv = await openTestEnvironment();
    const phases: (string | undefined)[] = [];
    await using site = await openWebsite(() => {
      phases.push(testEnv.actualState().servers[0]?.phase);
      return { status: 200 };
    });
    const inputs = { on_failure: 'restore', health_url: site.origin };
    await runJob(testEnv, { inputs, ends: 'failure' });

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
    await using other = await openWebsite(() => ({ status: 200 }));
    const location = other.origin.replace('127.0.0.1', 'localhost');
    await using site = await openWebsite(() => ({ status: 302, location }));
    const post = await rollBack(site.origin, '4s');

    expect(other.visits).toEqual([]);
    expect(post.summary).toContain('health check failed');
  });
});

test.concurrent('the restore action checks as well, and reports it in its output', async () => {
  await using site = await openWebsite(() => ({ status: 200 }));
  await using testEnv = await openTestEnvironment({ snapshots: [{ id: 501, name: 'a' }] });
  const result = await runAction(testEnv, 'restore', {
    inputs: { snapshot_id: '501', health_url: site.origin },
  });

  expect(result).toMatchObject({ code: 0, outputs: { restored: 'true' } });
  expect(JSON.parse(result.outputs['restores'] ?? '')).toMatchObject([{ confirmed: true, health: 'passed' }]);
});

test.concurrent('a failed health check is red in the restore action too', async () => {
  await using site = await openWebsite(() => ({ status: 500 }));
  await using testEnv = await openTestEnvironment({ snapshots: [{ id: 501, name: 'a' }] });
  const inputs = { snapshot_id: '501', health_url: site.origin, restore_timeout: '4s' };
  const result = await runAction(testEnv, 'restore', { inputs });

  expect(result).toMatchObject({ code: 1, outputs: { restored: 'false' } });
  expect(JSON.parse(result.outputs['restores'] ?? '')).toMatchObject([{ confirmed: true, health: 'failed' }]);
});
