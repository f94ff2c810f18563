import { describe, expect, test } from '@jest/globals';
import { deleteInputs } from '../harness/inputs.ts';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import { FAILED, RESTORE, RESTORE_ON_FAILURE } from '../harness/samples.ts';
import { deployAndPost } from '../harness/scenario.ts';
import { MINUTE, SERVER, START, TestEnvironment } from '../harness/test-environment.ts';

describe('how a restore ends', () => {
  test('`active` right after the request is not taken for the end', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, { switches: { restoring_late: 90 } });
    expect(post.endedAt).toBeGreaterThan((testEnv.actualState.restores[0]?.endedAt ?? 0) - START);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
  });

  test('stopped: it is started', async () => {
    const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {
      switches: { after_restore: 'stopped' },
    });
    expect(testEnv.actualState.servers[0]?.phase).toBe('active');
    expect(testEnv.actualState.power.map(({ action }) => action)).toEqual(['start']);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
  });

  test.each([
    ['may not', { status: 403 }],
    ['cannot', { status: 404 }],
  ])(
    'stopped, and the token %s start it: red, stopped before all else, and nothing invites a second one',
    async (_, answer) => {
      const { testEnv, post } = await deployAndPost(RESTORE, FAILED, {
        switches: { after_restore: 'stopped' },
        faults: { method: 'POST', path: '/servers/*/power/', times: 999, kind: 'status', ...answer },
      });
      expect(post.exitCode).toBe(1);
      expect(post.runner.titles()).toEqual([
        'warning Server not started yet',
        'error Server stopped after the restore',
      ]);
      const text = post.runner.visible();
      expect(text).toContain('START IT BY HAND');
      expect(text).toContain(`/servers/${SERVER}/power/`);
      expect(text).not.toContain('/snapshots/801/restore/');
      expect(testEnv.actualState.restores).toHaveLength(1);
      expect(post.runner.summary).toContain('STOPPED after the rollback');
      expect(post.runner.summary).not.toContain('Server not started yet');
    },
  );

  test('stopped before it: it is not called active "again"', async () => {
    const { post } = await deployAndPost(RESTORE, FAILED, { servers: [{ id: SERVER, status: 'stopped' }] });
    expect(post.runner.titles()).toEqual(['error Rolled back']);
    expect(post.runner.visible()).toContain('restored: server is active,');
  });

  test('stopped, as it was before the snapshot: it stays stopped', async () => {
    const { testEnv, post } = await deployAndPost({ ...RESTORE, stopServer: true }, FAILED, {
      servers: [{ id: SERVER, status: 'stopped' }],
      switches: { after_restore: 'as_before' },
    });
    expect(testEnv.actualState.servers[0]?.phase).toBe('stopped');
    expect(testEnv.actualState.power).toEqual([]);
    expect(post.runner.titles()).toEqual(['error Rolled back']);
  });

  test.each([
    ['error', { after_restore: 'error' as const }],
    ['an unknown status', { word_active: 'running' }],
    ['never', { restore_seconds: [9000, 9000] as [number, number] }],
    ['nothing shows that it has started', { word_restoring: 'active', server_missing: ['updated_at'] }],
  ])('%s: requested, not confirmed, red', async (_, switches) => {
    const { post } = await deployAndPost({ ...RESTORE, restoreTimeout: 20 * MINUTE }, FAILED, { switches });
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toContain('error Restore requested, not confirmed');
  });

  test('a snapshot that is gone is named as main knew it, and its absence is reported', async () => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main(RESTORE);
    await testEnv.run({ use: 'delete', inputs: deleteInputs({ snapshotIds: ['801'] }) });
    const post = await testEnv.post(main, FAILED);
    expect(post.runner.titles()).toEqual(['error Not restored']);
    expect(post.runner.visible()).toContain('only if it is there can it be restored');
    expect(post.runner.summary).toContain('deploy-shop-9001-1');
  });

  test('a token that may not read servers: warned of in main, not confirmed in post', async () => {
    const { main, post } = await deployAndPost(RESTORE_ON_FAILURE, FAILED, {
      switches: { permissions: ['snapshots:read', 'snapshots:write'] },
    });
    expect(main.exitCode).toBe(0);
    expect(main.runner.titles()).toEqual(['warning Restores cannot be confirmed']);
    expect(post.runner.titles()).toContain('error Restore requested, not confirmed');
  });

  test.each([
    ['passes at once', () => 200, 'error Rolled back'],
    ['passes after a while', (_: string, at: number) => (at > 15 * MINUTE ? 204 : 502), 'error Rolled back'],
    ['is never reached', () => 'reset' as const, 'error Restored, health check failed'],
    ['answers 404', () => 404, 'error Restored, health check failed'],
  ])('a health check that %s', async (_, health, title) => {
    const inputs = { ...RESTORE, healthUrls: ['https://web.example/health?key=secret'] };
    const { post } = await deployAndPost(inputs, FAILED, { health });
    expect(post.exitCode).toBe(1);
    expect(post.runner.titles()).toEqual([title]);
    expect(post.runner.visible()).not.toContain('secret');
  });
});

describe('outcome', () => {
  testOutcomes({
    'the server ends in error: not confirmed, and the state is given': {
      main: RESTORE,
      post: FAILED,
      switches: { after_restore: 'error' },
      outcome: [
        CREATED,
        "post exit 1 | ⚠️ Rollback requested, not confirmed; the server is 'error' | error Restore requested, not confirmed | 801 ⚠️ requested, not confirmed | offers 801",
        'POST /snapshots/ 201',
        'POST /snapshots/801/restore/ 200',
        'comment on GitHub',
        'left: 801 completed, server 12345 error',
      ],
      says: ["the server is 'error'"],
    },
    'nothing shows that the restore started: not confirmed': {
      main: RESTORE,
      post: FAILED,
      switches: { word_restoring: 'active', server_missing: ['updated_at'] },
      outcome: [
        CREATED,
        "post exit 1 | ⚠️ Rollback requested, not confirmed; the server is 'active' | error Restore requested, not confirmed | 801 ⚠️ requested, not confirmed | offers 801",
        'POST /snapshots/ 201',
        'POST /snapshots/801/restore/ 200',
        'comment on GitHub',
        'left: 801 completed',
      ],
      says: ['nothing shows'],
      took: [201, 1800],
    },
    'an outage is waited through': {
      main: RESTORE,
      post: FAILED,
      faults: { method: 'GET', path: '/servers/*/', nth: 4, times: 12, kind: 'status', status: 503 },
      outcome: [
        CREATED,
        'post exit 1 | ⏪ Rolled back to 12:00 UTC, 4 min of writes lost | error Rolled back | 801 ✅ confirmed',
        'POST /snapshots/ 201',
        'POST /snapshots/801/restore/ 200',
        'comment on GitHub',
        'left: 801 completed',
      ],
    },
    '`restoring` appears late: restored': {
      main: RESTORE,
      switches: { restoring_late: 50 },
      post: FAILED,
      outcome: [
        CREATED,
        'post exit 1 | ⏪ Rolled back to 12:00 UTC, 4 min of writes lost | error Rolled back | 801 ✅ confirmed',
        'POST /snapshots/ 201',
        'POST /snapshots/801/restore/ 200',
        'comment on GitHub',
        'left: 801 completed',
      ],
    },
    'a server that was stopped before stays stopped, and its health is not checked': {
      main: { ...RESTORE, stopServer: true, healthUrls: ['https://web.example/health'] },
      servers: [{ id: SERVER, status: 'stopped' }],
      switches: { after_restore: 'as_before' },
      post: FAILED,
      outcome: [
        CREATED,
        'post exit 1 | ⏪ Rolled back to 12:00 UTC, 4 min of writes lost | error Rolled back | 801 ✅ confirmed',
        'POST /snapshots/ 201',
        'POST /snapshots/801/restore/ 200',
        'comment on GitHub',
        'left: 801 completed, server 12345 stopped',
      ],
      says: [
        'stopped, as it was before the snapshot',
        'as it was before the snapshot, application not checked',
      ],
    },
  });
});
