import { restoreInputs } from '../harness/inputs.ts';
import { testOutcomes } from '../harness/outcome-tests.ts';
import {
  answeredWith,
  BOTH,
  completeList,
  CREATE_REQUEST,
  FAILED,
  own,
  RESTORE,
  TWO_SERVERS,
} from '../harness/samples.ts';

const server = (id: number) => ({ id, name: `server-${id}` });

testOutcomes({
  'both are rolled back': {
    main: { ...RESTORE, ...BOTH },
    servers: TWO_SERVERS,
    post: FAILED,
    outcome: [
      'main exit 0 | 📸 VPS.org snapshots complete: 2 of 2 servers | 801 completed | 802 completed | offers 801,802',
      'post exit 1 | ⏪ 2 servers rolled back to 12:00 UTC, 4 min of writes lost on each | error Rolled back | error Rolled back | 801 ✅ confirmed | 802 ✅ confirmed',
      'POST /snapshots/ 201 ×2',
      'POST /snapshots/801/restore/ 200',
      'POST /snapshots/802/restore/ 200',
      'comment on GitHub',
      'left: 801 completed, 802 completed',
    ],
    says: [
      /web \(1\): rolled back [^]*Snapshot 801 is kept/,
      /db \(2\): rolled back [^]*Snapshot 802 is kept/,
    ],
  },
  'one ends in error: the other is restored, and its health is checked': {
    main: { ...RESTORE, ...BOTH, healthUrls: ['https://web.example/health'] },
    servers: TWO_SERVERS,
    post: FAILED,
    faults: answeredWith(
      completeList({ ...server(1), status: 'restoring' }, { ...server(2), status: 'error' }),
      { method: 'GET', path: '/servers/', nth: 3, times: 8 },
    ),
    outcome: [
      'main exit 0 | 📸 VPS.org snapshots complete: 2 of 2 servers | 801 completed | 802 completed | offers 801,802',
      'post exit 1 | ⚠️ 1 of 2 servers rolled back | error Rolled back | error Restore requested, not confirmed | 801 ✅ confirmed | 802 ⚠️ requested, not confirmed | offers 802',
      'POST /snapshots/ 201 ×2',
      'POST /snapshots/801/restore/ 200',
      'POST /snapshots/802/restore/ 200',
      'comment on GitHub',
      'left: 801 completed, 802 completed',
    ],
    says: [
      'health check passed',
      /db \(2\): rollback requested, not confirmed; the server is 'error'/,
      /^Still restoring after .*\): web \(1\): 'restoring'$/m,
    ],
  },
  'one was never requested: the other is deleted after the failure': {
    main: { ...BOTH, onFailure: 'delete' },
    servers: TWO_SERVERS,
    faults: { ...CREATE_REQUEST, nth: 2, kind: 'status', status: 403 },
    post: FAILED,
    outcome: [
      'main exit 1 | ❌ No snapshot was made: 1 of 2 complete | error No snapshot was made | 801 completed | none – | offers 801',
      'post exit 0 | 🧹 VPS.org snapshot deleted | 801 deleted | none refused, not made',
      'POST /snapshots/ 201',
      'POST /snapshots/ 403',
      'DELETE /snapshots/801/ 204',
      'left: nothing',
    ],
  },
  'one is uncertain: it is looked up, although the other is known': {
    main: BOTH,
    servers: TWO_SERVERS,
    faults: { ...CREATE_REQUEST, nth: 2, times: 2, kind: 'reset_before' },
    post: FAILED,
    outcome: [
      'main exit 1 | ❓ Unknown whether the VPS.org snapshots were made | error Unknown whether a snapshot was made | 801 completed | none uncertain | offers 801',
      'post exit 0 | ❓ No list shows a VPS.org snapshot of this step on 1 of 2 servers | 801 last seen completed at 2026-01-15 12:03:21 UTC | none not listed | offers 801',
      'POST /snapshots/ 201',
      'POST /snapshots/ lost ×2',
      'left: 801 completed',
    ],
  },
  'one was restored by a step of the job: nothing of either is deleted': {
    main: { ...BOTH, onSuccess: 'delete' },
    servers: TWO_SERVERS,
    commands: [{ use: 'restore', inputs: restoreInputs({ snapshotIds: ['802'] }) }],
    post: {},
    outcome: [
      'main exit 0 | 📸 VPS.org snapshots complete: 2 of 2 servers | 801 completed | 802 completed | offers 801,802',
      'restore exit 0 | ⏪ Restored to 12:00 UTC, 4 min of writes lost | notice Restored | 802 ✅ confirmed',
      'post exit 0 | 📸 VPS.org snapshots kept; an earlier step of this job has requested a restore of the server | 801 last seen completed at 2026-01-15 12:03:21 UTC | 802 last seen completed at 2026-01-15 12:03:21 UTC | offers 801,802',
      'POST /snapshots/ 201 ×2',
      'POST /snapshots/802/restore/ 200',
      'comment on GitHub',
      'left: 801 completed, 802 completed',
    ],
    says: [
      'a step of this job has requested a restore of the server, and after a restore nothing is deleted',
    ],
  },
  'a dry run after such a restore: it would be kept': {
    main: { ...BOTH, onSuccess: 'delete', dryRun: true },
    servers: TWO_SERVERS,
    snapshots: [own(1, { server_id: 1 })],
    commands: [{ use: 'restore', inputs: restoreInputs({ snapshotIds: ['1'] }) }],
    post: {},
    outcome: [
      'main exit 0 | 🔎 Dry run: the snapshots would be created | none – | none –',
      'restore exit 0 | ⏪ Restored to 2025-12-27 12:00 UTC, 19 d 0 h of writes lost | notice Restored | 1 ✅ confirmed',
      'post exit 0 | 🔎 Dry run: the snapshot would be kept | none not requested | none not requested',
      'POST /snapshots/1/restore/ 200',
      'comment on GitHub',
      'left: 1 completed',
    ],
  },
  'restore_if is neither: a command for each': {
    main: { ...RESTORE, ...BOTH },
    servers: TWO_SERVERS,
    post: { ...FAILED, restoreIf: 'yes' },
    outcome: [
      'main exit 0 | 📸 VPS.org snapshots complete: 2 of 2 servers | 801 completed | 802 completed | offers 801,802',
      'post exit 1 | ❌ Server NOT restored, it is as the job left it | error Not restored | 801 last seen completed at 2026-01-15 12:03:21 UTC | 802 last seen completed at 2026-01-15 12:03:21 UTC | offers 801,802',
      'POST /snapshots/ 201 ×2',
      'left: 801 completed, 802 completed',
    ],
    says: ['/snapshots/801/restore/', '/snapshots/802/restore/', /801\/restore\/\n.*802\/restore\//],
  },
});
