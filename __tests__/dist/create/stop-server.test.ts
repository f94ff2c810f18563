import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { type FaultCase, FEW_FAULTS, withoutStatus } from '../harness/faults.ts';
import { runJob } from '../harness/job.ts';
import { openTestEnvironment, type ServerPhase, type ServerSeed, type TestEnvironmentOptions } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345';
const READ = 'GET /servers/12345/';
const POWER = 'POST /servers/12345/power/';
const INPUTS = { stop_server: 'true' };

interface Outcome {
  readonly main: ActionResult;
  readonly phase: ServerPhase | undefined;
  readonly actions: readonly string[];
  readonly made: number;
  /** What the server was doing when the snapshot was taken. */
  readonly takenFrom: ServerPhase | undefined;
}

async function run(options: TestEnvironmentOptions = {}, faults?: unknown): Promise<Outcome> {
  await using testEnv = await openTestEnvironment({ secondsPerAnswer: 100, ...options });
  if (faults !== undefined) testEnv.addFaults(faults);
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

describe('stop, snapshot, start', () => {
  test.concurrent('the server is stopped for the snapshot, and active again at the end', async () => {
    const { main, ...outcome } = await run();

    expect(main).toMatchObject({ code: 0, annotations: [] });
    expect(withoutStatus(main.requests)).toEqual([
      LIST,
      READ,
      POWER,
      READ,
      'POST /snapshots/',
      LIST,
      READ,
      POWER,
      READ,
    ]);
    expect(outcome).toEqual({ phase: 'active', actions: ['stop', 'start'], made: 1, takenFrom: 'stopped' });
  });

  test.concurrent('a server that was stopped stays stopped: neither stopped nor started', async () => {
    const { main, ...outcome } = await run({ servers: server('stopped') });

    expect(main.code).toBe(0);
    expect(withoutStatus(main.requests)).toEqual([LIST, READ, 'POST /snapshots/', LIST]);
    expect(outcome).toEqual({ phase: 'stopped', actions: [], made: 1, takenFrom: 'stopped' });
  });

  test.concurrent('a server in any other state is refused before the snapshot', async () => {
    const { main, ...outcome } = await run({ servers: server('suspended') });

    expect(main.code).toBe(1);
    expect(withoutStatus(main.requests)).toEqual([LIST, READ]);
    expect(textOf(main, 'Server not stopped')).toContain("'suspended'");
    expect(outcome).toMatchObject({ actions: [], made: 0 });
  });

  test.concurrent.each([
    {
      name: 'a token that may not stop servers',
      switches: { permissions: ['snapshots:read', 'snapshots:write', 'servers:read'] },
      requests: [LIST, READ, POWER],
      says: 'permission',
    },
    {
      name: 'a token that may not read servers',
      switches: { permissions: ['snapshots:read', 'snapshots:write'] },
      requests: [LIST, READ],
      says: 'permission',
    },
    {
      name: 'an API without that call',
      switches: { power: 'absent' },
      requests: [LIST, READ, POWER],
      says: "'stop_server: false'",
    },
  ] as const)(
    '$name: a clear error before the snapshot, and post sends no request',
    async ({ switches, requests, says }) => {
      await using testEnv = await openTestEnvironment({ switches });
      const { main, post } = await runJob(testEnv, { inputs: INPUTS });

      expect(main.code).toBe(1);
      expect(withoutStatus(main.requests)).toEqual(requests);
      expect(textOf(main, 'Server not stopped')).toContain(says);
      expect(textOf(main, 'Server not stopped')).toContain('12345');
      expect(post).toMatchObject({ code: 0, requests: [] });
      expect(testEnv.actualState()).toMatchObject({ snapshots: [], servers: [{ phase: 'active' }] });
    },
  );

  test.concurrent('never hard_stop, whatever the server does', async () => {
    const { main, phase, made } = await run({
      secondsPerAnswer: 400,
      switches: { power_seconds: [200, 200] },
    });

    expect(main.code).toBe(0);
    expect({ phase, made }).toEqual({ phase: 'active', made: 1 });
    expect(main.stdout).not.toContain('hard_stop');
  });

  test.concurrent.each(['message', 'server', 'empty'] as const)(
    'the power call answers with: %s',
    async (form) => {
      const { main, phase } = await run({ switches: { power_answer: form } });

      expect({ code: main.code, phase }).toEqual({ code: 0, phase: 'active' });
    },
  );
});

describe('the snapshot fails: the server is started anyway', () => {
  test.concurrent.each([
    { name: 'it failed', options: { switches: { fail_next: 1 } }, made: 1 },
    {
      name: 'the create request is refused',
      faults: { kind: 'status', status: 403, path: '/snapshots/', method: 'POST' },
      made: 0,
    },
    {
      name: 'the create request never succeeds',
      faults: { kind: 'status', status: 500, path: '/snapshots/', method: 'POST' },
      made: 0,
    },
    {
      name: 'the polls are refused',
      faults: { kind: 'status', status: 401, path: '/snapshots/', method: 'GET', nth: 2, times: 99 },
      made: 1,
    },
  ] as const)(
    '$name',
    async ({
      options = {},
      faults,
      made,
    }: {
      options?: TestEnvironmentOptions;
      faults?: unknown;
      made: number;
    }) => {
      const { main, phase, actions, ...outcome } = await run(options, faults);

      expect(main.code).toBe(1);
      expect({ phase, actions, made: outcome.made }).toEqual({
        phase: 'active',
        actions: ['stop', 'start'],
        made,
      });
    },
  );

  test.concurrent(
    'wait_timeout exceeded: started by main, and post finds nothing left to start',
    async () => {
      await using testEnv = await openTestEnvironment({
        secondsPerAnswer: 100,
        switches: { snapshot_seconds: [1e6, 1e6] },
      });
      const { main, post } = await runJob(testEnv, { inputs: { ...INPUTS, wait_timeout: '2s' } });

      expect(titlesOf(main)).toEqual(['error: Snapshot not complete in time']);
      expect(post).toMatchObject({ code: 0, requests: [`${LIST} 200`] });
      expect(testEnv.actualState().servers).toMatchObject([{ phase: 'active' }]);
    },
  );
});

describe('main could not start the server', () => {
  const REFUSED = { kind: 'status', status: 403, body: { detail: 'No.' }, path: '/servers/*/power/' };
  const BUSY = { kind: 'status', status: 400, body: { detail: 'Busy.' }, path: '/servers/*/power/' };

  test.concurrent(
    'red, to be started by hand; post tries again, and after a temporary refusal once more',
    async () => {
      await using testEnv = await openTestEnvironment({ secondsPerAnswer: 100 });
      testEnv.addFaults({ ...REFUSED, nth: 2, times: 2 });
      const { main, post } = await runJob(testEnv, {
        inputs: INPUTS,
        between() {
          testEnv.clearFaults();
          testEnv.addFaults({ ...BUSY, nth: 1, times: 2 });
        },
      });

      expect(main.code).toBe(1);
      expect(textOf(main, 'Server not started')).toMatch(/12345.*START IT BY HAND/s);
      expect(main.outputs).toMatchObject({ snapshot_id: '801', snapshot_status: 'completed' });
      expect(post).toMatchObject({ code: 0, annotations: [] });
      expect(post.requests.filter((line) => line.startsWith('POST'))).toEqual([
        `${POWER} status 400`,
        `${POWER} status 400`,
        `${POWER} 200`,
      ]);
      expect(testEnv.actualState().servers).toMatchObject([{ phase: 'active' }]);
    },
  );

  test.concurrent('nor could post: red, to be started by hand', async () => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 100 });
    testEnv.addFaults({ ...REFUSED, nth: 2, times: 99 });
    const { post } = await runJob(testEnv, { inputs: INPUTS });

    expect(post.code).toBe(1);
    expect(textOf(post, 'Server not started')).toMatch(/12345.*START IT BY HAND/s);
    expect(testEnv.actualState().servers).toMatchObject([{ phase: 'stopped' }]);
  });
});

describe('a fault at a request for the power state: the server is active in the end', () => {
  const PLACES = [
    { at: 'the first read', where: { path: '/servers/12345/', method: 'GET', nth: 1 } },
    { at: 'the stop request', where: { path: '/servers/*/power/', nth: 1 } },
    { at: 'a read of the stopping server', where: { path: '/servers/12345/', method: 'GET', nth: 2 } },
    { at: 'the start request', where: { path: '/servers/*/power/', nth: 2 } },
    { at: 'a read of the starting server', where: { path: '/servers/12345/', method: 'GET', nth: 4 } },
  ];
  // A stop request that got lost is waited for during five real minutes: tested where time is virtual.
  const isLostStop = (at: string, { acts, answer }: FaultCase): boolean =>
    at === 'the stop request' && !acts && (answer === 'lost' || answer === 'unusable');
  const cells = PLACES.flatMap((place) =>
    FEW_FAULTS.filter((fault) => !isLostStop(place.at, fault)).map((fault) => ({ ...place, ...fault })),
  );

  test.concurrent.each(cells)('$at: $name', async ({ where, fault }) => {
    await using testEnv = await openTestEnvironment({ secondsPerAnswer: 100 });
    testEnv.addFaults({ ...fault, ...where });
    const { main, post } = await runJob(testEnv, { inputs: INPUTS });
    const { servers, snapshots, power } = testEnv.actualState();

    expect(servers).toMatchObject([{ phase: 'active' }]);
    expect(power.map(({ action }) => action)).not.toContain('hard_stop');
    const completed = snapshots.filter(({ phase }) => phase === 'completed').length;
    expect(main.code === 0 && completed === 0).toBe(false);
    for (const { id } of snapshots) expect(main.stdout + post.stdout).toContain(id);
    // Nothing is left for people to do.
    expect(post.code).toBe(0);
  });
});
