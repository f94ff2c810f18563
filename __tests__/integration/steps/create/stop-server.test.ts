import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf } from '../../../dist/harness/annotations.ts';
import { withoutStatus } from '../../../dist/harness/faults.ts';
import { runJob } from '../harness/job.ts';
import {
  openTestEnvironment,
  type ServerPhase,
  type ServerSeed,
  type TestEnvironmentOptions,
} from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345';
const READ = 'GET /servers/12345/';
const POWER = 'POST /servers/12345/power/';
const CREATE = 'POST /snapshots/';
const INPUTS = { stop_server: 'true' };

interface Outcome {
  readonly main: ActionResult;
  readonly phase: ServerPhase | undefined;
  readonly actions: readonly string[];
  readonly made: number;
  /** What the server was doing when the snapshot was taken. */
  readonly takenFrom: ServerPhase | undefined;
}

async function run(options: TestEnvironmentOptions = {}, faults: unknown = []): Promise<Outcome> {
  await using testEnv = await openTestEnvironment({ secondsPerAnswer: 100, ...options });
  testEnv.addFaults(faults);
  const main = await runAction(testEnv, 'main', { inputs: INPUTS });
  const { servers, power, snapshots } = testEnv.actualState();
  return {
    main,
    phase: servers[0]?.phase,
    actions: power.filter(({ accepted }) => accepted).map(({ action }) => action),
    made: snapshots.length,
    takenFrom: snapshots[0]?.serverPhase,
  };
}

const server = (status: 'active' | 'stopped' | 'suspended'): ServerSeed[] => [
  { id: 12345, name: 'web-server-01', status },
];

const AROUND: Omit<Outcome, 'main'> = {
  phase: 'active',
  actions: ['stop', 'start'],
  made: 1,
  takenFrom: 'stopped',
};

describe('stop, snapshot, start', () => {
  test.concurrent('the server is stopped for the snapshot, and active again at the end', async () => {
    const { main, ...outcome } = await run({ switches: { power_answer: 'empty' } });

    expect(main).toMatchObject({ code: 0, annotations: [] });
    expect(withoutStatus(main.requests)).toEqual([READ, LIST, POWER, READ, CREATE, READ, LIST, POWER, READ]);
    expect(outcome).toEqual(AROUND);
  });

  test.concurrent('a server that was stopped stays stopped: neither stopped nor started', async () => {
    const { main, ...outcome } = await run({ servers: server('stopped') });

    expect(main.code).toBe(0);
    expect(withoutStatus(main.requests)).toEqual([READ, LIST, CREATE, LIST]);
    expect(outcome).toEqual({ phase: 'stopped', actions: [], made: 1, takenFrom: 'stopped' });
  });

  test.concurrent('a server in any other state is refused before the snapshot', async () => {
    const { main, ...outcome } = await run({ servers: server('suspended') });

    expect(main.code).toBe(1);
    expect(withoutStatus(main.requests)).toEqual([READ, LIST]);
    expect(textOf(main, 'Server not stopped')).toContain("'suspended'");
    expect(outcome).toMatchObject({ actions: [], made: 0 });
  });

  test.concurrent('a token that may not stop servers: a clear error, and post sends no request', async () => {
    await using testEnv = await openTestEnvironment({
      switches: { permissions: ['snapshots:read', 'snapshots:write', 'servers:read'] },
    });
    const { main, post } = await runJob(testEnv, { inputs: INPUTS });

    expect(main.code).toBe(1);
    expect(withoutStatus(main.requests)).toEqual([READ, LIST, POWER, 'GET /account/me/']);
    expect(textOf(main, 'Server not stopped')).toMatch(/12345.*has the permissions snapshots:read/s);
    expect(post).toMatchObject({ code: 0, requests: [] });
    expect(testEnv.actualState()).toMatchObject({ snapshots: [], servers: [{ phase: 'active' }] });
  });
});

describe('the server is active in the end', () => {
  test.concurrent('although the snapshot failed', async () => {
    const { main, ...outcome } = await run({ switches: { fail_next: 1 } });

    expect(main.code).toBe(1);
    expect(outcome).toEqual(AROUND);
  });

  test.concurrent('although each request for its power state meets a fault', async () => {
    const { main, ...outcome } = await run({}, [
      { kind: 'reset_after', path: '/servers/*/power/', nth: 1 },
      { kind: 'status', status: 404, path: '/servers/12345/', nth: 3 },
      { kind: 'status', status: 403, path: '/servers/*/power/', nth: 2, times: 2 },
      { kind: 'reset_before', path: '/servers/*/power/', nth: 4 },
      { kind: 'wrong_json', path: '/servers/12345/', nth: 6 },
      { kind: 'status', status: 401, path: '/servers/12345/', nth: 8 },
    ]);

    expect(main.code).toBe(0);
    expect(outcome).toEqual(AROUND);
  });

  test.concurrent('although a stale answer says after the snapshot that it is', async () => {
    const stale = { id: 12345, name: 'web-server-01', status: 'active' };
    // Reads for the plan, before the stop and after it come before the first one after the snapshot.
    const { main, ...outcome } = await run({}, [
      { kind: 'wrong_json', body: stale, path: '/servers/12345/', nth: 4 },
    ]);

    expect(main.code).toBe(0);
    expect(outcome).toEqual(AROUND);
    expect(main.stdout).toMatch(/starting the server.*the server is active/s);
  });
});
