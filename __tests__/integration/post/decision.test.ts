import { describe, expect, test } from '@jest/globals';
import type { PostInputs, RootInputs } from '../harness/inputs.ts';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import { CANCELLED, FAILED, RESTORE, RESTORE_ON_FAILURE } from '../harness/samples.ts';
import { deployAndPost } from '../harness/scenario.ts';

describe('what is done is decided by the job, the options and restore_if', () => {
  test.each<[string, Partial<RootInputs>, Partial<PostInputs>, 'restored' | 'kept' | 'deleted', 0 | 1]>([
    ['success', RESTORE_ON_FAILURE, {}, 'kept', 0],
    ['success, on_success: delete', { onSuccess: 'delete' }, {}, 'deleted', 0],
    ['success, restore_if true', {}, { restoreIf: 'true' }, 'restored', 1],
    [
      'success, on_success: delete, restore_if true',
      { onSuccess: 'delete' },
      { restoreIf: 'true' },
      'restored',
      1,
    ],
    ['failure, keep', {}, FAILED, 'kept', 0],
    ['failure, delete', { onFailure: 'delete' }, FAILED, 'deleted', 0],
    ['failure, restore', RESTORE_ON_FAILURE, FAILED, 'restored', 1],
    ['failure, restore, restore_if false', RESTORE_ON_FAILURE, { ...FAILED, restoreIf: 'false' }, 'kept', 0],
    [
      'failure, delete, restore_if false',
      { onFailure: 'delete' },
      { ...FAILED, restoreIf: 'false' },
      'deleted',
      0,
    ],
    ['failure, keep, restore_if true', {}, { ...FAILED, restoreIf: 'true' }, 'restored', 1],
    [
      'failure, restore, restore_if a typing error',
      RESTORE_ON_FAILURE,
      { ...FAILED, restoreIf: 'yes' },
      'kept',
      1,
    ],
    ['cancelled, only on_failure: restore', RESTORE_ON_FAILURE, { jobStatus: 'cancelled' }, 'kept', 0],
    ['cancelled, on_cancel: restore', { onCancel: 'restore' }, { jobStatus: 'cancelled' }, 'restored', 1],
    ['cancelled, on_cancel: delete', { onCancel: 'delete' }, { jobStatus: 'cancelled' }, 'deleted', 0],
    [
      'a status that nobody knows',
      { ...RESTORE_ON_FAILURE, onSuccess: 'delete' },
      { jobStatus: 'neutral' },
      'kept',
      1,
    ],
    ['no status', RESTORE_ON_FAILURE, { jobStatus: '' }, 'kept', 1],
    ['no status, and no restore is configured', { onSuccess: 'delete' }, { jobStatus: '' }, 'kept', 0],
    ['the job had failed before', { ...RESTORE_ON_FAILURE, jobStatus: 'failure' }, FAILED, 'kept', 0],
    [
      'the job had failed before, restore_if true',
      { jobStatus: 'failure' },
      { ...FAILED, restoreIf: 'true' },
      'restored',
      1,
    ],
  ])('%s', async (_, inputs, after, outcome, code) => {
    const { testEnv, post } = await deployAndPost(inputs, after, { switches: { restore_seconds: [60, 60] } });
    const restored = testEnv.actualState.restores.length > 0;
    const deleted = testEnv.existing().length === 0;
    expect(restored ? 'restored' : deleted ? 'deleted' : 'kept').toBe(outcome);
    expect(post.exitCode).toBe(code);
  });
});

describe('outcome', () => {
  testOutcomes({
    'restore_if is neither, and nobody waited: no restore is offered': {
      main: { ...RESTORE, wait: false },
      post: { ...FAILED, restoreIf: 'yes' },
      outcome: [
        'main exit 0 | ⏳ VPS.org snapshot requested, not waited for | warning Wait before the deploy | 801 in_progress',
        'post exit 1 | ❌ Server NOT restored, it is as the job left it | error Not restored | 801 requested, not waited for',
        'POST /snapshots/ 201',
        'left: 801 in_progress',
      ],
      says: ['neither true nor false', /neither true nor false\.$/m],
      neverSays: ['To restore by hand', '```'],
    },
    'restore_if is false and the job failed: a notice about the step id': {
      main: RESTORE,
      post: { ...FAILED, restoreIf: 'false' },
      outcome: [
        CREATED,
        'post exit 0 | ℹ️ Not restored: the server is as the job left it | notice Not asked to restore | 801 last seen completed at 2026-01-15 12:03:21 UTC | offers 801',
        'POST /snapshots/ 201',
        'left: 801 completed',
      ],
      says: ["'restore_if' names the id"],
    },
    'restore_if is false and the job was cancelled: the same notice': {
      main: RESTORE,
      post: { ...CANCELLED, restoreIf: 'false' },
      outcome: [
        CREATED,
        'post exit 0 | ℹ️ Not restored: the server is as the job left it | notice Not asked to restore | 801 last seen completed at 2026-01-15 12:03:21 UTC | offers 801',
        'POST /snapshots/ 201',
        'left: 801 completed',
      ],
      says: ["The job was cancelled or timed out and 'restore_if' is false"],
    },
    'an unknown job status with a restore configured: kept, red, and it is quoted': {
      main: RESTORE,
      post: { jobStatus: 'neutral' },
      outcome: [
        CREATED,
        'post exit 1 | ❌ Server NOT restored, it is as the job left it | error Not restored | 801 last seen completed at 2026-01-15 12:03:21 UTC | offers 801',
        'POST /snapshots/ 201',
        'left: 801 completed',
      ],
      says: ['"neutral"'],
    },
    'cancelled, and only on_failure restores: a warning that names the good snapshot': {
      main: RESTORE_ON_FAILURE,
      post: CANCELLED,
      outcome: [
        CREATED,
        'post exit 0 | ⚠️ Not restored: the server is as the job left it | warning Kept, not restored | 801 last seen completed at 2026-01-15 12:03:21 UTC | offers 801',
        'POST /snapshots/ 201',
        'left: 801 completed',
      ],
      says: [
        'this step left the server as the job left it',
        'Snapshot 801 of web-server-01 (12345) is complete',
      ],
    },
  });
});
