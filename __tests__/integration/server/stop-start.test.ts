import { describe, expect, test } from '@jest/globals';
import type { Switches } from '../../../simulator/switches.ts';
import { SERVER, Stage, type StageOptions } from '../harness/test-environment.ts';

const MINUTE = 60_000;
const POWER = `/servers/*/power/`;

function actions(stage: Stage): string[] {
  return stage.truth.power.filter(({ accepted }) => accepted).map(({ action }) => action);
}

test('stops the server, takes the snapshot of the stopped server, and starts it', async () => {
  const stage = new Stage();
  const main = await stage.main({ stopServer: true });
  expect(main.exitCode).toBe(0);
  expect(actions(stage)).toEqual(['stop', 'start']);
  expect(stage.truth.snapshots[0]?.serverPhase).toBe('stopped');
  expect(stage.truth.servers[0]?.phase).toBe('active');
});

test('a server that was stopped is neither stopped nor started', async () => {
  const stage = new Stage({ servers: [{ id: SERVER, status: 'stopped' }] });
  const main = await stage.main({ stopServer: true });
  expect(main.exitCode).toBe(0);
  expect(stage.truth.power).toEqual([]);
  expect(stage.truth.servers[0]?.phase).toBe('stopped');
});

describe('no snapshot, and a clear error', () => {
  test.each<[string, Partial<Switches>, StageOptions?]>([
    ['the server is suspended', {}, { servers: [{ id: SERVER, status: 'suspended' }] }],
    ['the API has no such call', { power: 'absent' }],
    ['the token may not', { permissions: ['snapshots:read', 'snapshots:write', 'servers:read'] }],
    ['the token may not even read', { permissions: ['snapshots:read', 'snapshots:write'] }],
    ['the server does not stop in 5 minutes', { power_seconds: [3600, 3600] }],
  ])('%s', async (_, switches, options = {}) => {
    const stage = new Stage({ ...options, switches });
    const main = await stage.main({ stopServer: true });
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toContain('error Server not stopped');
    expect(stage.truth.snapshots).toEqual([]);
    expect(stage.calls()).not.toContain('POST /snapshots/');
  });
});

test('a start that fails while another snapshot is awaited, and works at the end, is no failure', async () => {
  const stage = new Stage({
    switches: { power_seconds: [5, 5] },
    // One look before the stop, two while it stops, and this one before the start.
    faults: { method: 'GET', path: '/servers/*/', nth: 4, kind: 'redirect' },
  });
  const main = await stage.main({ stopServer: true });
  expect(main.exitCode).toBe(0);
  expect(main.runner.titles()).toEqual([]);
  expect(main.runner.visible()).toContain('the server is not started yet');
  expect(stage.truth.servers[0]?.phase).toBe('active');
});

describe('a server that cannot be read any more is asked to start all the same', () => {
  test.each<[string, StageOptions]>([
    [
      'after the stop was confirmed',
      { faults: { method: 'GET', path: '/servers/*/', nth: 4, times: 99, kind: 'status', status: 403 } },
    ],
    [
      'while it stops',
      { faults: { method: 'GET', path: '/servers/*/', nth: 2, times: 99, kind: 'status', status: 404 } },
    ],
  ])('%s', async (_, options) => {
    const stage = new Stage({ ...options, switches: { power_seconds: [5, 5] } });
    const main = await stage.main({ stopServer: true });
    await stage.pass(MINUTE);

    expect(main.exitCode).toBe(1);
    expect(main.runner.visible()).toContain('a start was requested, not confirmed');
    expect(actions(stage).slice(0, 2)).toEqual(['stop', 'start']);
    expect(stage.truth.servers[0]?.phase).toBe('active');
  });

  test('and asked for a minute, not for ever, where it refuses', async () => {
    const stage = new Stage({
      faults: [
        { method: 'GET', path: '/servers/*/', nth: 4, times: 99, kind: 'status', status: 403 },
        { method: 'POST', path: POWER, nth: 2, times: 99, kind: 'status', status: 400 },
      ],
    });
    const main = await stage.main({ stopServer: true });
    const starts = stage.requests.filter(({ path }) => path.endsWith('/power/')).slice(1);
    expect(main.exitCode).toBe(1);
    expect(main.runner.visible()).toContain('each request to start it failed');
    expect(starts).toHaveLength(20);
  });
});

test('a start that is refused in ever other words is one line', async () => {
  const refused = { method: 'POST', path: POWER, kind: 'status', status: 400 };
  const stage = new Stage({
    faults: [2, 3, 4].map((nth) => ({ ...refused, nth, body: JSON.stringify({ detail: `reason ${nth}` }) })),
  });
  const main = await stage.main({ stopServer: true });
  expect(main.exitCode).toBe(0);
  const told = main.runner.lines.filter(({ text }) => text.includes('the start request failed'));
  expect(told).toHaveLength(1);
});

describe('the server is active in the end', () => {
  test.each<[string, StageOptions]>([
    ['the snapshot fails', { switches: { fail_next: 1 } }],
    [
      'the snapshot is refused',
      { faults: { method: 'POST', path: '/snapshots/', kind: 'status', status: 403 } },
    ],
    [
      'the answer to the stop is lost',
      { faults: { method: 'POST', path: POWER, nth: 1, kind: 'reset_after' } },
    ],
    [
      'the stop is carried out late',
      { faults: { method: 'POST', path: POWER, nth: 1, kind: 'late', ms: 20_000 } },
    ],
    [
      'the answer to the start is lost',
      { faults: { method: 'POST', path: POWER, nth: 2, kind: 'reset_after' } },
    ],
    [
      'the start is refused at first',
      { faults: { method: 'POST', path: POWER, nth: 2, times: 5, kind: 'status', status: 400 } },
    ],
    [
      'the API is down when it is to be started',
      { faults: { method: '*', path: '/servers/*/', nth: 6, times: 20, kind: 'status', status: 503 } },
    ],
    ['a start of a started server is refused', { switches: { power_repeat: 'refused' } }],
    [
      'transitions have other words',
      { switches: { word_stopping: 'shutting down', word_starting: 'booting' } },
    ],
    ['a power call answers with nothing', { switches: { power_answer: 'empty' } }],
  ])('%s', async (_, options) => {
    const stage = new Stage(options);
    const main = await stage.main({ stopServer: true });
    if (main.exitCode !== 0) await stage.post(main, { jobStatus: 'failure' });
    await stage.pass(MINUTE);
    expect(stage.truth.servers[0]?.phase).toBe('active');
  });
});

test('a start that fails ends main red, says so, and post tries again before anything else', async () => {
  const stage = new Stage({
    faults: { method: 'POST', path: POWER, nth: 2, times: 2, kind: 'status', status: 403 },
  });
  const main = await stage.main({ stopServer: true, onFailure: 'delete' });
  expect(main.exitCode).toBe(1);
  expect(main.runner.visible()).toMatch(/by hand/i);
  const from = stage.requests.length;
  const post = await stage.post(main, { jobStatus: 'failure' });
  expect(stage.calls(from)[0]).toBe(`GET /servers/${SERVER}/`);
  expect(stage.truth.servers[0]?.phase).toBe('active');
  expect(post.exitCode).toBe(0);
});

test('the snapshots of several servers are waited for while the first is started again', async () => {
  const servers = [{ id: 1 }, { id: 2 }];
  const stage = new Stage({ servers, switches: { snapshot_seconds: [60, 400] }, seed: 5 });
  const main = await stage.main({ serverIds: ['1', '2'], stopServer: true });
  expect(main.exitCode).toBe(0);
  const ended = Math.max(...stage.truth.snapshots.map(({ endedAt }) => endedAt ?? 0));
  const started = stage.truth.power.filter(({ action }) => action === 'start').map(({ at }) => at);
  expect(Math.min(...started)).toBeLessThan(ended);
  expect(stage.truth.servers.map(({ phase }) => phase)).toEqual(['active', 'active']);
});

test('rotation comes after the stop, on a list that was read after it', async () => {
  const snapshots = Array.from({ length: 5 }, (_, index) => ({ id: index + 1, name: `old-${index}` }));
  const stage = new Stage({ snapshots });
  const main = await stage.main({ stopServer: true, whenFull: 'rotate' });
  expect(main.exitCode).toBe(1);
  expect(actions(stage)).not.toContain('stop');
  expect(stage.existing()).toHaveLength(5);
});
