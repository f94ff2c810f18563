import { describe, expect, test } from '@jest/globals';
import { deleteInputs, restoreInputs, waitInputs } from './harness/inputs.ts';
import { FAILED, GET_SERVER, LISTS, own, POWER, RESTORE } from './harness/samples.ts';
import { deployAndPost } from './harness/scenario.ts';
import { MINUTE, START, TestEnvironment } from './harness/test-environment.ts';

/** One stray answer is no verdict: what a proxy, a firewall or a stale cache says once ends nothing. */

const SECOND = 1000;
const PAGE = '<!doctype html><html><body>Just a moment…</body></html>';

const STRAY: readonly (readonly [string, object])[] = [
  ['404', { kind: 'status', status: 404 }],
  ['401', { kind: 'status', status: 401 }],
  ['403', { kind: 'status', status: 403 }],
  ['405', { kind: 'status', status: 405 }],
  ['redirect', { kind: 'redirect' }],
  ['web page with 200', { kind: 'wrong_json' }],
  ['web page with 404', { kind: 'status', status: 404, body: PAGE }],
];

describe('while a restore is under way and the server ends stopped, its watch and its start survive', () => {
  const MOMENTS = [
    ['while the restore runs', MINUTE],
    ['at the read that would show its end', 401 * SECOND],
    ['while the server starts', 410 * SECOND],
  ] as const;
  test.each(STRAY.flatMap(([name, fault]) => MOMENTS.map(([when, at]) => [name, when, fault, at] as const)))(
    'one %s %s',
    async (_, __, fault, at) => {
      const { testEnv, post } = await deployAndPost(
        RESTORE,
        FAILED,
        { switches: { after_restore: 'stopped', power_seconds: [60, 60] } },
        (env) => env.addFaults({ ...fault, ...GET_SERVER, after_ms: at, nth: 1 }),
      );
      expect(testEnv.requests.filter(({ fault: hit }) => hit !== undefined)).toHaveLength(1);
      expect(post.runner.titles()).toEqual(['error Rolled back']);
      expect(testEnv.actualState.servers[0]?.phase).toBe('active');
    },
  );

  test.each(STRAY)('a %s for five minutes ends it no more than one', async (_, fault) => {
    const { testEnv, post } = await deployAndPost(
      RESTORE,
      FAILED,
      { switches: { after_restore: 'stopped' } },
      (env) => env.addFaults({ ...fault, ...GET_SERVER, after_ms: MINUTE, nth: 1, for_ms: 5 * MINUTE }),
    );
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(testEnv.actualState.servers[0]?.phase).toBe('active');
  });

  test('one 404 to the start itself', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {
      switches: { after_restore: 'stopped' },
      faults: { ...POWER, nth: 1, kind: 'status', status: 404 },
    });
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(testEnv.powerActions()).toEqual(['start']);
  });
});

describe('while a snapshot is waited for', () => {
  const later = (fault: object, ms: number) => ({ ...fault, ...LISTS, after_ms: MINUTE, nth: 1, for_ms: ms });

  test.each(STRAY)('one %s, and one for 50 s, are ridden out', async (_, fault) => {
    for (const ms of [1, 50 * SECOND]) {
      const testEnv = new TestEnvironment({ faults: later(fault, ms) });
      const main = await testEnv.main();
      expect(main.runner.titles()).toEqual([]);
      expect(main.exitCode).toBe(0);
    }
  });

  test('a 401 that stands for a minute is the end, with the id', async () => {
    const testEnv = new TestEnvironment({
      faults: later({ kind: 'status', status: 401 }, 20 * MINUTE),
      switches: { snapshot_seconds: [600, 600] },
    });
    const main = await testEnv.main();
    expect(main.runner.titles()).toEqual(['error Lost contact while waiting']);
    expect(main.runner.annotations[0]?.text).toContain('snapshot_id: 801');
    expect(main.endedAt).toBeGreaterThan(2 * MINUTE);
    expect(main.endedAt).toBeLessThan(2.5 * MINUTE);
  });
});

describe('at the very first read of a step', () => {
  const refused = (ms: number) => ({ ...LISTS, kind: 'status', status: 401, for_ms: ms });
  const snapshots = [own(1)];

  test.each([
    ['main', async (testEnv: TestEnvironment) => await testEnv.main()],
    [
      'delete',
      async (testEnv: TestEnvironment) =>
        await testEnv.run({ use: 'delete', inputs: deleteInputs({ snapshotIds: ['1'] }) }),
    ],
    [
      'wait',
      async (testEnv: TestEnvironment) =>
        await testEnv.run({ use: 'wait', inputs: waitInputs({ snapshotIds: ['1'] }) }),
    ],
  ])('%s reads twice, so that a wrong token is said at once', async (_, run) => {
    expect((await run(new TestEnvironment({ snapshots, faults: refused(2 * SECOND) }))).exitCode).toBe(0);
    const step = await run(new TestEnvironment({ snapshots, faults: refused(20 * MINUTE) }));
    expect(step.exitCode).toBe(1);
    expect(step.endedAt).toBeLessThan(5 * SECOND);
    expect(step.runner.annotations.at(-1)?.text).toContain('token is wrong');
  });

  test('restore does not give up for one that stands for 50 s, or an outage of ten minutes', async () => {
    for (const faults of [refused(50 * SECOND), { kind: 'refused', for_ms: 10 * MINUTE }]) {
      const testEnv = new TestEnvironment({ snapshots, faults });
      const step = await testEnv.run({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['1'] }) });
      expect(step.runner.titles()).toEqual(['notice Restored']);
    }
  });

  test('a wrong token is explained by what the API says of it', async () => {
    const testEnv = new TestEnvironment({ faults: { ...LISTS, kind: 'status', status: 403 } });
    const main = await testEnv.main();
    expect(main.runner.annotations[0]?.text).toContain("The token 'demo' has the permissions snapshots:read");
    expect(testEnv.calls()).toContain('GET /account/me/');
  });
});

describe("a firewall's page with 403", () => {
  test.each([
    ['to the first list', LISTS],
    ['to the create request', { method: 'POST', path: '/snapshots/' }],
  ])('%s: the advice is about the firewall, not the token', async (_, where) => {
    const testEnv = new TestEnvironment({ faults: { ...where, kind: 'status', status: 403, body: PAGE } });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(1);
    const [error] = main.runner.annotations;
    expect(error?.title).toBe('No snapshot was made');
    expect(error?.text).toMatch(/proxy or a firewall/);
    expect(error?.text).not.toMatch(/permission|token/i);
  });

  test('to the restore request: the same', async () => {
    const { post } = await deployAndPost(RESTORE, FAILED, {
      faults: { method: 'POST', path: '/snapshots/*/restore/', kind: 'status', status: 403, body: PAGE },
    });
    expect(post.runner.titles()).toEqual(['error Not restored']);
    expect(post.runner.annotations[0]?.text).toMatch(/proxy or a firewall/);
    expect(post.runner.annotations[0]?.text).not.toMatch(/permission|API token/);
  });
});

describe('a list of two pages', () => {
  const servers = [{ id: 12_345 }, { id: 2, name: 'db' }];
  // The one that is looked for is the first of the second page.
  const snapshots = [
    own(1, { created_at: START - 100.5 * MINUTE }),
    ...Array.from({ length: 120 }, (_, index) => ({
      name: `other-${index}`,
      server_id: 2,
      created_at: START - (index + 1) * MINUTE,
    })),
  ];

  test.each([
    ['the address behind a proxy in `next`', { next_link: 'inner' as const }],
    ['another port in `next`', { next_link: 'port' as const }],
    ['another host in `next`', { next_link: 'foreign' as const }],
    ['an item less than before at the second page', { page_shift: 'delete' as const, page_shift_share: 0.5 }],
    ['404 "Invalid page." at the second page', { page_shift: 'shrink' as const, page_shift_share: 0.5 }],
  ])('%s: delete and wait see all of it', async (_, switches) => {
    const testEnv = new TestEnvironment({ servers, snapshots, switches });
    const wait = await testEnv.run({ use: 'wait', inputs: waitInputs({ snapshotIds: ['1'] }) });
    expect(wait.runner.titles()).toEqual([]);
    expect(wait.exitCode).toBe(0);
    const remove = await testEnv.run({ use: 'delete', inputs: deleteInputs({ snapshotIds: ['1'] }) });
    expect(remove.runner.titles()).toEqual([]);
    expect(remove.runner.outputs.get('deleted')).toBe('1');
  });
});
