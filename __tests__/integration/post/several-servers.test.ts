import { testOutcomes } from '../harness/outcome-tests.ts';
import { answeredWith, BOTH, completeList, FAILED, RESTORE, TWO_SERVERS } from '../harness/samples.ts';

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
