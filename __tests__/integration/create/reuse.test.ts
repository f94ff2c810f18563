import { describe, expect, test } from '@jest/globals';
import { jobOf, restoreInputs } from '../harness/inputs.ts';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import {
  acceptedWith,
  answeredWith,
  BY_NAME,
  completeList,
  GET_SERVER,
  listed,
  LISTS,
  own,
} from '../harness/samples.ts';
import { DAY, HOUR, markerOf, SERVER, START, TestEnvironment } from '../harness/test-environment.ts';

describe('a re-run with on_rerun: reuse', () => {
  const mine = { description: markerOf({ runId: '9001', runAttempt: 1 }) };
  const second = { job: jobOf({ runAttempt: 2 }) };

  test('claims the one snapshot of the earlier attempt and creates none', async () => {
    const testEnv = new TestEnvironment({
      snapshots: [{ id: 5, name: 'first', created_at: START - HOUR, ...mine }],
    });
    const main = await testEnv.main({ onRerun: 'reuse', onFailure: 'restore' }, second);
    expect(main.exitCode).toBe(0);
    expect(testEnv.calls()).toEqual([`GET /servers/${SERVER}/`, 'GET /snapshots/']);
    expect(main.runner.outputs.get('snapshot_id')).toBe('5');
    expect(main.runner.outputs.get('created')).toBe('false');
    testEnv.api.deploy(SERVER);
    const post = await testEnv.post(main, { jobStatus: 'failure' }, second);
    expect(post.runner.titles()).toContain('error Rolled back');
    expect(testEnv.actualState.restores.map(({ snapshotId }) => snapshotId)).toEqual(['5']);
  });

  test('says what stands against a restore of it: this job has restored the server before', async () => {
    const testEnv = new TestEnvironment({
      snapshots: [{ id: 5, name: 'first', created_at: START - HOUR, ...mine }],
    });
    const inputs = restoreInputs({ snapshotIds: ['5'], allowOlder: true });
    await testEnv.run({ use: 'restore', inputs }, second);
    const main = await testEnv.main({ onRerun: 'reuse', onFailure: 'restore' }, second);
    expect(main.runner.outputs.get('snapshot_id')).toBe('5');
    expect(main.runner.titles()).toEqual(['warning A rollback would be refused']);
  });

  test.each([
    ['it is a day old', [{ created_at: START - DAY, ...mine }]],
    ['it is not completed', [{ created_at: START - HOUR, status: 'in_progress' as const, ...mine }]],
    [
      'two qualify',
      [
        { created_at: START - 2 * HOUR, ...mine },
        { created_at: START - HOUR, ...mine },
      ],
    ],
    [
      'a newer one with a marker is there',
      [
        { created_at: START - HOUR, ...mine },
        { created_at: START - 60_000, description: markerOf({ repositoryId: '7' }) },
      ],
    ],
    [
      'it is of another step',
      [{ created_at: START - HOUR, description: markerOf({ runId: '9001', step: 'other' }) }],
    ],
    ['it is of another run', [{ created_at: START - HOUR, description: markerOf({ runId: '9000' }) }]],
  ])('creates a new one where %s, and says so', async (_, snapshots) => {
    const testEnv = new TestEnvironment({
      snapshots: snapshots.map((s, index) => ({ name: `s${index}`, ...s })),
    });
    const main = await testEnv.main({ onRerun: 'reuse' }, second);
    expect(main.exitCode).toBe(0);
    expect(main.runner.outputs.get('created')).toBe('true');
    expect(main.runner.visible()).toContain('no snapshot is reused');
  });
});

describe('outcome', () => {
  /** The list names server 12345 only; the server that was typed is read once it is known, and is this one. */
  const assumed = (id: number, others: readonly number[] = []): object[] => [
    answeredWith(
      completeList(
        listed(1, {
          description: markerOf({ runId: '9001' }),
          created_at: new Date(START - HOUR).toISOString(),
        }),
        ...others.map((other) => listed(other)),
      ),
      { ...LISTS, nth: 1, times: 9 },
    ),
    { ...GET_SERVER, nth: 1, kind: 'status', status: 403 },
    acceptedWith({ id, name: 'web', status: 'active' }, { ...GET_SERVER, nth: 2, times: 9 }),
  ];
  testOutcomes({
    'the earlier snapshot is too old: the reason is given': {
      main: { onRerun: 'reuse' },
      job: jobOf({ runAttempt: 2 }),
      snapshots: [own(1, { description: markerOf({ runId: '9001', runAttempt: 1 }) })],
      outcome: [CREATED, 'POST /snapshots/ 201', 'left: 1 completed, 801 completed'],
      says: ['24 hours old'],
    },
    'the server is typed by its name, which the API confirms: reused': {
      main: { ...BY_NAME, onRerun: 'reuse', stopServer: true },
      job: jobOf({ runAttempt: 2 }),
      faults: [
        answeredWith(
          completeList(
            listed(1, {
              description: markerOf({ runId: '9001' }),
              created_at: new Date(START - HOUR).toISOString(),
            }),
          ),
          {
            ...LISTS,
            nth: 1,
            times: 2,
          },
        ),
        acceptedWith({ id: 12_345, name: 'web-server-01', status: 'active' }, { ...GET_SERVER, times: 99 }),
      ],
      outcome: [
        'main exit 0 | ♻️ VPS.org snapshot reused from an earlier attempt | 1 completed | offers 1',
        'left: nothing',
      ],
      says: ['reusing snapshot 1', 'web-server-01 (web): reusing', '(web): 1 of 5 snapshots before this one'],
      saved: { ids: ['web', '12345'], serverName: 'web-server-01' },
    },
    'the server is typed by the name of another one: nothing is reused or requested': {
      main: { ...BY_NAME, onRerun: 'reuse' },
      job: jobOf({ runAttempt: 2 }),
      faults: [
        answeredWith(
          completeList(
            listed(1, {
              description: markerOf({ runId: '9001' }),
              created_at: new Date(START - HOUR).toISOString(),
            }),
          ),
          {
            ...LISTS,
            nth: 1,
          },
        ),
        acceptedWith({ id: 999, name: 'web', status: 'active' }, { ...GET_SERVER, times: 9 }),
      ],
      outcome: [
        'main exit 1 | ❌ Server not recognized: no snapshot was made | error Server not recognized | none –',
        'left: nothing',
      ],
      says: ['shows only snapshots of other servers', '12345 is one'],
    },
    'a server typed by its name, and read only after its list: reused where the API confirms it': {
      main: { ...BY_NAME, onRerun: 'reuse' },
      job: jobOf({ runAttempt: 2 }),
      faults: assumed(12_345),
      outcome: [
        'main exit 0 | ♻️ VPS.org snapshot reused from an earlier attempt | 1 completed | offers 1',
        'left: nothing',
      ],
    },
    'a server typed by the name of another one, and read only after its list: not reused': {
      main: { ...BY_NAME, onRerun: 'reuse' },
      job: jobOf({ runAttempt: 2 }),
      faults: assumed(999),
      outcome: [
        'main exit 1 | ❌ No snapshot was made | error No snapshot was made | none –',
        'POST /snapshots/ 404',
        'left: nothing',
      ],
      says: [
        /no snapshot is reused: snapshot 1 belongs to server 12345, and nothing shows that this is server web/,
      ],
    },
    'cancelled while the API is asked which server that is: no reason is given that nobody has found out': {
      main: { ...BY_NAME, onRerun: 'reuse' },
      job: jobOf({ runAttempt: 2 }),
      faults: [...assumed(12_345, [2, 3, 4, 5]).slice(0, 2), { ...GET_SERVER, nth: 2, kind: 'silence' }],
      signal: ['SIGINT', 10_000],
      outcome: [
        'main exit 1 | ⏹️ Interrupted: VPS.org snapshot not requested | error Interrupted | none –',
        'left: nothing',
      ],
      neverSays: ['no snapshot is reused', 'Delete one that nobody needs'],
    },
  });
});
