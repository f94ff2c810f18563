import { describe, expect, test } from '@jest/globals';
import { TestApi, seeds, SERVER } from '../api/test-api.ts';

const power = (api: TestApi, action: string): number =>
  api.call('POST', `/servers/${SERVER}/power/`, { action }).status;
const restore = (api: TestApi): number => api.call('POST', '/snapshots/801/restore/').status;
const phase = (api: TestApi): unknown => api.state().servers[0]?.phase;

describe('a guest that does not obey', () => {
  test.each([
    ['stop', 'active', 'stopping', 'active'],
    ['start', 'stopped', 'starting', 'stopped'],
    ['restart', 'active', 'restarting', 'active'],
    ['hard_stop', 'active', 'stopping', 'active'],
  ] as const)('%s of one that is %s: %s, then %s', (action, status, via, end) => {
    const api = new TestApi({ power_ignored: [action] }, { servers: [{ id: SERVER, status }] });
    expect(power(api, action)).toBe(200);
    expect(phase(api)).toBe(via);
    expect(phase(api.pass(10))).toBe(end);
  });

  test('ignores a stop, and obeys hard_stop', () => {
    const api = new TestApi({ power_ignored: ['stop'] });
    power(api, 'stop');
    expect(power(api.pass(5), 'hard_stop')).toBe(200);
    expect(phase(api.pass(10))).toBe('stopped');
  });
});

describe('a stop that begins a minute later', () => {
  test.each(['start', 'stop'])('is neither taken back nor begun anew by %s', (action) => {
    const api = new TestApi({ stop_delay: 60 });
    power(api, 'stop');
    expect(power(api.pass(30), action)).toBe(200);
    expect(phase(api.pass(30))).toBe('stopping');
    expect(phase(api.pass(10))).toBe('stopped');
    expect(phase(api.pass(3600))).toBe('stopped');
  });

  test('is a repeated one where repeats are refused', () => {
    const api = new TestApi({ stop_delay: 60, power_repeat: 'refused' });
    expect([power(api, 'stop'), power(api, 'stop'), power(api, 'start')]).toEqual([200, 400, 400]);
  });

  test.each([
    ['restart', 'restarting'],
    ['hard_stop', 'stopping'],
  ])('%s begins at once', (action, via) => {
    const api = new TestApi({ stop_delay: 60 });
    power(api, action);
    expect(phase(api)).toBe(via);
  });

  test('is overtaken by a restore', () => {
    const api = new TestApi({ stop_delay: 60 }, { snapshots: seeds(1) });
    power(api, 'stop');
    expect(restore(api)).toBe(200);
    expect(phase(api.pass(399))).toBe('restoring');
    expect(phase(api.pass(1))).toBe('active');
  });
});

describe('a deploy', () => {
  test('may restart the server', () => {
    const api = new TestApi({ deploy_restarts: 20 }, { snapshots: seeds(1) });
    api.simulated.deploy();
    expect(api.server()['status']).toBe('restarting');
    expect(restore(api.pass(19))).toBe(400);
    expect(restore(api.pass(1))).toBe(200);
  });

  test.each([[{}, 'active'] as const, [{ deploy_restarts: 20 }, 'stopped'] as const])(
    'with %j leaves one alone that is %s',
    (switches, status) => {
      const api = new TestApi(switches, { servers: [{ id: SERVER, status }] });
      api.simulated.deploy();
      expect(phase(api)).toBe(status);
    },
  );

  test('does not restart a server that is about to stop', () => {
    const api = new TestApi({ deploy_restarts: 20, stop_delay: 5 });
    power(api, 'stop');
    api.simulated.deploy();
    expect(phase(api)).toBe('active');
    expect(phase(api.pass(15))).toBe('stopped');
  });
});

describe('start of a server that is being restored', () => {
  test.each([
    ['refused', 400, 'old'],
    ['accepted', 200, 'part of old'],
  ] as const)('is %s', (form, status, content) => {
    const api = new TestApi({ start_while_restoring: form }, { snapshots: [{ name: 'a', content: 'old' }] });
    restore(api);
    expect([power(api, 'start'), power(api, 'stop')]).toEqual([status, 400]);
    expect(api.pass(400).simulated.contentOf()).toBe(content);
    expect(api.state().restores).toMatchObject([{ broken: form === 'accepted', by: 'api' }]);
    expect(api.state().power).toMatchObject([
      { action: 'start', from: 'restoring', accepted: form === 'accepted' },
      { action: 'stop', from: 'restoring', accepted: false },
    ]);
  });
});
