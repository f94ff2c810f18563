import { describe, expect, test } from '@jest/globals';
import type { PostInputs, RootInputs } from '../harness/inputs.ts';
import { CREATED, KEPT, testOutcomes } from '../harness/outcome-tests.ts';
import {
  CANCELLED,
  CREATE_REQUEST,
  FAILED,
  RESTORE,
  RESTORE_ON_FAILURE,
  RESTORE_REQUEST,
} from '../harness/samples.ts';
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
      says: [
        /Not restored: NOT restored: this step left the server as the job left it, because .* neither true nor false .*\.$/m,
        'No complete snapshot is known.',
      ],
      neverSays: ['To restore by hand', '```', 'is complete and kept'],
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
      says: ["'restore_if' names the id", 'Snapshots: 801 of web-server-01 (12345).'],
    },
    'restore_if is false and the job succeeded: nothing is said of a restore': {
      main: RESTORE,
      post: { restoreIf: 'false' },
      outcome: [CREATED, KEPT, 'POST /snapshots/ 201', 'left: 801 completed'],
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
    'nothing to do, although only an answer without the marker names the snapshot: nothing is said': {
      main: { wait: false },
      switches: { description_kept: 0 },
      post: {},
      outcome: [
        'main exit 0 | ⏳ VPS.org snapshot requested, not waited for | warning Description not kept | 801 in_progress',
        KEPT,
        'POST /snapshots/ 201',
        'left: 801 in_progress',
      ],
    },
    'a good deploy, and restore_if is empty at its end: a warning, in the summary too': {
      main: { restoreIfGiven: true },
      post: {},
      outcome: [
        CREATED,
        'post exit 0 | ⚠️ Not restored: the server is as the job left it | warning Kept, not restored | 801 last seen completed at 2026-01-15 12:03:21 UTC | offers 801',
        'POST /snapshots/ 201',
        'left: 801 completed',
      ],
    },
    'a snapshot that failed, and is deleted: none is called left': {
      main: { onFailure: 'delete' },
      switches: { fail_next: 1 },
      post: FAILED,
      outcome: [
        'main exit 1 | ❌ Snapshot failed | error Snapshot failed | 801 failed',
        'post exit 0 | 🧹 VPS.org snapshot deleted | 801 deleted',
        'POST /snapshots/ 201',
        'DELETE /snapshots/801/ 204',
        'left: nothing',
      ],
    },
    'a restore is asked for, and nobody knows of a snapshot: the server comes first': {
      main: RESTORE,
      faults: { ...CREATE_REQUEST, kind: 'reset_before' },
      signal: ['SIGKILL', 120],
      post: { ...FAILED, restoreIf: 'true' },
      outcome: [
        'main exit 1',
        'post exit 1 | ❌ Server NOT restored, it is as the job left it | error Not restored | none not listed',
        'POST /snapshots/ lost',
        'left: nothing',
      ],
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
    'cancelled, and the restore is refused: the end of the job is named as it was': {
      main: RESTORE,
      faults: { ...RESTORE_REQUEST, times: 9, kind: 'status', status: 403 },
      post: CANCELLED,
      outcome: [
        CREATED,
        'post exit 1 | ❌ Job cancelled, server NOT restored | error Not restored | 801 ❌ not restored | offers 801,801',
        'POST /snapshots/ 201',
        'POST /snapshots/801/restore/ 403',
        'comment on GitHub',
        'left: 801 completed',
      ],
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
        /^- \*\*Why:\*\* the job was cancelled or timed out and 'on\\_cancel' is 'keep'/m,
        'Snapshot 801 of web-server-01 (12345) is complete',
      ],
    },
  });
});
