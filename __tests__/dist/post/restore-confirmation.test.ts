import { describe, expect, test } from '@jest/globals';
import { type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { openTestEnvironment, type ServerPhase, type TestEnvironment, type TestEnvironmentOptions } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SERVER = 'GET /servers/12345/ 200';
const RESTORE = 'POST /snapshots/801/restore/ 200';
const UNCONFIRMED = 'error: Restore requested, not confirmed';

interface RollBack {
  readonly testEnv?: TestEnvironmentOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly faults?: unknown;
  readonly ends?: 'failure' | 'cancelled';
  /** Changes the world after the deploy. */
  readonly then?: (testEnv: TestEnvironment) => void;
}

interface RolledBack {
  readonly post: ActionResult;
  readonly accepted: number;
  readonly phase: ServerPhase | undefined;
  readonly content: string | undefined;
}

async function rollBack(options: RollBack = {}): Promise<RolledBack> {
  await using testEnv = await openTestEnvironment(options.testEnv);
  const inputs = { on_failure: 'restore', on_cancel: 'restore', ...options.inputs };
  const { post } = await runJob(testEnv, {
    inputs,
    ends: options.ends ?? 'failure',
    between() {
      testEnv.api.deploy();
      if (options.faults !== undefined) testEnv.addFaults(options.faults);
      options.then?.(testEnv);
    },
  });
  const { restores, servers } = testEnv.actualState();
  return { post, accepted: restores.length, phase: servers[0]?.phase, content: servers[0]?.content };
}

const RESTORED = { accepted: 1, phase: 'active', content: 'generation-0' };

describe('"restored" is reported only after the restore was seen to start and to end', () => {
  test.concurrent('active right after the request is not a restored server', async () => {
    const switches = { restoring_late: 180, restore_seconds: [600, 600] } as const;
    const { post, ...outcome } = await rollBack({ testEnv: { switches } });

    // Three reads say `active`, and nothing has changed.
    expect([...post.stdout.matchAll(/server is '(\w+)'/g)].map(([, word]) => word)).toEqual([
      'active',
      'restoring',
      'active',
    ]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(outcome).toEqual(RESTORED);
  });

  test.concurrent('active all the time, and nothing changes: requested, not confirmed', async () => {
    const { post, accepted } = await rollBack({
      testEnv: { switches: { restoring_late: 1e6, restore_seconds: [1e6, 1e6] } },
    });

    expect(titlesOf(post)).toEqual([UNCONFIRMED]);
    expect(textOf(post, 'Restore requested, not confirmed')).toMatch(
      /nothing shows that the restore has begun/,
    );
    // 40 reads after the request, two requests before it, and the request.
    expect(post).toMatchObject({ code: 1, requests: [LIST, SERVER, RESTORE, SERVER], requestCount: 43 });
    expect(accepted).toBe(1);
  });

  test.concurrent(
    'updated_at changed but "restoring" never shown: confirmed only after the span in which it may appear',
    async () => {
      const { post, ...outcome } = await rollBack({
        testEnv: { switches: { restoring_late: 1e6, restoring_late_updated_at: 'changed' } },
      });

      expect(titlesOf(post)).toEqual(['error: Rolled back']);
      expect(outcome).toEqual(RESTORED);
      expect(post.requestCount).toBeGreaterThanOrEqual(43);
    },
  );

  test.concurrent(
    '"restoring" is shown late, and the server is read while it still says active',
    async () => {
      const { post, ...outcome } = await rollBack({
        testEnv: { switches: { restoring_late: 120, restoring_late_updated_at: 'changed' } },
      });

      expect(titlesOf(post)).toEqual(['error: Rolled back']);
      expect(outcome).toEqual(RESTORED);
    },
  );

  test.concurrent('one stale read that says active, while the restore goes on, is not its end', async () => {
    const stale = { id: 12345, name: 'web-server-01', status: 'active', updated_at: '2026-01-10T12:30:00Z' };
    // The first read is before the request, in main as well.
    const faults = { kind: 'wrong_json', body: stale, method: 'GET', path: '/servers/12345/', nth: 3 };
    const { post, ...outcome } = await rollBack({ faults });

    expect([...post.stdout.matchAll(/server is '(\w+)'/g)].map(([, word]) => word)).toEqual([
      'restoring',
      'active',
      'restoring',
      'active',
    ]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(outcome).toEqual(RESTORED);
  });

  test.concurrent('restored once and reported in the summary', async () => {
    const { post } = await rollBack();

    expect(post.summary).toMatch(/`web-server-01 \(12345\)`.*`801`.*confirmed.*active/);
    expect(post.summary).toMatch(/Everything written to the server since 2026-01-10.12:01:00.* is gone/);
  });
});

describe('how the server ends', () => {
  const STOP = { stop_server: 'true' };

  test.concurrent('stopped: it is started', async () => {
    const { post, ...outcome } = await rollBack({ testEnv: { switches: { after_restore: 'stopped' } } });

    expect(post.requests).toEqual([LIST, SERVER, RESTORE, SERVER, 'POST /servers/12345/power/ 200', SERVER]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(outcome).toEqual(RESTORED);
  });

  test.concurrent('stopped, as main had found it before the snapshot: it stays stopped', async () => {
    const { post, ...outcome } = await rollBack({
      testEnv: {
        servers: [{ id: 12345, name: 'web-server-01', status: 'stopped' }],
        switches: { after_restore: 'as_before' },
      },
      inputs: STOP,
    });

    expect(post.requests).toEqual([LIST, SERVER, RESTORE, SERVER]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(textOf(post, 'Rolled back')).toContain('stopped, as it was before the snapshot');
    expect(outcome).toEqual({ ...RESTORED, phase: 'stopped' });
  });

  test.concurrent(
    'stopped, and the token may not start it: not confirmed, to be started by hand',
    async () => {
      const permissions = ['snapshots:read', 'snapshots:write', 'servers:read'];
      const { post, phase } = await rollBack({
        testEnv: { switches: { after_restore: 'stopped', permissions } },
      });

      expect(titlesOf(post)).toEqual([UNCONFIRMED]);
      expect(textOf(post, 'Restore requested, not confirmed')).toMatch(
        /START THE SERVER BY HAND.*\/power\//s,
      );
      expect(phase).toBe('stopped');
    },
  );

  test.concurrent.each([
    { name: 'error', switches: { after_restore: 'error' } },
    { name: 'failed', switches: { after_restore: 'error', word_error: 'failed' } },
    { name: 'suspended', switches: { after_restore: 'error', word_error: 'suspended' } },
  ] as const)('$name: not confirmed', async ({ name, switches }) => {
    const { post, accepted } = await rollBack({ testEnv: { switches } });

    expect(titlesOf(post)).toEqual([UNCONFIRMED]);
    expect(textOf(post, 'Restore requested, not confirmed')).toContain(`'${name}'`);
    expect(accepted).toBe(1);
  });

  test.concurrent('another status: pending until restore_timeout is exceeded', async () => {
    const { post } = await rollBack({
      testEnv: { switches: { word_active: 'running' }, servers: [{ id: 12345 }] },
      inputs: { restore_timeout: '3s' },
    });

    expect(titlesOf(post)).toEqual([UNCONFIRMED]);
    expect(textOf(post, 'Restore requested, not confirmed')).toMatch(/'running'/);
  });

  test.concurrent('a transitional status is not the end', async () => {
    const { post, ...outcome } = await rollBack({
      testEnv: { switches: { word_restoring: 'rebuilding', after_restore: 'active' } },
    });

    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(outcome).toEqual(RESTORED);
  });

  test.concurrent(
    'restore_timeout exceeded while it is restored: requested, not confirmed, with its state',
    async () => {
      const { post, accepted } = await rollBack({
        testEnv: { switches: { restore_seconds: [1e6, 1e6] } },
        inputs: { restore_timeout: '2s' },
      });

      expect(post.code).toBe(1);
      expect(titlesOf(post)).toEqual([UNCONFIRMED]);
      const text = textOf(post, 'Restore requested, not confirmed');
      for (const part of ["'restoring'", '801', '/snapshots/801/restore/']) expect(text).toContain(part);
      expect(accepted).toBe(1);
    },
  );
});

test.concurrent(
  'a token that may not read servers: reported early by main; requested, not confirmed, red',
  async () => {
    await using testEnv = await openTestEnvironment({
      switches: { permissions: ['snapshots:read', 'snapshots:write'] },
    });
    const { main, post } = await runJob(testEnv, { inputs: { on_failure: 'restore' }, ends: 'failure' });

    expect(main.code).toBe(0);
    expect(titlesOf(main)).toEqual(['warning: Restores cannot be confirmed']);
    expect(post).toMatchObject({
      code: 1,
      requests: [LIST, 'GET /servers/12345/ 403', RESTORE, 'GET /servers/12345/ 403'],
    });
    expect(titlesOf(post)).toContain(UNCONFIRMED);
  },
);
