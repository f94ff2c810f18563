import { expect, test } from '@jest/globals';
import { pruneInputs, restoreInputs } from '../harness/inputs.ts';
import { own, TWO_SERVERS } from '../harness/samples.ts';
import { TestEnvironment } from '../harness/test-environment.ts';

test('a cancelled restore says what became of each server: one restored, one not requested, one under way', async () => {
  const testEnv = new TestEnvironment({
    switches: { restore_seconds: [20, 20] },
    servers: [...TWO_SERVERS, { id: 3, name: 'mail' }],
    snapshots: [own(1, { server_id: 1 }), own(2, { server_id: 2 }), own(3, { server_id: 3 })],
    faults: [
      { kind: 'status', method: 'POST', path: '/snapshots/2/restore/', status: 409, times: 99 },
      { kind: 'status', method: 'POST', path: '/snapshots/3/restore/', status: 409, times: 3 },
    ],
  });
  const step = testEnv.start({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '2', '3'] }) });
  await testEnv.pass(55_000);
  step.signal('SIGINT');
  await testEnv.clock.run(step.done);
  expect(step.runner.titles()).toEqual([
    'notice Restored',
    'error Not restored',
    'error Restore requested, not confirmed',
    'error Interrupted',
  ]);
  const restores = JSON.parse(step.runner.outputs.get('restores') ?? '[]') as object[];
  expect(restores).toMatchObject([
    { server_id: '1', requested: true, confirmed: true },
    { server_id: '2', requested: false, confirmed: false },
    { server_id: '3', requested: true, confirmed: false, server_status: null },
  ]);
  expect(step.runner.outputs.get('restored')).toBe('false');
  expect(step.runner.summary).toContain('the step was ended before its end was seen');
});

test('a cancelled restore waits for the answer to a request that was sent, of whichever server', async () => {
  const testEnv = new TestEnvironment({
    servers: TWO_SERVERS,
    snapshots: [own(1, { server_id: 1 }), own(2, { server_id: 2 })],
    faults: { kind: 'late', ms: 4000, method: 'POST', path: '/snapshots/1/restore/', nth: 1 },
  });
  const step = testEnv.start({ use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '2'] }) });
  await testEnv.pass(2000);
  step.signal('SIGINT');
  await testEnv.clock.run(step.done);
  expect(step.runner.titles()).toEqual([
    'error Restore requested, not confirmed',
    'error Restore requested, not confirmed',
    'error Interrupted',
  ]);
  expect(step.endedAt - step.cancelledAt).toBeLessThanOrEqual(5000);
});

test('a cancelled prune does not call a server unknown whose ids it was asking for', async () => {
  const testEnv: TestEnvironment = new TestEnvironment({
    servers: TWO_SERVERS,
    switches: { server_ids: 'uuid', server_filter: 'ignored' },
    snapshots: [own(1, { server_id: 1 }), own(2, { server_id: 2 })],
    onRequest: ({ path }, moment) => {
      if (path.endsWith('/servers/1/') && moment === 'sent') step.signal('SIGINT');
    },
  });
  const step = testEnv.start({ use: 'prune', inputs: pruneInputs({ serverIds: ['1'], keepLast: 1 }) });
  await testEnv.clock.run(step.done);
  expect(testEnv.calls().at(-1)).toBe('GET /servers/1/');
  expect(step.runner.titles()).toEqual(['error Interrupted']);
  expect(step.runner.visible()).toContain('1: The job was cancelled');
  expect(step.runner.visible()).not.toContain('server_id');
});
