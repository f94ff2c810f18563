import { deleteInputs, pruneInputs, restoreInputs, waitInputs } from '../harness/inputs.ts';
import { testOutcomes } from '../harness/outcome-tests.ts';
import { LISTS, own, TWO_SERVERS } from '../harness/samples.ts';

testOutcomes({
  'restore and prune': {
    servers: TWO_SERVERS,
    snapshots: [
      own(1, { server_id: 1 }),
      own(2, { server_id: 2 }),
      own(3, { server_id: 2, status: 'failed' }),
    ],
    commands: [
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '3'], allowOlder: true }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '2'], allowOlder: true }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '2'], dryRun: true }) },
      { use: 'prune', inputs: pruneInputs({ serverIds: ['1', '2'], keepLast: 3 }) },
    ],
    outcome: [
      'restore exit 1 | ❌ Servers NOT restored | error Not restored | error Not restored | 1 ❌ not restored | 3 ❌ not restored | offers 1,3',
      'restore exit 0 | ⏪ 2 servers restored to 2025-12-27 12:00 UTC, up to 19 d 0 h of writes lost | notice Restored | notice Restored | 1 ✅ confirmed | 2 ✅ confirmed',
      'restore exit 1 | ❌ Dry run: would not be restored | error Would not be restored',
      'prune exit 0 | ✂️ 1 VPS.org snapshot pruned | 1 kept | 3 deleted | 2 kept',
      'POST /snapshots/1/restore/ 200',
      'POST /snapshots/2/restore/ 200',
      'DELETE /snapshots/3/ 204',
      'comment on GitHub',
      'left: 1 completed, 2 completed',
    ],
    says: [
      'newest 3 completed snapshots on each server are kept.',
      /^Still restoring after .* \(a restore usually takes 5 to 15 minutes\): web \(1\): 'restoring', db \(2\): 'restoring'$/m,
      'half of the servers put back would be worse than none',
      'snapshot 1 would not be restored, because another one would be refused',
      'snapshot 2 would be refused',
      'db (2), snapshot 2: a newer snapshot (3',
    ],
  },
  'the latest of two servers that the API lists by their UUIDs: one has none': {
    servers: TWO_SERVERS,
    switches: { server_ids: 'uuid' },
    snapshots: [own(1, { server_id: 1 })],
    commands: [
      { use: 'restore', inputs: restoreInputs({ selection: { kind: 'latest' }, serverIds: ['1', '2'] }) },
    ],
    outcome: ['restore exit 1 | ❌ Nothing restored | error Nothing restored', 'left: 1 completed'],
    says: ['server 2 has no completed snapshot of known time that this repository made'],
    neverSays: ['belongs to another server'],
    reads: { '/snapshots/': 1, '/snapshots/?server_id=1': 1, '/snapshots/?server_id=2': 1, '/servers/': 1 },
  },
  'the latest of two servers that one list shows by the ids that were typed: no list for each': {
    servers: TWO_SERVERS,
    snapshots: [own(1, { server_id: 1 }), own(2, { server_id: 2 })],
    commands: [
      {
        use: 'restore',
        inputs: restoreInputs({ selection: { kind: 'latest' }, serverIds: ['1', '2'], dryRun: true }),
      },
    ],
    outcome: [
      'restore exit 0 | 🔎 Dry run: snapshot 1, 2 would be restored',
      'left: 1 completed, 2 completed',
    ],
    // The second time by the checks, which read a list of their own.
    reads: { '/snapshots/': 2, '/servers/': 1 },
  },
  'a snapshot of another one of the servers that are named: only those that no list shows are looked for': {
    servers: [...TWO_SERVERS, { id: 3 }],
    snapshots: [own(1, { server_id: 1 }), own(2, { server_id: 2 })],
    commands: [
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '2'], serverIds: ['1', '3'] }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['2'], serverIds: ['1'] }) },
    ],
    outcome: [
      'restore exit 1 | ❌ Nothing restored | error Nothing restored',
      'restore exit 1 | ❌ Nothing restored | error Nothing restored',
      'left: 1 completed, 2 completed',
    ],
    reads: { '/snapshots/': 1, '/servers/3/': 1, '/snapshots/?server_id=1': 1, '/servers/': 1 },
  },
  'snapshots of two servers that the API lists by other ids than those that were typed': {
    servers: TWO_SERVERS,
    switches: { server_ids: 'uuid' },
    snapshots: [own(1, { server_id: 1, name: 'good' }), own(2, { server_id: 2, name: 'good' })],
    commands: [
      {
        use: 'restore',
        inputs: restoreInputs({ snapshotIds: ['1', '2'], serverIds: ['1', '2'], dryRun: true }),
      },
      {
        use: 'restore',
        inputs: restoreInputs({ snapshotIds: ['good'], serverIds: ['1', '2'], dryRun: true }),
      },
    ],
    outcome: [
      'restore exit 0 | 🔎 Dry run: snapshot 1, 2 would be restored',
      'restore exit 0 | 🔎 Dry run: snapshot 1, 2 would be restored',
      'left: 1 completed, 2 completed',
    ],
  },
  'the latest of two servers, where the API filters nothing and both would get the same one': {
    servers: TWO_SERVERS,
    switches: { server_ids: 'uuid', server_filter: 'ignored' },
    snapshots: [own(1, { server_id: 1 })],
    commands: [
      { use: 'restore', inputs: restoreInputs({ selection: { kind: 'latest' }, serverIds: ['1', '2'] }) },
    ],
    outcome: ['restore exit 1 | ❌ Nothing restored | error Nothing restored', 'left: 1 completed'],
    says: ['snapshot 1 is of the same server as another one'],
  },
  'the latest, where the API filters nothing and lists servers by other ids than the one that was typed': {
    servers: TWO_SERVERS,
    switches: { server_ids: 'uuid', server_filter: 'ignored' },
    snapshots: [own(1, { server_id: 1 }), own(2, { server_id: 2 })],
    commands: [
      {
        use: 'restore',
        inputs: restoreInputs({ selection: { kind: 'latest' }, serverIds: ['1'], dryRun: true }),
      },
      {
        use: 'restore',
        inputs: restoreInputs({ selection: { kind: 'latest' }, serverIds: ['2', '1'], dryRun: true }),
      },
    ],
    outcome: [
      'restore exit 0 | 🔎 Dry run: snapshot 1 would be restored',
      'restore exit 0 | 🔎 Dry run: snapshot 2, 1 would be restored',
      'left: 1 completed, 2 completed',
    ],
  },
  'two snapshots, each of one of the two servers that are named': {
    servers: [...TWO_SERVERS, { id: 3 }],
    snapshots: [own(1, { server_id: 1 }), own(2, { server_id: 2 })],
    commands: [
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '2'], serverIds: ['2', '1'] }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '2'], serverIds: ['1', '3'] }) },
    ],
    outcome: [
      'restore exit 0 | ⏪ 2 servers restored to 2025-12-27 12:00 UTC, up to 19 d 0 h of writes lost | notice Restored | notice Restored | 1 ✅ confirmed | 2 ✅ confirmed',
      'restore exit 1 | ❌ Nothing restored | error Nothing restored',
      'POST /snapshots/1/restore/ 200',
      'POST /snapshots/2/restore/ 200',
      'comment on GitHub',
      'left: 1 completed, 2 completed',
    ],
    says: ['snapshot 2 belongs to server 2, which is none of 1, 3'],
  },
  'nothing named: a notice': {
    commands: [
      { use: 'restore', inputs: restoreInputs() },
      { use: 'restore', inputs: restoreInputs({ dryRun: true }) },
      { use: 'delete', inputs: deleteInputs() },
      { use: 'delete', inputs: deleteInputs({ dryRun: true }) },
    ],
    outcome: [
      'restore exit 0 | notice Nothing to restore',
      'restore exit 0 | notice Nothing to restore',
      'delete exit 0 | notice Nothing to delete',
      'delete exit 0 | notice Nothing to delete',
      'left: nothing',
    ],
    says: [/(?:'snapshot_id' is empty[^]*){4}/],
  },
  'the list is refused: each command fails, and names the token': {
    faults: { ...LISTS, times: 99, kind: 'status', status: 401 },
    commands: [
      { use: 'wait', inputs: waitInputs({ snapshotIds: ['1'] }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1'] }) },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['1'] }) },
      { use: 'prune', inputs: pruneInputs() },
    ],
    outcome: [
      'wait exit 1 | ❌ VPS.org snapshot not complete | error Lost contact while waiting | 1 unknown',
      'restore exit 1 | ❌ Nothing restored | error Nothing restored',
      'delete exit 1 | ❌ 0 of 1 VPS.org snapshot deleted | error Nothing deleted | 1 not touched',
      'prune exit 1 | ❌ Not all pruned: 0 VPS.org snapshots pruned | error Not all pruned',
      'left: nothing',
    ],
    says: [
      'token is wrong',
      'snapshot 1 of an unknown server (not seen in any list)',
      'nothing was deleted: 1.',
      'no restore was requested: 1.',
    ],
  },
});
