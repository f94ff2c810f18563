import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../simulator/fault.ts';
import { type ServerPhase } from '../../../simulator/truth.ts';
import { type Ended } from '../harness/action.ts';
import { runLife } from '../harness/job.ts';
import { openStage, type Stage, type StageOptions } from '../harness/test-environment.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SERVER = 'GET /servers/12345/ 200';
const RESTORE = 'POST /snapshots/801/restore/ 200';
const UNCONFIRMED = 'error: Restore requested, not confirmed';

interface RollBack {
  readonly stage?: StageOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly faults?: unknown;
  readonly ends?: 'failure' | 'cancelled';
  /** Changes the world after the deploy. */
  readonly then?: (stage: Stage) => void;
}

interface RolledBack {
  readonly post: Ended;
  readonly accepted: number;
  readonly phase: ServerPhase | undefined;
  readonly content: string | undefined;
}

async function rollBack(options: RollBack = {}): Promise<RolledBack> {
  await using stage = await openStage(options.stage);
  const inputs = { on_failure: 'restore', on_cancel: 'restore', ...options.inputs };
  const { post } = await runLife(stage, {
    inputs,
    ends: options.ends ?? 'failure',
    between() {
      stage.server.machine.deploy();
      if (options.faults !== undefined) stage.server.faults.add(parseFaults(options.faults));
      options.then?.(stage);
    },
  });
  const { restores, servers } = stage.truth();
  return { post, accepted: restores.length, phase: servers[0]?.phase, content: servers[0]?.content };
}

const RESTORED = { accepted: 1, phase: 'active', content: 'generation-0' };

describe('"restored" is said only after the restore was seen to begin and to end', () => {
  test.concurrent('active right after the request is not a restored server', async () => {
    const switches = { restoring_late: 180, restore_seconds: [600, 600] } as const;
    const { post, ...seen } = await rollBack({ stage: { switches } });

    // Three looks say `active`, and nothing has changed.
    expect([...post.stdout.matchAll(/server is '(\w+)'/g)].map(([, word]) => word)).toEqual([
      'active',
      'restoring',
      'active',
    ]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(seen).toEqual(RESTORED);
  });

  test.concurrent('active all the time, and nothing changes: requested, not confirmed', async () => {
    const { post, accepted } = await rollBack({
      stage: { switches: { restoring_late: 1e6, restore_seconds: [1e6, 1e6] } },
    });

    expect(titlesOf(post)).toEqual([UNCONFIRMED]);
    expect(textOf(post, 'Restore requested, not confirmed')).toMatch(
      /nothing shows that the restore has begun/,
    );
    // 40 looks after the request, two requests before it, and the request.
    expect(post).toMatchObject({ code: 1, requests: [LIST, SERVER, RESTORE, SERVER], requestCount: 43 });
    expect(accepted).toBe(1);
  });

  test.concurrent(
    'updated_at changed but "restoring" never shown: confirmed only after the span in which it may appear',
    async () => {
      const { post, ...seen } = await rollBack({
        stage: { switches: { restoring_late: 1e6, restoring_late_updated_at: 'changed' } },
      });

      expect(titlesOf(post)).toEqual(['error: Rolled back']);
      expect(seen).toEqual(RESTORED);
      expect(post.requestCount).toBeGreaterThanOrEqual(43);
    },
  );

  test.concurrent(
    '"restoring" is shown late, and the server is read while it still says active',
    async () => {
      const { post, ...seen } = await rollBack({
        stage: { switches: { restoring_late: 120, restoring_late_updated_at: 'changed' } },
      });

      expect(titlesOf(post)).toEqual(['error: Rolled back']);
      expect(seen).toEqual(RESTORED);
    },
  );

  test.concurrent('one stale look that says active, while the restore goes on, is not its end', async () => {
    const stale = { id: 12345, name: 'web-server-01', status: 'active', updated_at: '2026-01-10T12:30:00Z' };
    // The first look is before the request, in main as well.
    const faults = { kind: 'wrong_json', body: stale, method: 'GET', path: '/servers/12345/', nth: 3 };
    const { post, ...seen } = await rollBack({ faults });

    expect([...post.stdout.matchAll(/server is '(\w+)'/g)].map(([, word]) => word)).toEqual([
      'restoring',
      'active',
      'restoring',
      'active',
    ]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(seen).toEqual(RESTORED);
  });

  test.concurrent('restored once and said so in the summary', async () => {
    const { post } = await rollBack();

    expect(post.summary).toMatch(/`web-server-01 \(12345\)`.*`801`.*confirmed.*active/);
    expect(post.summary).toMatch(/Everything written to the server since 2026-01-10.12:01:00.* is gone/);
  });
});

describe('how the server ends', () => {
  const STOP = { stop_server: 'true' };

  test.concurrent('stopped: it is started', async () => {
    const { post, ...seen } = await rollBack({ stage: { switches: { after_restore: 'stopped' } } });

    expect(post.requests).toEqual([LIST, SERVER, RESTORE, SERVER, 'POST /servers/12345/power/ 200', SERVER]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(seen).toEqual(RESTORED);
  });

  test.concurrent('stopped, as main had found it before the snapshot: it stays stopped', async () => {
    const { post, ...seen } = await rollBack({
      stage: {
        servers: [{ id: 12345, name: 'web-server-01', status: 'stopped' }],
        switches: { after_restore: 'as_before' },
      },
      inputs: STOP,
    });

    expect(post.requests).toEqual([LIST, SERVER, RESTORE, SERVER]);
    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(textOf(post, 'Rolled back')).toContain('stopped, as it was before the snapshot');
    expect(seen).toEqual({ ...RESTORED, phase: 'stopped' });
  });

  test.concurrent(
    'stopped, and the token may not start it: not confirmed, to be started by hand',
    async () => {
      const permissions = ['snapshots:read', 'snapshots:write', 'servers:read'];
      const { post, phase } = await rollBack({
        stage: { switches: { after_restore: 'stopped', permissions } },
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
    const { post, accepted } = await rollBack({ stage: { switches } });

    expect(titlesOf(post)).toEqual([UNCONFIRMED]);
    expect(textOf(post, 'Restore requested, not confirmed')).toContain(`'${name}'`);
    expect(accepted).toBe(1);
  });

  test.concurrent('another word: pending until the time is over', async () => {
    const { post } = await rollBack({
      stage: { switches: { word_active: 'running' }, servers: [{ id: 12345 }] },
      inputs: { restore_timeout: '3s' },
    });

    expect(titlesOf(post)).toEqual([UNCONFIRMED]);
    expect(textOf(post, 'Restore requested, not confirmed')).toMatch(/'running'/);
  });

  test.concurrent('words in transition are not the end', async () => {
    const { post, ...seen } = await rollBack({
      stage: { switches: { word_restoring: 'rebuilding', after_restore: 'active' } },
    });

    expect(titlesOf(post)).toEqual(['error: Rolled back']);
    expect(seen).toEqual(RESTORED);
  });

  test.concurrent(
    'the time is over while it is restored: requested, not confirmed, with its state',
    async () => {
      const { post, accepted } = await rollBack({
        stage: { switches: { restore_seconds: [1e6, 1e6] } },
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
  'a token that may not read servers: told early by main; requested, not confirmed, red',
  async () => {
    await using stage = await openStage({ switches: { permissions: ['snapshots:read', 'snapshots:write'] } });
    const { main, post } = await runLife(stage, { inputs: { on_failure: 'restore' }, ends: 'failure' });

    expect(main.code).toBe(0);
    expect(titlesOf(main)).toEqual(['warning: Restores cannot be confirmed']);
    expect(post).toMatchObject({
      code: 1,
      requests: [LIST, 'GET /servers/12345/ 403', RESTORE, 'GET /servers/12345/ 403'],
    });
    expect(titlesOf(post)).toContain(UNCONFIRMED);
  },
);
