import { describe, expect, test } from '@jest/globals';
import { rootInputs, waitInputs } from '../harness/inputs.ts';
import { testOutcomes } from '../harness/outcome-tests.ts';
import { FAILED, LISTS } from '../harness/samples.ts';
import { MINUTE, takes, TestEnvironment } from '../harness/test-environment.ts';

describe('an end that is no success', () => {
  test.each(['failed', 'error', 'errored', 'cancelled', 'canceled', 'deleted', 'FAILED', 'Error'])(
    '"%s" is a failure, reported in the words of the API',
    async (word) => {
      const testEnv = new TestEnvironment({ switches: { fail_next: 1, word_failed: word } });
      const main = await testEnv.main();
      expect(main.exitCode).toBe(1);
      expect(main.runner.titles()).toEqual(['error Snapshot failed']);
      expect(main.runner.annotations[0]?.text).toContain(`'${word.toLowerCase()}'`);
    },
  );

  test.each(['completed', 'Completed', 'COMPLETED'])('"%s" is success', async (word) => {
    const testEnv = new TestEnvironment({ switches: { word_completed: word } });
    expect((await testEnv.main()).exitCode).toBe(0);
  });

  test('an unknown status is progress until the time-out, which deletes nothing', async () => {
    const testEnv = new TestEnvironment({ switches: { word_completed: 'archived' } });
    const main = await testEnv.main({ waitTimeout: 8 * MINUTE });
    expect(main.exitCode).toBe(1);
    const [error] = main.runner.annotations;
    expect(error?.text).toContain("'archived'");
    expect(error?.text).toMatch(/\b801\b/);
    await testEnv.post(main, { jobStatus: 'failure' });
    expect(testEnv.existing()).toHaveLength(1);
  });

  test('gone: missing from complete lists for 30 s after it was seen', async () => {
    const testEnv = new TestEnvironment({ switches: takes(600) });
    const main = testEnv.start({ use: 'main', inputs: rootInputs() });
    await testEnv.pass(2 * MINUTE);
    testEnv.api.handle({
      method: 'DELETE',
      path: '/api/v1/snapshots/801/',
      headers: { authorization: 'Bearer vps_demo_token' },
      body: '',
    });
    await testEnv.clock.run(main.done);
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error Snapshot gone']);
    expect(main.endedAt).toBeGreaterThan(2 * MINUTE + 27_000);
    expect(main.endedAt).toBeLessThan(2 * MINUTE + 50_000);
  });

  test('gone from some lists and back again is no failure', async () => {
    const testEnv = new TestEnvironment({
      switches: takes(300),
      faults: { method: 'GET', path: '/snapshots/', nth: 5, times: 9, kind: 'wrong_json', body: [] },
    });
    expect((await testEnv.main()).exitCode).toBe(0);
  });

  test.each([
    ['listed after 1:50', 110, []],
    ['listed after 2:30', 150, ['warning Snapshot not listed yet']],
  ])('not seen in a list at first, %s: pending', async (_, seconds, titles) => {
    const testEnv = new TestEnvironment({ switches: { ...takes(300), listed_late: seconds } });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    expect(main.runner.titles()).toEqual(titles);
    expect(main.runner.visible()).toMatch(/\b801\b/);
  });
});

describe('wait_timeout', () => {
  test.each([
    ['completed well before', 590, 0],
    ['completed just before its last poll', 599.9, 0],
    ['completed just after it', 600.2, 1],
  ])('of 10 minutes, %s', async (_, seconds, code) => {
    const testEnv = new TestEnvironment({ switches: takes(seconds) });
    const main = await testEnv.main({ waitTimeout: 10 * MINUTE });
    expect(main.exitCode).toBe(code);
    expect(main.endedAt).toBeLessThan(10 * MINUTE + 1000);
  });

  test('says how to go on, and the wait action does', async () => {
    const testEnv = new TestEnvironment({ switches: takes(900) });
    const main = await testEnv.main({ waitTimeout: 5 * MINUTE });
    expect(main.runner.annotations[0]?.text).toContain('801');
    const wait = await testEnv.run({ use: 'wait', inputs: waitInputs({ snapshotIds: ['801'] }) });
    expect(wait.exitCode).toBe(0);
    expect(wait.endedAt).toBeGreaterThan(900_000);
  });
});

describe('outcome', () => {
  testOutcomes({
    'a failed snapshot that vanishes': {
      switches: { fail_next: 1, failed_snapshots: 'gone' },
      post: FAILED,
      outcome: [
        'main exit 1 | ❌ Snapshot gone | error Snapshot gone | 801 in_progress',
        'post exit 0 | ❓ VPS.org snapshot not listed | 801 not listed',
        'POST /snapshots/ 201',
        'left: 801 failed',
      ],
      says: ['snapshot 801 is no longer listed', 'snapshot 801 is not listed any more'],
    },
    'a snapshot that is never listed': {
      switches: { listed_late: 3600 },
      post: FAILED,
      outcome: [
        'main exit 1 | ❌ Timed out waiting for the snapshot | warning Snapshot not listed yet | error Timed out waiting for the snapshot | 801 in_progress',
        'post exit 0 | ❓ VPS.org snapshot not listed | 801 not listed',
        'POST /snapshots/ 201',
        'left: 801 completed',
      ],
      says: ['accepted as 801 but never listed'],
      neverSays: [/801.* is kept/],
      took: [1800, 0],
    },
    'lists that cannot be read from the request on: nobody says what they would have shown': {
      faults: { ...LISTS, nth: 2, times: 9999, kind: 'status', status: 503 },
      main: { waitTimeout: 10 * MINUTE },
      outcome: [
        'main exit 1 | ❌ Timed out waiting for the snapshot | error Timed out waiting for the snapshot | 801 in_progress',
        'POST /snapshots/ 201',
        'left: 801 completed',
      ],
      says: ['snapshot 801 of web-server-01 (12345) (not seen in any list)', 'was answered with 503'],
      neverSays: [/never listed|not listed yet/],
    },
  });
});
