import { describe, expect, test } from '@jest/globals';
import { rootInputs, waitInputs } from '../harness/inputs.ts';
import type { StepProcess } from '../harness/step-process.ts';
import { MINUTE, SERVER, Stage, takes } from '../harness/test-environment.ts';

describe('an end that is no success', () => {
  test.each(['failed', 'error', 'errored', 'cancelled', 'canceled', 'deleted', 'FAILED', 'Error'])(
    '"%s" is a failure, told in the words of the API',
    async (word) => {
      const stage = new Stage({ switches: { fail_next: 1, word_failed: word } });
      const main = await stage.main();
      expect(main.exitCode).toBe(1);
      expect(main.runner.titles()).toEqual(['error Snapshot failed']);
      expect(main.runner.annotations[0]?.text).toContain(`'${word.toLowerCase()}'`);
    },
  );

  test.each(['completed', 'Completed', 'COMPLETED'])('"%s" is success', async (word) => {
    const stage = new Stage({ switches: { word_completed: word } });
    expect((await stage.main()).exitCode).toBe(0);
  });

  test('a word that nobody knows is progress until the time-out, which deletes nothing', async () => {
    const stage = new Stage({ switches: { word_completed: 'archived' } });
    const main = await stage.main({ waitTimeout: 8 * MINUTE });
    expect(main.exitCode).toBe(1);
    const [error] = main.runner.annotations;
    expect(error?.text).toContain("'archived'");
    expect(error?.text).toMatch(/\b801\b/);
    await stage.post(main, { jobStatus: 'failure' });
    expect(stage.existing()).toHaveLength(1);
  });

  test('gone: missing from complete lists for 30 s after it was seen', async () => {
    const stage = new Stage({ switches: takes(600) });
    const main = stage.start({ use: 'main', inputs: rootInputs() });
    await stage.pass(2 * MINUTE);
    stage.machine.handle({
      method: 'DELETE',
      path: '/api/v1/snapshots/801/',
      headers: { authorization: 'Bearer vps_demo_token' },
      body: '',
    });
    await stage.clock.run(main.done);
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error Snapshot gone']);
    expect(main.endedAt).toBeGreaterThan(2 * MINUTE + 27_000);
    expect(main.endedAt).toBeLessThan(2 * MINUTE + 50_000);
  });

  test('gone from some lists and back again is no failure', async () => {
    const stage = new Stage({
      switches: takes(300),
      faults: { method: 'GET', path: '/snapshots/', nth: 5, times: 9, kind: 'wrong_json', body: [] },
    });
    expect((await stage.main()).exitCode).toBe(0);
  });

  test.each([
    ['listed after 1:50', 110, 0],
    ['listed after 2:30', 150, 1],
  ])('never seen in a list, %s', async (_, seconds, code) => {
    const stage = new Stage({ switches: { ...takes(300), listed_late: seconds } });
    const main = await stage.main();
    expect(main.exitCode).toBe(code);
    expect(main.runner.titles()).toEqual(code === 0 ? [] : ['error Snapshot never listed']);
    expect(main.runner.visible()).toMatch(/\b801\b/);
  });
});

describe('wait_timeout', () => {
  test.each([
    ['completed well before', 590, 0],
    ['completed just before its last look', 599.9, 0],
    ['completed just after it', 600.2, 1],
  ])('of 10 minutes, %s', async (_, seconds, code) => {
    const stage = new Stage({ switches: takes(seconds) });
    const main = await stage.main({ waitTimeout: 10 * MINUTE });
    expect(main.exitCode).toBe(code);
    expect(main.endedAt).toBeLessThan(10 * MINUTE + 1000);
  });

  test('says how to go on, and the wait action does', async () => {
    const stage = new Stage({ switches: takes(900) });
    const main = await stage.main({ waitTimeout: 5 * MINUTE });
    expect(main.runner.annotations[0]?.text).toContain('801');
    const wait = await stage.run({ use: 'wait', inputs: waitInputs({ snapshotIds: ['801'] }) });
    expect(wait.exitCode).toBe(0);
    expect(wait.endedAt).toBeGreaterThan(900_000);
  });
});

describe('the wait action', () => {
  async function waitFor(stage: Stage, main: StepProcess): Promise<StepProcess> {
    const snapshotIds = [main.runner.outputs.get('snapshot_id') ?? ''];
    return await stage.run({ use: 'wait', inputs: waitInputs({ snapshotIds }) });
  }

  test('lets post restore what main did not wait for', async () => {
    const stage = new Stage();
    const main = await stage.main({ wait: false, onFailure: 'restore' });
    const wait = await waitFor(stage, main);
    expect(wait.exitCode).toBe(0);
    expect(wait.runner.outputs.get('snapshot_status')).toBe('completed');
    expect(wait.runner.outputs.has('created')).toBe(false);
    stage.machine.deploy(SERVER);
    const post = await stage.post(main, { jobStatus: 'failure' });
    expect(post.runner.titles()).toContain('error Rolled back');
  });

  test('without it post restores nothing: the snapshot may hold half of a deploy', async () => {
    const stage = new Stage();
    const main = await stage.main({ wait: false, onFailure: 'restore' });
    await stage.pass(10 * MINUTE);
    stage.machine.deploy(SERVER);
    const post = await stage.post(main, { jobStatus: 'failure' });
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toContain('error Not restored');
    expect(stage.truth.restores).toEqual([]);
  });

  test.each([
    ['failed', { switches: { fail_next: 1 } }],
    ['timed out', { switches: takes(2000) }],
  ])('that ends red (%s) leaves no evidence', async (_, options) => {
    const stage = new Stage(options);
    const main = await stage.main({ wait: false, onFailure: 'restore' });
    expect((await waitFor(stage, main)).exitCode).toBe(1);
    expect(stage.completionProofs.ids).toEqual(new Set());
  });

  test('an id that no list shows is red after two minutes', async () => {
    const stage = new Stage();
    const wait = await stage.run({ use: 'wait', inputs: waitInputs({ snapshotIds: ['4711'] }) });
    expect(wait.exitCode).toBe(1);
    expect(wait.endedAt).toBeLessThan(2.5 * MINUTE);
  });
});
