import { describe, expect, test } from '@jest/globals';
import { testOutcomes } from '../harness/outcome-tests.ts';
import {
  answeredWith,
  BOTH,
  CANCELLED,
  completeList,
  CREATE_REQUEST,
  DELETE,
  FAILED,
  FULL,
  listed,
  listedOfThisRun,
  LISTS,
  NAME,
  partialList,
  TWO_SERVERS,
} from '../harness/samples.ts';
import { rootInputs } from '../harness/inputs.ts';
import { TestEnvironment } from '../harness/test-environment.ts';

describe('interrupted while a server is stopped for its snapshot, it says first what the server is', () => {
  const LOSES_ANSWERS = { method: 'POST', path: '/servers/*/power/', nth: 1, kind: 'reset_after' };
  test.each([
    ['as soon as the stop is taken', 3, {}, /^web-server-01 \(12345\): VPS.org took the stop of this server/],
    [
      'when it is down',
      60,
      {},
      /^web-server-01 \(12345\): the server is STOPPED; the post step starts it again\./,
    ],
    [
      'when the answer to the stop was lost',
      3,
      { faults: LOSES_ANSWERS },
      /a stop .* was requested, and .* may have/,
    ],
    ['not before the stop was sent', 0.05, {}, /^The job was cancelled, or a time-out ended this step/],
  ])('%s', async (_, seconds, options, text) => {
    const testEnv = new TestEnvironment({
      ...options,
      switches: { power_seconds: [30, 30], snapshot_seconds: [900, 900] },
    });
    const main = testEnv.start({ use: 'main', inputs: rootInputs({ stopServer: true }) });
    await testEnv.pass(seconds * 1000);
    main.signal('SIGINT');
    await main.done;
    const [alert] = main.runner.annotations;
    expect(alert?.title).toBe('Interrupted');
    expect(alert?.text).toMatch(text);
    expect(alert?.text).toContain('The job was cancelled, or a time-out ended this step.');
    expect(main.runner.summary.includes('the post step starts it again')).toBe(seconds >= 3);
    const post = await testEnv.post(main, CANCELLED);
    expect(testEnv.actualState.servers[0]?.phase).toBe('active');
    expect(post.exitCode).toBe(0);
  });

  test.each([
    [CANCELLED, 'the job was cancelled or timed out before the snapshot step succeeded'],
    [FAILED, "the snapshot step's own time-out ended it"],
  ])('and post says by what it was ended, from the status of the job: %j', async (status, reason) => {
    const testEnv = new TestEnvironment();
    const main = testEnv.start({ use: 'main', inputs: rootInputs({}) });
    await testEnv.pass(20_000);
    main.signal('SIGTERM');
    await main.done;
    const post = await testEnv.post(main, status);
    expect(post.runner.visible()).toContain(`because ${reason}`);
  });
});

describe('interrupted after a rotation, before there is a new snapshot', () => {
  testOutcomes({
    'what was deleted is named': {
      main: { whenFull: 'rotate' },
      snapshots: FULL,
      faults: { ...CREATE_REQUEST, times: 99, kind: 'status', status: 423 },
      signal: ['SIGINT', 10_000],
      outcome: [
        'main exit 1 | ⏹️ Interrupted: VPS.org snapshot not requested | error Interrupted | none –',
        'DELETE /snapshots/1/ 204',
        'POST /snapshots/ 423 ×4',
        'left: 2 completed, 3 completed, 4 completed, 5 completed',
      ],
      says: [/^Interrupted: web-server-01 \(12345\): Snapshot 1 \(.*\) was deleted to make room\.$/m],
    },
    'what the API has refused so far is not called unknown, and the post step looks for nothing': {
      main: { whenFull: 'rotate' },
      snapshots: FULL,
      faults: { ...CREATE_REQUEST, times: 99, kind: 'status', status: 400 },
      signal: ['SIGINT', 10_000],
      post: CANCELLED,
      outcome: [
        'main exit 1 | ⏹️ Interrupted: VPS.org snapshot not requested | error Interrupted | none –',
        'post exit 0',
        'DELETE /snapshots/1/ 204',
        'POST /snapshots/ 400 ×4',
        'left: 2 completed, 3 completed, 4 completed, 5 completed',
      ],
      says: [/^Interrupted: web-server-01 \(12345\): Snapshot 1 \(.*\) was deleted to make room\.$/m],
      saved: { phase: 'refused' },
    },
    'a deletion whose answer was cut off is called unknown': {
      main: { whenFull: 'rotate' },
      snapshots: FULL,
      faults: { ...DELETE, kind: 'silence' },
      signal: ['SIGINT', 10_000],
      outcome: [
        'main exit 1 | ⏹️ Interrupted: VPS.org snapshot not requested | error Interrupted | none –',
        'DELETE /snapshots/1/ lost',
        'left: 2 completed, 3 completed, 4 completed, 5 completed',
      ],
      says: [/The deletion of snapshot 1 \(.*\) to make room was requested, outcome unknown\.$/m],
    },
  });
});

test('killed while another server waits for its snapshot: the id of the first is put out already', async () => {
  const testEnv = new TestEnvironment({
    servers: TWO_SERVERS,
    faults: { ...CREATE_REQUEST, nth: 2, kind: 'delay', ms: 20_000 },
  });
  const main = testEnv.start({ use: 'main', inputs: rootInputs({ ...BOTH, wait: false }) });
  await testEnv.pass(10_000);
  main.signal('SIGKILL');
  await testEnv.clock.run(main.done);
  expect(main.runner.outputs.get('snapshot_id')).toBe('801,');
});

testOutcomes({
  'cancelled between two servers: both snapshots are named': {
    main: BOTH,
    servers: TWO_SERVERS,
    signal: ['SIGINT', 60],
    post: CANCELLED,
    outcome: [
      'main exit 1 | ⏹️ Interrupted: VPS.org snapshots not waited for: 0 of 2 servers | error Interrupted | 801 in_progress | 802 in_progress',
      'post exit 0 | 📸 VPS.org snapshots kept | 801 in_progress | 802 in_progress',
      'POST /snapshots/ 201 ×2',
      'left: 801 in_progress, 802 in_progress',
    ],
    neverSays: ['[!CAUTION]'],
  },
  'killed before the create answer, and the list is refused for a minute: unknown': {
    signal: ['SIGKILL', 75],
    faults: { ...LISTS, nth: 2, times: 99, kind: 'status', status: 403 },
    post: FAILED,
    outcome: [
      'main exit 1',
      'post exit 0 | ❓ Unknown whether a VPS.org snapshot was made | warning Unknown state of a snapshot | none requested, outcome unknown',
      'POST /snapshots/ lost',
      'left: nothing',
    ],
    says: ['unknown whether the snapshot deploy-shop-9001-1'],
    took: [0, 61],
    reads: { '/snapshots/?server_id=12345': 22, '/servers/12345/': 1 },
  },
  'killed before the create answer, and an outage: unknown after five minutes': {
    signal: ['SIGKILL', 75],
    faults: { ...LISTS, nth: 2, times: 9999, kind: 'status', status: 503 },
    post: FAILED,
    outcome: [
      'main exit 1',
      'post exit 0 | ❓ Unknown whether a VPS.org snapshot was made | warning Unknown state of a snapshot | none requested, outcome unknown',
      'POST /snapshots/ lost',
      'left: nothing',
    ],
    says: ['unknown whether the snapshot deploy-shop-9001-1'],
    took: [0, 301],
  },
  'killed before the create answer, and the lists are incomplete: unknown after two minutes': {
    signal: ['SIGKILL', 75],
    faults: answeredWith(partialList(listed(1)), { ...LISTS, nth: 2, times: 9999 }),
    post: FAILED,
    outcome: [
      'main exit 1',
      'post exit 0 | ❓ Unknown whether a VPS.org snapshot was made | warning Unknown state of a snapshot | none requested, outcome unknown',
      'POST /snapshots/ lost',
      'left: nothing',
    ],
    says: ['unknown whether the snapshot deploy-shop-9001-1'],
    took: [0, 119],
    reads: { '/snapshots/?server_id=12345': 41, '/servers/12345/': 1 },
  },
  'killed before the create answer, and an unmarked one is listed: reported, not touched': {
    signal: ['SIGKILL', 75],
    faults: answeredWith(completeList(listed(901, { name: NAME, description: null })), {
      ...LISTS,
      nth: 2,
      times: 99,
    }),
    post: FAILED,
    outcome: [
      'main exit 1',
      'post exit 0 | ❓ No list shows a VPS.org snapshot of this step | warning Unknown whether a snapshot was made | none not listed',
      'POST /snapshots/ lost',
      'left: nothing',
    ],
    says: [/snapshot 901 .*no marker/],
  },
  'killed before the create answer, and two without a usable id: none is deleted': {
    signal: ['SIGKILL', 75],
    faults: answeredWith(completeList(listedOfThisRun('../x'), listedOfThisRun('../y')), {
      ...LISTS,
      nth: 2,
      times: 99,
    }),
    post: FAILED,
    main: { onFailure: 'delete' },
    outcome: [
      'main exit 1',
      'post exit 0 | 📸 VPS.org snapshot kept | warning Snapshot not deleted | warning Snapshot not deleted | none completed',
      'POST /snapshots/ lost',
      'left: nothing',
    ],
    says: [
      'a snapshot was not deleted and keeps its slot',
      'found snapshot without a usable id',
      'also there: one without a usable id',
    ],
    reads: { '/snapshots/?server_id=12345': 2, '/servers/12345/': 1 },
  },
  'killed while waiting, and listed without its marker: known by its id': {
    signal: ['SIGKILL', 20_000],
    between: (testEnv) =>
      testEnv.addFaults(answeredWith(completeList(listed(801, { description: null }), listed(1)), LISTS)),
    post: FAILED,
    outcome: [
      'main exit 1',
      'post exit 0 | 📸 VPS.org snapshot kept | 801 completed | offers 801',
      'POST /snapshots/ 201',
      'left: 801 in_progress',
    ],
    says: [/snapshot 801 .*is kept/],
  },
  'killed while waiting, and no longer listed: reported': {
    signal: ['SIGKILL', 20_000],
    between: (testEnv) => testEnv.addFaults(answeredWith(completeList(listed(1)), LISTS)),
    post: FAILED,
    outcome: [
      'main exit 1',
      'post exit 0 | ❓ VPS.org snapshot not listed | 801 not listed',
      'POST /snapshots/ 201',
      'left: 801 in_progress',
    ],
    says: ['snapshot 801 is not listed'],
  },
  'cancelled with on_cancel: restore: nothing is restored before a deploy': {
    main: { onCancel: 'restore' },
    switches: { permissions: ['snapshots:read', 'snapshots:write'] },
    signal: ['SIGTERM', 20_000],
    post: CANCELLED,
    outcome: [
      'main exit 1 | ⏹️ Interrupted: VPS.org snapshot not waited for | warning Restores cannot be confirmed | error Interrupted | 801 in_progress',
      'post exit 0 | 📸 VPS.org snapshot kept | 801 in_progress',
      'POST /snapshots/ 201',
      'left: 801 in_progress',
    ],
  },
  'cancelled before the create answer with wait: false: the id is saved': {
    main: { onCancel: 'restore', wait: false },
    signal: ['SIGINT', 75],
    post: CANCELLED,
    outcome: [
      'main exit 1 | ⏹️ Interrupted: VPS.org snapshot not waited for | warning Wait before the deploy | error Interrupted | 801 in_progress',
      'post exit 0 | 📸 VPS.org snapshot kept | 801 in_progress',
      'POST /snapshots/ 201',
      'left: 801 in_progress',
    ],
    says: ['snapshot_id: 801'],
    neverSays: ['[!CAUTION]'],
  },
  'cancelled before the first request: nothing is requested': {
    signal: ['SIGINT', 1],
    post: CANCELLED,
    outcome: [
      'main exit 1 | ⏹️ Interrupted: VPS.org snapshot not requested | error Interrupted | none –',
      'post exit 0',
      'left: nothing',
    ],
    says: ['Nothing to do: the snapshot step made no snapshot'],
  },
});
