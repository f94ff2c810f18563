import { describe, expect, test } from '@jest/globals';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import {
  answeredWith,
  completeList,
  CREATE_REQUEST,
  FAILED,
  listed,
  listedOfThisRun,
  LISTS,
  NAME,
  own,
  partialList,
} from '../harness/samples.ts';
import { TestEnvironment } from '../harness/test-environment.ts';

describe('an answer that was lost', () => {
  test.each([
    ['reset before', { kind: 'reset_before' }],
    ['reset after', { kind: 'reset_after' }],
    ['body cut', { kind: 'cut_body' }],
    ['body cut in chunks', { kind: 'cut_body', chunked: true }],
    ['silence, not processed', { kind: 'silence_before' }],
    ['silence, processed', { kind: 'silence' }],
    ['drip for ever', { kind: 'drip', ms_per_byte: 60_000 }],
    ['500 before', { kind: 'status', status: 500 }],
    ['500 after', { kind: 'status_after', status: 500 }],
    ['502 after', { kind: 'status_after', status: 502, body: '<html>Bad gateway</html>' }],
    ['504 after', { kind: 'status_after', status: 504 }],
    ['408 after', { kind: 'status_after', status: 408 }],
    ['an HTML page', { kind: 'wrong_json' }],
    ['a list', { kind: 'wrong_json', body: [] }],
    ['an object without an id', { kind: 'wrong_json', body: {} }],
    ['a body of 20 MiB', { kind: 'oversized' }],
    ['carried out 25 s after the time-out', { kind: 'late', ms: 55_000 }],
  ])('%s: exactly one snapshot, known by its id', async (_, fault) => {
    const testEnv = new TestEnvironment({
      faults: { method: 'POST', path: '/snapshots/', nth: 1, ...fault },
    });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    expect(testEnv.actualState.snapshots.map(({ id }) => id)).toEqual(['801']);
    expect(main.runner.outputs.get('snapshot_id')).toBe('801');
    expect(main.runner.outputs.get('snapshot_status')).toBe('completed');
  });

  test.each([
    ['5 polls after a reset', { kind: 'reset_before' }, 5],
    ['20 polls after a time-out', { kind: 'silence_before' }, 20],
    ['20 polls after a 504', { kind: 'status', status: 504 }, 20],
  ])('%s before the request is sent once more', async (_, fault, polls) => {
    const testEnv = new TestEnvironment({
      faults: { method: 'POST', path: '/snapshots/', nth: 1, ...fault },
    });
    await testEnv.main({ wait: false });
    const posts = testEnv.requests.filter(({ method }) => method === 'POST');
    const lists = testEnv.requests.filter(
      ({ method, n }) => method === 'GET' && n > (posts[0]?.n ?? 0) && n < (posts[1]?.n ?? 0),
    );
    expect(posts).toHaveLength(2);
    expect(posts[1]?.body).toBe(posts[0]?.body);
    expect(lists).toHaveLength(polls);
    const pauses = lists.slice(1).map(({ at }, index) => at - (lists[index]?.at ?? 0));
    expect(new Set(pauses)).toEqual(new Set([3050]));
  });

  test('two answers lost: it is not sent a third time, and post finds what there is', async () => {
    const testEnv = new TestEnvironment({
      faults: { method: 'POST', path: '/snapshots/', nth: 1, times: 3, kind: 'reset_before' },
    });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(1);
    expect(testEnv.calls().filter((call) => call === 'POST /snapshots/')).toHaveLength(2);
    const post = await testEnv.post(main, { jobStatus: 'failure' });
    expect(post.exitCode).toBe(0);
    expect(testEnv.existing()).toEqual([]);
  });
});

describe('outcome', () => {
  testOutcomes({
    'the API drops descriptions: an unmarked snapshot of this name is reported, not claimed': {
      switches: { description_kept: 0 },
      faults: { ...CREATE_REQUEST, kind: 'reset_after' },
      post: FAILED,
      outcome: [
        'main exit 1 | ❓ Unknown whether the VPS.org snapshot was made | error Unknown whether a snapshot was made | none uncertain',
        'post exit 0 | ❓ No list shows a VPS.org snapshot of this step | warning Unknown whether a snapshot was made | none not listed',
        'POST /snapshots/ lost',
        'left: 801 in_progress',
      ],
      says: [/Snapshot 801 has the name/, /snapshot 801 has the name/],
    },
    'an outage follows': {
      faults: [
        { ...CREATE_REQUEST, kind: 'reset_after' },
        { ...LISTS, nth: 2, times: 999, kind: 'status', status: 503 },
      ],
      post: FAILED,
      outcome: [
        'main exit 1 | ❓ Unknown whether the VPS.org snapshot was made | error Unknown whether a snapshot was made | none uncertain',
        'post exit 0 | ❓ Unknown whether a VPS.org snapshot was made | warning Unknown state of a snapshot | none requested, outcome unknown',
        'POST /snapshots/ lost',
        'left: 801 completed',
      ],
      says: ['deploy-shop-9001-1 may exist', 'Still waiting for the API'],
      took: [1800, 300],
    },
    'the lists are refused: no second request': {
      faults: [
        { ...CREATE_REQUEST, kind: 'reset_after' },
        { ...LISTS, nth: 2, times: 999, kind: 'status', status: 403 },
      ],
      post: FAILED,
      outcome: [
        'main exit 1 | ❓ Unknown whether the VPS.org snapshot was made | error Unknown whether a snapshot was made | none uncertain',
        'post exit 0 | ❓ Unknown whether a VPS.org snapshot was made | warning Unknown state of a snapshot | none requested, outcome unknown',
        'POST /snapshots/ lost',
        'left: 801 in_progress',
      ],
      says: ['deploy-shop-9001-1 may exist', 'read snapshots'],
    },
    'the id cannot be used: nothing is deleted by it': {
      faults: [
        { ...CREATE_REQUEST, kind: 'reset_before' },
        answeredWith(completeList(listedOfThisRun('../x')), { ...LISTS, nth: 2, times: 99 }),
      ],
      post: { ...FAILED },
      main: { onFailure: 'delete' },
      outcome: [
        'main exit 1 | ❌ Snapshot without a usable id: no snapshot was made | error Snapshot without a usable id | none completed',
        'post exit 0 | 📸 VPS.org snapshot kept | warning Snapshot not deleted | none completed',
        'POST /snapshots/ lost',
        'left: nothing',
      ],
      says: ['an id that cannot be used safely'],
      saved: { snapshotId: null, shown: true },
    },
    'the lists are incomplete: no second request': {
      faults: [
        { ...CREATE_REQUEST, kind: 'reset_before' },
        answeredWith(partialList(listed(1)), { ...LISTS, nth: 2, times: 999 }),
      ],
      post: FAILED,
      outcome: [
        'main exit 1 | ❓ Unknown whether the VPS.org snapshot was made | error Unknown whether a snapshot was made | none uncertain',
        'post exit 0 | ❓ Unknown whether a VPS.org snapshot was made | warning Unknown state of a snapshot | none requested, outcome unknown',
        'POST /snapshots/ lost',
        'left: nothing',
      ],
      says: ['deploy-shop-9001-1 may exist'],
      took: [15, 119],
      reads: { '/snapshots/?server_id=12345': 46, '/servers/12345/': 1 },
    },
    'wait_timeout exceeded while looking for it: no second request': {
      main: { waitTimeout: 8000 },
      faults: { ...CREATE_REQUEST, kind: 'reset_before' },
      post: FAILED,
      outcome: [
        'main exit 1 | ❓ Unknown whether the VPS.org snapshot was made | error Unknown whether a snapshot was made | none uncertain',
        'post exit 0 | ❓ No list shows a VPS.org snapshot of this step | none not listed',
        'POST /snapshots/ lost',
        'left: nothing',
      ],
      says: ['deploy-shop-9001-1 may exist'],
      took: [8, 58],
    },
    'the second request is refused: uncertain because of the first': {
      faults: [
        { ...CREATE_REQUEST, kind: 'reset_before' },
        { ...CREATE_REQUEST, nth: 2, kind: 'status', status: 400, body: { detail: 'Name taken.' } },
      ],
      post: FAILED,
      outcome: [
        'main exit 1 | ❓ Unknown whether the VPS.org snapshot was made | error No snapshot was made | none uncertain',
        'post exit 0 | ❓ No list shows a VPS.org snapshot of this step | none not listed',
        'POST /snapshots/ lost',
        'POST /snapshots/ 400',
        'left: nothing',
      ],
      says: ['Name taken', 'earlier request'],
    },
    'the second request is refused, and an unmarked one is listed: not claimed': {
      faults: [
        { ...CREATE_REQUEST, kind: 'reset_before' },
        { ...CREATE_REQUEST, nth: 2, kind: 'status', status: 400, body: { detail: 'Name taken.' } },
        answeredWith(completeList(listed(901, { name: NAME, description: null })), { ...LISTS, nth: 7 }),
      ],
      post: FAILED,
      outcome: [
        'main exit 1 | ❓ Unknown whether the VPS.org snapshot was made | error Unknown whether a snapshot was made | none uncertain',
        'post exit 0 | ❓ No list shows a VPS.org snapshot of this step | none not listed',
        'POST /snapshots/ lost',
        'POST /snapshots/ 400',
        'left: nothing',
      ],
      says: [/Snapshot 901 has the name/, '400: Name taken'],
    },
    'a snapshot of the same name was there before: not taken for this one': {
      snapshots: [own(1, { name: NAME, description: null })],
      faults: { ...CREATE_REQUEST, kind: 'reset_after' },
      outcome: [CREATED, 'POST /snapshots/ lost', 'left: 1 completed, 801 completed'],
    },
    'a new unmarked snapshot of another name does not matter': {
      faults: [
        { ...CREATE_REQUEST, kind: 'reset_before' },
        answeredWith(completeList(listed(5, { description: null })), { ...LISTS, nth: 2, times: 5 }),
      ],
      outcome: [CREATED, 'POST /snapshots/ lost', 'POST /snapshots/ 201', 'left: 801 completed'],
    },
  });
});
