import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { own } from '../harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';
import { openWebsite } from '../../../scripts/runner/website.ts';

/** A restored server whose application is checked; post checks it with the same code. */
async function restore(healthUrl: string, timeout = '30m'): Promise<ActionResult> {
  await using testEnv = await openTestEnvironment({ snapshots: [own(1)] });
  const inputs = { snapshot_id: '501', health_url: healthUrl, restore_timeout: timeout };
  const result = await runAction(testEnv, 'restore', { inputs });
  expect(testEnv.actualState().restores).toHaveLength(1);
  return result;
}

function healthOf({ outputs }: ActionResult): unknown {
  return (JSON.parse(outputs['restores'] ?? '[]') as readonly { readonly health: unknown }[])[0]?.health;
}

describe('after a restore the application is polled until it answers 2xx', () => {
  test.concurrent('passed, with nothing of ours in the request, and printed without its query', async () => {
    await using site = await openWebsite((_visit, nth) => ({ status: nth < 4 ? 503 : 204 }));
    const result = await restore(`${site.origin}/health?key=hidden-from-people`);

    expect(site.visits).toHaveLength(4);
    expect(site.visits[0]).toMatchObject({ method: 'GET', path: '/health?key=hidden-from-people', body: '' });
    const { headers = {} } = site.visits[0] ?? {};
    expect(
      Object.keys(headers).filter((name) => !['host', 'connection', 'content-length'].includes(name)),
    ).toEqual([]);
    expect(healthOf(result)).toBe('passed');
    expect(textOf(result, 'Restored')).toContain('health check passed');
    expect(result.summary).toContain('health check passed');
    expect(result.stdout).toContain(`${site.origin}/health answered 204`);
    expect(result.stdout + result.summary).not.toContain('hidden-from-people');
  });

  test.concurrent('failed: restored, and red anyway', async () => {
    await using site = await openWebsite(() => ({ status: 500 }));
    const result = await restore(`${site.origin}/health`, '10s');

    expect(result).toMatchObject({ code: 1, outputs: { restored: 'false' } });
    expect(titlesOf(result)).toEqual(['error: Restored, health check failed']);
    expect(textOf(result, 'Restored, health check failed')).toContain('/health answered 500');
    expect(healthOf(result)).toBe('failed');
    expect(result.summary).toMatch(/^### ⚠️ Restored to .*, health check FAILED$/m);
  });

  test.concurrent('several: all must answer, and one where nothing listens does not', async () => {
    await using site = await openWebsite(() => ({ status: 200 }));
    // A port that was just closed may be given to a server of another test.
    const result = await restore(`${site.origin}/a, http://127.0.0.1:9/b`, '10s');

    expect(new Set(site.visits.map(({ path }) => path))).toEqual(new Set(['/a']));
    expect(result.annotations.map(({ text }) => text).join()).toMatch(/:9\/b.*did not answer/);
    expect(healthOf(result)).toBe('failed');
  });

  test.concurrent('in a job: once by main, in daylight, and then only when the server is back', async () => {
    await using testEnv = await openTestEnvironment();
    const phases: (string | undefined)[] = [];
    await using site = await openWebsite(() => {
      const { servers, restores } = testEnv.actualState();
      phases.push(`${servers[0]?.phase}, ${restores.length} restored`);
      return { status: phases.length === 1 ? 503 : 200 };
    });
    const inputs = { on_failure: 'restore', health_url: site.origin };
    const { main, post } = await runJob(testEnv, { inputs, ends: 'failure' });

    expect(titlesOf(main)).toEqual(['warning: Health check fails now']);
    expect(phases).toEqual(['active, 0 restored', 'active, 1 restored']);
    expect(textOf(post, 'Rolled back')).toContain('server is active again, health check passed');
  });
});

describe('redirects', () => {
  test.concurrent('five on the same host are followed', async () => {
    await using site = await openWebsite(({ path }) => {
      const n = Number(path.slice(1));
      return n < 5 ? { status: 302, location: `/${n + 1}` } : { status: 200 };
    });
    const result = await restore(`${site.origin}/0`);

    expect(site.visits.map(({ path }) => path)).toEqual(['/0', '/1', '/2', '/3', '/4', '/5']);
    expect(healthOf(result)).toBe('passed');
  });

  test.concurrent('a sixth is not', async () => {
    await using site = await openWebsite(({ path }) => ({
      status: 302,
      location: `/${Number(path.slice(1)) + 1}`,
    }));
    const result = await restore(`${site.origin}/0`, '10s');

    expect(site.visits.map(({ path }) => path)).not.toContain('/6');
    expect(healthOf(result)).toBe('failed');
  });

  test.concurrent('one to another host is not, which is reported at once', async () => {
    await using other = await openWebsite(() => ({ status: 200 }));
    const location = other.origin.replace('127.0.0.1', 'localhost');
    await using site = await openWebsite(() => ({ status: 302, location }));
    const result = await restore(site.origin);

    expect(other.visits).toEqual([]);
    expect(site.visits).toHaveLength(1);
    expect(healthOf(result)).toBe('failed');
  });
});
