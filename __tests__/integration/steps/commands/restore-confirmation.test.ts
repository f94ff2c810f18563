import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../../../dist/harness/annotations.ts';
import { own } from '../../../dist/harness/snapshots.ts';
import {
  openTestEnvironment,
  type ServerPhase,
  type TestEnvironment,
  type TestEnvironmentOptions,
} from '../harness/test-environment.ts';

const SERVER = 'GET /servers/12345/ 200';
const RESTORE = 'POST /snapshots/501/restore/ 200';
const POWER = 'POST /servers/12345/power/ 200';
const CHECKED = [SERVER, 'GET /snapshots/ 200', 'GET /snapshots/?server_id=12345 200'];

interface Options {
  readonly testEnv?: TestEnvironmentOptions;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly faults?: unknown;
  /** What else happens. */
  readonly events?: (testEnv: TestEnvironment) => void;
}

interface Outcome {
  readonly result: ActionResult;
  /** The words that the log has of the server, one after another. */
  readonly words: readonly string[];
  readonly accepted: number;
  readonly phase: ServerPhase | undefined;
}

/** Post requests and follows a restore with the same code; this action needs no main step before it. */
async function restore({ testEnv: options, inputs, faults = [], events }: Options = {}): Promise<Outcome> {
  await using testEnv = await openTestEnvironment({
    snapshots: [own(1, { content: 'as it was' })],
    ...options,
  });
  testEnv.addFaults(faults);
  events?.(testEnv);
  const result = await runAction(testEnv, 'restore', { inputs: { snapshot_id: '501', ...inputs } });
  const { restores, servers } = testEnv.actualState();
  // Reported only of a restore that has ended.
  expect(result.code === 0 && restores.at(-1)?.endedAt === null).toBe(false);
  const words = [...result.stdout.matchAll(/server is '(\w+)'/g)].map(([, word = '']) => word);
  return { result, words, accepted: restores.length, phase: servers[0]?.phase };
}

const RESTORED = ['notice: Restored'];
const UNCONFIRMED = ['error: Restore requested, not confirmed'];

describe('"restored" is reported only after the restore was seen to start and to end', () => {
  test.concurrent('active right after the request is not a restored server', async () => {
    const switches = { restoring_late: 180, restore_seconds: [600, 600] } as const;
    const { result, words } = await restore({ testEnv: { switches } });

    expect(words).toEqual(['active', 'restoring', 'active']);
    expect(titlesOf(result)).toEqual(RESTORED);
  });

  test.concurrent('one stale read that says active, while the restore goes on, is not its end', async () => {
    const stale = { id: 12345, name: 'web-server-01', status: 'active', updated_at: '2026-01-10T12:30:00Z' };
    // The first read is before the request.
    const faults = { kind: 'wrong_json', body: stale, path: '/servers/12345/', nth: 3 };
    const { result, words } = await restore({ faults });

    expect(words).toEqual(['restoring', 'active', 'restoring', 'active']);
    expect(titlesOf(result)).toEqual(RESTORED);
  });

  test.concurrent('active all the time, and only updated_at changes: requested, not confirmed', async () => {
    const switches = { restoring_late: 1e6, restoring_late_updated_at: 'changed' } as const;
    const { result, accepted } = await restore({
      testEnv: { switches },
      // Nothing shows it for two minutes, which are four seconds here, and it is watched on.
      inputs: { restore_timeout: '5s' },
    });

    expect(titlesOf(result)).toEqual(UNCONFIRMED);
    expect(textOf(result, 'Restore requested, not confirmed')).toMatch(
      /nothing shows that the restore has started; restore_timeout \(5s\) exceeded/,
    );
    expect(result.stdout).toContain('nothing shows that it has started; still watching');
    expect(result).toMatchObject({ code: 1, requests: [...CHECKED, RESTORE, SERVER] });
    expect(accepted).toBe(1);
  });

  test.concurrent('the answer names another server and snapshot: never called restored', async () => {
    const body = {
      status: 'success',
      snapshot: { id: 666 },
      server: { id: 7, name: 'db-01', status: 'restoring' },
    };
    const { result, accepted } = await restore({
      faults: { kind: 'wrong_json', body, method: 'POST', path: '/snapshots/*/restore/' },
    });

    expect(titlesOf(result)).toEqual(['error: VPS.org restores something else']);
    expect(textOf(result, 'VPS.org restores something else')).toContain(
      'VPS.org says it restores snapshot 666 of server 7, which is not what was requested',
    );
    expect(result.outputs['restored']).toBe('false');
    expect(accepted).toBe(1);
  });

  test.concurrent(
    'a 200 that says "error", and an agent that touches updated_at: requested, not confirmed',
    async () => {
      const { result, accepted } = await restore({
        testEnv: { switches: { word_restarting: 'active' } },
        inputs: { restore_timeout: '4s' },
        faults: { kind: 'status', status: 200, body: { status: 'error' }, method: 'POST' },
        events: (testEnv) =>
          testEnv.before(
            (_request, nth) => nth === 5,
            () => testEnv.request('POST', '/servers/12345/power/', '{"action":"restart"}'),
          ),
      });

      expect(titlesOf(result)).toEqual(UNCONFIRMED);
      expect(result.stdout).toContain("the API answered with the status 'error'");
      // What happened may be the restore, so that it is not requested once more.
      expect(result.requests.filter((line) => line.startsWith('POST'))).toHaveLength(1);
      expect(accepted).toBe(0);
    },
  );
});

test.concurrent(
  'stopped while it is restored, and never restoring: nothing is started under the restore',
  async () => {
    await using testEnv = await openTestEnvironment({
      snapshots: [own(1, { content: 'as it was' })],
      secondsPerAnswer: 1,
      switches: {
        restoring_shown: 0,
        restoring_hidden_as: 'stopped',
        restoring_late_updated_at: 'changed',
        restore_seconds: [400, 400],
      },
    });
    // Longer than the two minutes after which nothing is known to have started, which are 4 s here.
    const result = await runAction(testEnv, 'restore', {
      inputs: { snapshot_id: '501', restore_timeout: '6s' },
    });

    expect(testEnv.actualState()).toMatchObject({ restores: [{ endedAt: null }], power: [] });
    expect(titlesOf(result)).toEqual(['error: Server stopped after the restore']);
    expect(textOf(result, 'Server stopped after the restore')).toContain('STOPPED');
  },
);

describe('how the server ends', () => {
  test.concurrent('stopped: it is started', async () => {
    const { result, phase } = await restore({ testEnv: { switches: { after_restore: 'stopped' } } });

    expect(result.requests).toEqual([...CHECKED, RESTORE, SERVER, POWER, SERVER]);
    expect(titlesOf(result)).toEqual(RESTORED);
    expect(JSON.parse(result.outputs['restores'] ?? '')).toMatchObject([
      { confirmed: true, started: true, server_status: 'active' },
    ]);
    expect(phase).toBe('active');
  });

  test.concurrent(
    'stopped, a moment after it was active: not called restored before it is up again',
    async () => {
      const { result, words, phase } = await restore({
        events: (testEnv) =>
          testEnv.before(
            // Three reads before the request, it, and five while it is restored; the second that says active.
            (_request, nth) => nth === 11,
            () => testEnv.request('POST', '/servers/12345/power/', '{"action":"stop"}'),
          ),
      });

      expect(words).toEqual(['restoring', 'active', 'stopping', 'stopped']);
      expect(result.requests.filter((line) => line === POWER)).toHaveLength(1);
      expect(titlesOf(result)).toEqual(RESTORED);
      expect(phase).toBe('active');
    },
  );

  test.concurrent('stopped, and the token may not start it: said first, to be started by hand', async () => {
    const permissions = ['snapshots:read', 'snapshots:write', 'servers:read'];
    const { result, phase } = await restore({
      testEnv: { switches: { after_restore: 'stopped', permissions } },
      inputs: { restore_timeout: '3s' },
    });

    expect(titlesOf(result)).toEqual([
      'warning: Server not started yet',
      'error: Server stopped after the restore',
    ]);
    expect(textOf(result, 'Server stopped after the restore')).toMatch(
      /^web-server-01 \(12345\) is STOPPED after the restore\..*start/is,
    );
    expect(result.summary).toContain('STOPPED after the restore');
    expect(phase).toBe('stopped');
  });

  test.concurrent('in error: not confirmed, and not waited for', async () => {
    const { result } = await restore({ testEnv: { switches: { after_restore: 'error' } } });

    expect(titlesOf(result)).toEqual(UNCONFIRMED);
    expect(textOf(result, 'Restore requested, not confirmed')).toContain("'error'");
  });

  test.concurrent(
    'another word than restoring, which was not there before: its beginning as well',
    async () => {
      const { result, words } = await restore({ testEnv: { switches: { word_restoring: 'rebuilding' } } });

      expect(words).toEqual(['rebuilding', 'active']);
      expect(titlesOf(result)).toEqual(RESTORED);
    },
  );
});

test.concurrent('a token that may not read servers: requested, not confirmed, red', async () => {
  const { result, accepted } = await restore({
    testEnv: { switches: { permissions: ['snapshots:read', 'snapshots:write'] } },
  });

  expect(titlesOf(result)).toContain('warning: Server cannot be read');
  expect(titlesOf(result)).toContain(UNCONFIRMED[0]);
  expect(result.code).toBe(1);
  expect(accepted).toBe(1);
});
