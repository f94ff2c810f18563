import { describe, expect, test } from '@jest/globals';
import { rootInputs } from '../harness/inputs.ts';
import { answeredWith, GET_SERVER } from '../harness/samples.ts';
import type { StepProcess } from '../harness/step-process.ts';
import { MINUTE, SERVER, START, type Switches, TestEnvironment } from '../harness/test-environment.ts';

/** Once a stop was sent, `active` alone proves nothing: the guest may take minutes, and a read may be stale. */

const SECOND = 1000;

/** Whether the server is up, and stays so for ten minutes more. */
async function isUpForGood(testEnv: TestEnvironment): Promise<boolean> {
  const phases: string[] = [];
  for (let minutes = 0; minutes < 10; minutes += 1) {
    phases.push(testEnv.actualState.servers[0]?.phase ?? '');
    await testEnv.pass(MINUTE);
  }
  return phases.every((phase) => phase === 'active');
}

function startMain(testEnv: TestEnvironment): StepProcess {
  return testEnv.start({ use: 'main', inputs: rootInputs({ stopServer: true }) });
}

describe('the stop was seen', () => {
  test('a stale `active` after the snapshot: a start is sent anyway', async () => {
    const testEnv = new TestEnvironment();
    const main = startMain(testEnv);
    await testEnv.pass(60 * SECOND);
    testEnv.addFaults(
      answeredWith(
        { id: 12_345, name: 'web-server-01', status: 'active' },
        { ...GET_SERVER, nth: 1, times: 2 },
      ),
    );
    await testEnv.clock.run(main.done);
    expect(main.exitCode).toBe(0);
    expect(testEnv.powerActions()).toEqual(['stop', 'start']);
    expect(await isUpForGood(testEnv)).toBe(true);
  });

  test('a fifth of all reads is a minute old, from before the stop: main is green, and the server is up', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const testEnv = new TestEnvironment({
        seed,
        switches: { snapshot_seconds: [10, 10], stale_share: 0.2, stale_seconds: 60 },
      });
      const main = startMain(testEnv);
      await testEnv.clock.run(main.done);
      expect(main.exitCode).toBe(0);
      // A start that was taken is under way, where two reads in a row were stale.
      await testEnv.pass(MINUTE);
      expect(await isUpForGood(testEnv)).toBe(true);
    }
  });
});

describe('the stop is accepted and takes effect late', () => {
  const LATE: readonly (readonly [string, Partial<Switches>])[] = [
    ['it begins after 70 s', { stop_delay: 70 }],
    ['it shows after 70 s', { power_late: 70 }],
    ['the guest takes 70 s and shows no transition', { power_seconds: [70, 70], power_transition: 'hidden' }],
  ];

  test.each(LATE)('%s: main waits for it, and ends with the server up', async (_, switches) => {
    const testEnv = new TestEnvironment({ switches });
    const main = startMain(testEnv);
    await testEnv.clock.run(main.done);
    expect(main.exitCode).toBe(0);
    expect(testEnv.actualState.snapshots[0]?.serverPhase).toBe('stopped');
    expect(await isUpForGood(testEnv)).toBe(true);
  });

  async function cutOff(
    switches: Partial<Switches>,
  ): Promise<{ testEnv: TestEnvironment; main: StepProcess }> {
    const testEnv = new TestEnvironment({ switches });
    const main = startMain(testEnv);
    await testEnv.pass(20 * SECOND);
    main.signal('SIGINT');
    await testEnv.clock.run(main.done);
    expect(main.runner.visible()).not.toMatch(/started again|is started/);
    return { testEnv, main };
  }

  test.each([
    ...LATE.map(([name, switches]) => [name, 'cancelled', switches] as const),
    ...LATE.map(([name, switches]) => [name, 'failure', switches] as const),
    ['it begins after 6 minutes', 'failure', { stop_delay: 355 }] as const,
  ])(
    '%s, main is cut off before, and the job is "%s": post does not take `active` for the end',
    async (_, jobStatus, switches) => {
      const { testEnv, main } = await cutOff(switches);
      const post = await testEnv.post(main, { jobStatus });
      expect(post.exitCode).toBe(0);
      expect(await isUpForGood(testEnv)).toBe(true);
    },
  );

  test('it begins after 6 minutes, and post has the four of a cancelled job: red, and nobody says that all is well', async () => {
    const { testEnv, main } = await cutOff({ stop_delay: 355 });
    const post = await testEnv.post(main, { jobStatus: 'cancelled' });
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toEqual(['error Server not started']);
    expect(post.runner.visible()).toContain('the stop that this step requested may still take effect');
    expect(post.runner.visible()).toMatch(/^curl .*'{"action":"start"}' .*\/servers\/12345\/power\/$/m);
  });

  test('it begins after 6 minutes, and main waits: red without a snapshot, and the server up for good', async () => {
    const testEnv = new TestEnvironment({ switches: { stop_delay: 355 } });
    const main = startMain(testEnv);
    await testEnv.clock.run(main.done);
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error Server not stopped']);
    expect(testEnv.actualState.snapshots).toEqual([]);
    expect(await isUpForGood(testEnv)).toBe(true);
  });

  test('it never comes: confirmed by `active` for a minute, and not before 6 minutes after the stop', async () => {
    const testEnv = new TestEnvironment({ switches: { power_ignored: ['stop'] } });
    const main = startMain(testEnv);
    await testEnv.clock.run(main.done);
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error Server not stopped']);
    const stoppedAt = (testEnv.actualState.power[0]?.at ?? 0) - START;
    expect(main.endedAt - stoppedAt).toBeGreaterThanOrEqual(6 * MINUTE);
    expect(main.endedAt - stoppedAt).toBeLessThan(7 * MINUTE);
    const post = await testEnv.post(main, { jobStatus: 'failure' });
    expect(post.exitCode).toBe(0);
  });
});

describe('a word that nobody knows', () => {
  test('`off` for stopped: it gets a start, by main and by a post step after a kill', async () => {
    for (const isKilled of [false, true]) {
      const testEnv = new TestEnvironment({ switches: { word_stopped: 'off' } });
      const main = startMain(testEnv);
      if (isKilled) {
        await testEnv.pass(MINUTE);
        main.signal('SIGKILL');
      }
      await testEnv.clock.run(main.done);
      const post = await testEnv.post(main, { jobStatus: 'failure' });
      expect([main.exitCode, post.exitCode]).toEqual([1, 0]);
      expect(testEnv.powerActions()).toContain('start');
      expect(await isUpForGood(testEnv)).toBe(true);
    }
  });

  test('nothing is said to be started that was not: no start is taken of a stopping server', async () => {
    const testEnv = new TestEnvironment({ switches: { power_seconds: [3600, 3600] } });
    const main = startMain(testEnv);
    await testEnv.clock.run(main.done);
    expect(main.runner.titles()).toEqual(['error Server not started', 'error Server not stopped']);
    expect(main.runner.visible()).toContain('no start was accepted');
    expect(main.runner.visible()).not.toMatch(/is started again/);
    expect(testEnv.api.contentOf(SERVER)).toBe('generation-0');
  });
});
