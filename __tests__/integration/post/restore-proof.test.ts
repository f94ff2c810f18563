import { describe, expect, test } from '@jest/globals';
import { restoreInputs } from '../harness/inputs.ts';
import { answeredWith, FAILED, own, RESTORE, RESTORE_REQUEST } from '../harness/samples.ts';
import { deployAndPost } from '../harness/scenario.ts';
import {
  markerOf,
  MINUTE,
  SERVER,
  START,
  type Switches,
  TestEnvironment,
  type TestEnvironmentOptions,
} from '../harness/test-environment.ts';

/** No more is said of a restore than was seen, and nothing is started while one may be writing. */

const SECOND = 1000;
const restoreCalls = (testEnv: TestEnvironment) =>
  testEnv.requests.filter(({ path }) => path.endsWith('/restore/'));
const startedAt = (testEnv: TestEnvironment) => testEnv.actualState.restores[0]?.startedAt ?? 0;

describe('the API answers 200 with the status "error" and does nothing', () => {
  test.each<[string, Partial<Switches>, number]>([
    ['nothing else touches the server: it is sent once more, and never confirmed', {}, 2],
    ['a monitoring agent touches updated_at: it is not sent again', { updated_at_touched: 30 }, 1],
  ])('%s', async (_, switches, sent) => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {
      switches: { restore_answer: 'error', ...switches },
    });
    expect(restoreCalls(testEnv)).toHaveLength(sent);
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toEqual(['error Restore requested, not confirmed']);
    expect(post.runner.visible()).not.toMatch(/was restored|restored: /);
  });

  test('the restore action is not green either', async () => {
    const testEnv = new TestEnvironment({
      snapshots: [own(1)],
      switches: { restore_answer: 'error', updated_at_touched: 30 },
    });
    const step = await testEnv.run({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['1'] }) });
    expect(step.exitCode).toBe(1);
    expect(step.runner.outputs.get('restored')).toBe('false');
  });

  test('a deploy that reboots the server meanwhile is no restore', async () => {
    const { testEnv, post } = await deployAndPost(
      RESTORE,
      FAILED,
      { switches: { restore_answer: 'error' } },
      (env) => env.api.addEvents([{ kind: 'restart', at: 10, seconds: 30 }]),
    );
    expect(restoreCalls(testEnv)).toHaveLength(1);
    expect(post.runner.titles()).toEqual(['error Restore requested, not confirmed']);
  });
});

test.each(['other_snapshot', 'other_server'] as const)(
  'the answer names an id that was not asked for (%s): an error of its own, never "restored"',
  async (restore_answer) => {
    const { post } = await deployAndPost(RESTORE, FAILED, {
      switches: { restore_answer },
      servers: [{ id: SERVER }, { id: 2 }],
    });
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toEqual(['error VPS.org restores something else']);
    expect(post.runner.annotations[0]?.text).toMatch(/VPS\.org says it restores/);
    expect(post.runner.visible()).not.toMatch(/was restored from|restored: /);
  },
);

describe('a restore that shows as `stopped` and never as `restoring`', () => {
  const HIDDEN: Partial<Switches> = {
    restoring_shown: 0,
    restoring_hidden_as: 'stopped',
    start_while_restoring: 'accepted',
    updated_at_touched: 30,
  };

  test('is not started while it writes, and confirmed when it ends active', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, { switches: HIDDEN });
    expect(testEnv.actualState.power).toEqual([]);
    expect(testEnv.actualState.restores.map(({ broken }) => broken)).toEqual([false]);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    // The deploy's own reboot looks alike: `active` has to stand for longer.
    const ended = testEnv.actualState.restores[0]?.endedAt ?? 0;
    expect(post.endedAt - (ended - START)).toBeGreaterThanOrEqual(90 * SECOND);
  });

  test.each([400, 880])(
    'of %i s that ends stopped is started after 15 minutes, not before',
    async (seconds) => {
      const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {
        switches: { ...HIDDEN, after_restore: 'stopped', restore_seconds: [seconds, seconds] },
      });
      const [start] = testEnv.actualState.power;
      expect(start?.action).toBe('start');
      expect((start?.at ?? 0) - startedAt(testEnv)).toBeGreaterThanOrEqual(15 * MINUTE - SECOND);
      expect(testEnv.actualState.restores.map(({ broken }) => broken)).toEqual([false]);
      expect(testEnv.actualState.servers[0]?.phase).toBe('active');
      expect(post.runner.titles()).toEqual(['error Rolled back']);
    },
  );

  test.each<[string, TestEnvironmentOptions]>([
    ['has no body', { switches: { restore_answer: 'empty' } }],
    [
      'does not say `restoring`',
      {
        faults: answeredWith(
          { status: 'success', snapshot: { id: 801 }, server: { id: 12_345 } },
          RESTORE_REQUEST,
        ),
      },
    ],
  ])('is never started where the answer %s: it is said loudly to be stopped', async (_, options) => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {
      ...options,
      switches: { ...HIDDEN, after_restore: 'stopped', ...options.switches },
    });
    expect(testEnv.actualState.power).toEqual([]);
    expect(post.runner.titles()).toEqual(['error Server stopped after the restore']);
    expect(post.runner.annotations[0]?.text).toMatch(/^\S+ \(12345\) is STOPPED after the rollback\./);
    expect(post.runner.annotations[0]?.text).toContain('If it was carried out: ');
    expect(post.runner.annotations[0]?.text).not.toContain(' is gone');
    expect(post.runner.annotations[0]?.text).toContain(`/servers/${SERVER}/power/`);
  });
});

describe('a 502 to the request, and the API takes it 70 s later', () => {
  const fault = { ...RESTORE_REQUEST, kind: 'status_early', status: 502, ms: 70 * SECOND };

  test.each<[string, Partial<Switches>, number]>([
    ['refuses a second restore meanwhile', {}, 1],
    [
      'lets the second one take the place of the first',
      { restore_while: ['active', 'stopped', 'restoring'] },
      2,
    ],
  ])('%s: nothing is said before all of it has ended', async (_, switches, restores) => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, { faults: fault, switches });
    const ended = testEnv.actualState.restores.map(({ endedAt }) => (endedAt ?? 0) - START);
    expect(restoreCalls(testEnv)).toHaveLength(2);
    expect(ended).toHaveLength(restores);
    expect(post.endedAt - Math.max(...ended)).toBeGreaterThanOrEqual(90 * SECOND);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(post.runner.visible()).toContain('two restores may be under way');
    expect(testEnv.api.contentOf(SERVER)).toBe('generation-0');
  });

  test('a newer marked snapshot between the two sends: it is not sent again', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, { faults: fault }, (env) =>
      env.api.addEvents([{ kind: 'snapshot', at: 30, name: 'theirs', description: markerOf() }]),
    );
    expect(restoreCalls(testEnv)).toHaveLength(1);
    expect(post.runner.visible()).toMatch(/REFUSED: a newer snapshot \(802/);
    // The first one was taken in the end, and is followed to its end.
    expect(post.runner.titles()).toEqual(['error Rolled back']);
  });
});

describe('after a restore', () => {
  test.each([8, 14])(
    'active for %i s and stopped then: started before it is called restored',
    async (late) => {
      const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {
        switches: { after_restore: 'stopped', after_restore_late: late },
      });
      expect(testEnv.powerActions()).toEqual(['start']);
      expect(testEnv.actualState.servers[0]?.phase).toBe('active');
      expect(post.runner.titles()).toEqual(['error Rolled back']);
      expect(post.runner.visible()).toContain('started by this step');
    },
  );

  test('nothing shows at all: said after two minutes, watched to the end of the budget, not confirmed', async () => {
    const { post } = await deployAndPost(RESTORE, FAILED, { switches: { restoring_late: 1_000_000 } });
    expect(post.runner.titles()).toEqual(['error Restore requested, not confirmed']);
    const said = post.runner.lines.find(({ text }) => text.includes('nothing shows that it has started'));
    expect((said?.at ?? 0) - post.startedAt).toBeGreaterThanOrEqual(2 * MINUTE);
    expect((said?.at ?? 0) - post.startedAt).toBeLessThan(2.1 * MINUTE);
    expect(post.endedAt - post.startedAt).toBeGreaterThanOrEqual(30 * MINUTE);
  });
});
