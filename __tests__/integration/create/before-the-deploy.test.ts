import { describe, expect, test } from '@jest/globals';
import type { RootInputs } from '../harness/inputs.ts';
import {
  answeredWith,
  completeList,
  CREATE_REQUEST,
  GET_SERVER,
  LIST_SERVERS,
  listed,
  LISTS,
  own,
  RESTORE,
  theirs,
} from '../harness/samples.ts';
import { HOUR, markerOf, MINUTE, SERVER, START, TestEnvironment } from '../harness/test-environment.ts';

/** What would go wrong at night is said, or waited for, while somebody is awake. */

const SECOND = 1000;

describe('a server that is being restored when main begins', () => {
  test.each([
    ['for 400 s', 400, {}, null],
    ['for 20 minutes, and ends stopped', 1200, { after_restore: 'stopped' as const }, null],
  ])(
    '%s: its end is waited for, and the snapshot is of what was restored',
    async (_, seconds, switches, power) => {
      const testEnv = new TestEnvironment({ snapshots: [own(1)], switches });
      testEnv.api.addEvents([{ kind: 'restore', at: 0, snapshot_id: 1, seconds }]);
      const main = await testEnv.main();
      expect(main.exitCode).toBe(0);
      expect(main.runner.titles()).toEqual([]);
      expect(main.runner.visible()).toContain('the server is being restored; waiting for its end');
      // Whoever requested the restore starts it: a rollback must not leave it stopped as it was found.
      expect(JSON.parse(main.runner.state.get('server_0') ?? '')).toMatchObject({ power });
      const made = testEnv.actualState.snapshots.find(({ madeBy }) => madeBy === 'api');
      expect(made?.content).toBe('state-1');
      expect((made?.createdAt ?? 0) - START).toBeGreaterThanOrEqual(seconds * SECOND);
      // The list that the plan rests on is read anew.
      const lists = testEnv.requests.filter(({ path }) => path.includes('/snapshots/?'));
      expect((lists[1]?.at ?? 0) - START).toBeGreaterThanOrEqual(seconds * SECOND);
    },
  );

  test.each([
    ['403', { server_detail: 'refused' as const }, {}],
    ['a redirect', {}, { ...GET_SERVER, nth: 1, times: 9999, kind: 'status', status: 302 }],
  ])('and is refused at its own address (%s): the list of servers says so', async (_, switches, fault) => {
    const testEnv = new TestEnvironment({ snapshots: [own(1)], switches });
    if ('kind' in fault) testEnv.addFaults(fault);
    testEnv.api.addEvents([{ kind: 'restore', at: 0, snapshot_id: 1, seconds: 400 }]);
    const main = await testEnv.main({ onFailure: 'restore' });
    expect([main.exitCode, main.runner.titles()]).toEqual([0, []]);
    const made = testEnv.actualState.snapshots.find(({ madeBy }) => madeBy === 'api');
    expect((made?.createdAt ?? 0) - START).toBeGreaterThanOrEqual(400 * SECOND);
  });

  test('and is refused at its own address, and the list of servers knows it by what its snapshots name', async () => {
    const switches = { server_detail: 'refused', server_ids: 'uuid' } as const;
    const testEnv = new TestEnvironment({ snapshots: [own(1)], switches });
    testEnv.api.addEvents([{ kind: 'restore', at: 0, snapshot_id: 1, seconds: 400 }]);
    const main = await testEnv.main();
    expect([main.exitCode, main.runner.titles()]).toEqual([0, []]);
    const create = testEnv.requests.find(({ method }) => method === 'POST');
    expect((create?.at ?? 0) - START).toBeGreaterThanOrEqual(400 * SECOND);
  });

  test('and cannot be read, and has no snapshots: the list that says whether there is such a server shows it', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(1)] });
    testEnv.addFaults([
      { ...GET_SERVER, nth: 1, times: 9999, kind: 'status', status: 503 },
      { ...LISTS, nth: 1, kind: 'status', status: 200, body: '{"count":0,"next":null,"results":[]}' },
    ]);
    testEnv.api.addEvents([{ kind: 'restore', at: 0, snapshot_id: 1, seconds: 400 }]);
    const main = await testEnv.main();
    const create = testEnv.requests.find(({ method }) => method === 'POST');
    expect([main.exitCode, (create?.at ?? 0) - START >= 400 * SECOND]).toEqual([0, true]);
  });

  test('from then on, while the list takes its time: the server is read again, and waited for', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(1)] });
    testEnv.addFaults({ ...LISTS, nth: 1, kind: 'delay', ms: 20_000 });
    testEnv.api.addEvents([{ kind: 'restore', at: 8, snapshot_id: 1, seconds: 400 }]);
    const main = await testEnv.main();
    expect([main.exitCode, main.runner.titles()]).toEqual([0, []]);
    const create = testEnv.requests.find(({ method }) => method === 'POST');
    expect((create?.at ?? 0) - START).toBeGreaterThanOrEqual(400 * SECOND);
  });

  test('after the first request, and cannot be read any more: red, and not requested again', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(1)] });
    testEnv.addFaults([
      { ...CREATE_REQUEST, kind: 'status', status: 400 },
      { ...GET_SERVER, nth: 3, times: 9999, kind: 'status', status: 403 },
      { ...LIST_SERVERS, nth: 1, times: 9999, kind: 'status', status: 403 },
    ]);
    testEnv.api.addEvents([{ kind: 'restore', at: 0.08, snapshot_id: 1, seconds: 3000 }]);
    const main = await testEnv.main();
    expect(main.exitCode).toBe(1);
    expect(testEnv.calls().filter((call) => call.startsWith('POST /snapshots/'))).toHaveLength(1);
  });

  test('for longer than wait_timeout: red, and nothing was requested', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(1)] });
    testEnv.api.addEvents([{ kind: 'restore', at: 0, snapshot_id: 1, seconds: 3600 }]);
    const main = await testEnv.main({ waitTimeout: 10 * MINUTE });
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error Server is being restored']);
    expect(testEnv.calls()).not.toContain('POST /snapshots/');
    expect(main.endedAt).toBeLessThan(10.5 * MINUTE);
  });

  test('and is full: rotation waits as well, and deletes nothing before', async () => {
    const testEnv = new TestEnvironment({ snapshots: [own(1), own(2), theirs(3), theirs(4), theirs(5)] });
    testEnv.api.addEvents([{ kind: 'restore', at: 0, snapshot_id: 1, seconds: 300 }]);
    const main = await testEnv.main({ whenFull: 'rotate' });
    expect(main.exitCode).toBe(0);
    const removal = testEnv.requests.find(({ method }) => method === 'DELETE');
    expect((removal?.at ?? 0) - START).toBeGreaterThanOrEqual(300 * SECOND);
  });
});

describe('with a restore configured', () => {
  test.each<[string, Partial<RootInputs>, string]>([
    [
      'on_failure and on_cancel',
      { onFailure: 'restore', onCancel: 'keep' },
      'If the job fails: restore · if the job is cancelled or times out: keep · no health_url, so the application is not checked after a restore',
    ],
    [
      'restore_if and a health_url',
      { restoreIfGiven: true, healthUrls: ['https://web.example/'] },
      'If restore_if is true at the end of the job: restore · if the job fails otherwise: keep · if the job is cancelled or times out: keep · health_url answers',
    ],
    [
      'a job that has failed by then',
      { ...RESTORE, jobStatus: 'Failure', onCancel: 'delete' },
      "If the job fails: keep (the job is 'Failure' already) · if the job is cancelled or times out: delete · no health_url, so the application is not checked after a restore",
    ],
    [
      'a job that is cancelled by then, which deletes what is not needed',
      { ...RESTORE, jobStatus: 'cancelled', onFailure: 'delete', onSuccess: 'delete' },
      "If the job fails: delete · if the job is cancelled or times out: keep (the job is 'cancelled' already) · if the job succeeds: delete the snapshot, so that no job after this one can restore it · no health_url, so the application is not checked after a restore",
    ],
    [
      'restore_if, which is false where it is not true, for a job that has failed by then',
      { ...RESTORE, restoreIfGiven: true, jobStatus: 'failure' },
      'If restore_if is true at the end of the job: restore · if the job fails otherwise: keep · if the job is cancelled or times out: keep · no health_url, so the application is not checked after a restore',
    ],
  ])('main says in one line what the end of the job will do: %s', async (_, inputs, line) => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main(inputs);
    expect(main.runner.lines.map(({ text }) => text)).toContain(line);
    expect(main.runner.titles()).toEqual([]);
  });

  test('where the health_url is silent the line does not say that it answers', async () => {
    const testEnv = new TestEnvironment({ health: () => 503 });
    const main = await testEnv.main({ ...RESTORE, healthUrls: ['https://web.example/'] });
    expect(main.runner.lines.map(({ text }) => text)).toContain(
      'If the job fails: restore · if the job is cancelled or times out: restore',
    );
  });

  test('without one main says nothing of it, and asks no health_url', async () => {
    let asked = 0;
    const testEnv = new TestEnvironment({ health: () => (asked += 1) && 200 });
    const main = await testEnv.main({ healthUrls: ['https://web.example/'] });
    expect(asked).toBe(0);
    expect(main.runner.visible()).not.toContain('If the job fails');
  });

  test('each health_url is asked once, before a stop, and one that does not answer 2xx is named', async () => {
    const asked: (readonly [string, number])[] = [];
    const healthUrls = ['https://web.example/health?key=secret', 'https://db.example/'];
    const testEnv = new TestEnvironment({
      health: (url, at) => {
        asked.push([url, at]);
        return url.includes('db') ? 'reset' : 200;
      },
    });
    const main = await testEnv.main({ ...RESTORE, stopServer: true, healthUrls });
    expect(asked.map(([url]) => url)).toEqual(healthUrls);
    const stop = testEnv.requests.find(({ path }) => path.endsWith('/power/'));
    for (const [, at] of asked) expect(at).toBeLessThanOrEqual((stop?.at ?? 0) - START);
    expect(main.exitCode).toBe(0);
    expect(main.runner.titles()).toEqual(['warning Health check fails now']);
    expect(main.runner.annotations[0]?.text).toContain("'health_url': https://db.example/ did not answer");
    expect(main.runner.visible()).not.toContain('secret');
  });

  test.each<[string, Partial<RootInputs>, object[], RegExp]>([
    [
      'a snapshot of another run that is newer',
      {},
      [{ kind: 'snapshot', at: 100, name: 'theirs', description: markerOf({ repositoryId: '7' }) }],
      /a newer snapshot \(802/,
    ],
    [
      'an age limit below the time it takes',
      { restoreMaxAge: MINUTE },
      [],
      /it is 3m 21s old, and at most 1m is allowed/,
    ],
  ])(
    'what would be refused tonight is a warning now, without a request of its own: %s',
    async (_, inputs, events, reason) => {
      const without = new TestEnvironment();
      await without.main();
      const testEnv = new TestEnvironment();
      testEnv.api.addEvents(events as Parameters<typeof testEnv.api.addEvents>[0]);
      const main = await testEnv.main({ ...RESTORE, ...inputs });
      expect(main.exitCode).toBe(0);
      expect(main.runner.titles()).toEqual(['warning A rollback would be refused']);
      expect(main.runner.annotations[0]?.text).toMatch(reason);
      expect(testEnv.calls()).toEqual(without.calls());
    },
  );
});

test('without a wait the same is said right after the request, of all but the wait', async () => {
  const other = listed(1, { created_at: 'yesterday', description: markerOf({ repositoryId: '7' }) });
  const testEnv = new TestEnvironment({ faults: answeredWith(completeList(other), { ...LISTS, nth: 1 }) });
  const { runner } = await testEnv.main({ ...RESTORE, wait: false, restoreMaxAge: MINUTE });
  expect(runner.titles()).toEqual(['warning A rollback would be refused', 'warning Wait before the deploy']);
  expect(runner.annotations[0]?.text).toMatch(
    /would be refused: a snapshot of unknown time, .* followed it\.\n/,
  );
  expect(testEnv.calls()).toHaveLength(3);
});

describe('dead snapshots', () => {
  const dead = [
    own(1, { status: 'in_progress', created_at: START - 72 * HOUR }),
    own(2, { status: 'deleting', created_at: START - 72 * HOUR }),
  ];
  // A snapshot that was in progress for days is not complete in this hour.
  const stuck = { snapshot_seconds: [36_000, 36_000] as [number, number], delete_seconds: 36_000 };

  test('of this repository raise no warning that another run uses the server', async () => {
    const testEnv = new TestEnvironment({ snapshots: dead, switches: stuck });
    const main = await testEnv.main({ wait: false });
    expect(main.runner.titles()).toEqual([]);
  });

  test('on a full server: the one in progress is rotated before complete ones, the one being deleted never', async () => {
    const snapshots = [...dead, own(3), own(4), theirs(5)];
    const testEnv = new TestEnvironment({ snapshots, switches: stuck });
    const main = await testEnv.main({ whenFull: 'rotate', wait: false });
    expect(testEnv.calls().filter((call) => call.startsWith('DELETE'))).toEqual(['DELETE /snapshots/1/']);
    expect(main.runner.visible()).toContain("it has been 'in_progress' for more than a day");
  });

  test('being deleted alone blocks no rotation', async () => {
    const snapshots = [
      own(2, { status: 'deleting', created_at: START - HOUR }),
      own(3),
      own(4),
      theirs(5),
      theirs(6),
    ];
    const testEnv = new TestEnvironment({ snapshots, switches: { delete_seconds: 36_000 } });
    testEnv.api.setSwitches({ delete_seconds: 0 });
    const main = await testEnv.main({ whenFull: 'rotate', wait: false });
    expect(main.exitCode).toBe(0);
    expect(testEnv.calls().filter((call) => call.startsWith('DELETE'))).toEqual(['DELETE /snapshots/3/']);
  });
});

describe('after a rotation every error says what was deleted and what is left', () => {
  const snapshots = [own(1), own(2), theirs(3), theirs(4), theirs(5)];
  const POST = { method: 'POST', path: '/snapshots/', nth: 1 };

  test.each<[string, object, Partial<RootInputs>]>([
    ['403 to the create request', { ...POST, times: 99, kind: 'status', status: 403 }, {}],
    ['still full after a minute', { ...POST, times: 99, kind: 'status', status: 400 }, {}],
    [
      'wait_timeout ends meanwhile',
      { ...POST, times: 99, kind: 'status', status: 400 },
      { waitTimeout: 20 * SECOND },
    ],
    [
      'no connection until wait_timeout ends',
      { ...POST, times: 999, kind: 'refused' },
      { waitTimeout: MINUTE },
    ],
    ['a redirect', { ...POST, kind: 'redirect' }, {}],
  ])('%s', async (_, fault, inputs) => {
    const testEnv = new TestEnvironment({ snapshots, faults: fault });
    const main = await testEnv.main({ whenFull: 'rotate', ...inputs });
    expect(main.exitCode).toBe(1);
    const text = main.runner.annotations.at(-1)?.text ?? '';
    expect(text).toContain('Snapshot 1 (own-1) was deleted to make room.');
    expect(text).toContain('Left on the server:');
    for (const id of ['2 own-2', '3 theirs-3', '4 theirs-4', '5 theirs-5']) expect(text).toContain(`- ${id}`);
    expect(main.runner.summary).toContain('4 of 5');
    expect(testEnv.calls().filter((call) => call.startsWith('DELETE'))).toHaveLength(1);
    expect(testEnv.api.contentOf(SERVER)).toBe('generation-0');
  });
});
