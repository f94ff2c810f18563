import { deleteInputs, pruneInputs } from '../harness/inputs.ts';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import {
  acceptedWith,
  answeredWith,
  BY_NAME,
  completeList,
  CREATE_REQUEST,
  FAILED,
  FIVE_LISTED,
  FULL,
  GET_SERVER,
  listedOfThisRun,
  LISTS,
  own,
  partialList,
  RESTORE,
} from '../harness/samples.ts';
import { SERVER } from '../harness/test-environment.ts';

testOutcomes({
  'ids are UUIDs: rotated and rolled back': {
    main: { ...RESTORE, whenFull: 'rotate' },
    switches: { server_ids: 'uuid', snapshot_ids: 'uuid' },
    snapshots: FULL,
    post: FAILED,
    outcome: [
      'main exit 0 | 📸 VPS.org snapshot complete | 748ca60a-7d21-4b2e-8391-26bd675bd122 completed | offers 748ca60a-7d21-4b2e-8391-26bd675bd122',
      'post exit 1 | ⏪ Rolled back to 12:00 UTC, 4 min of writes lost | error Rolled back | 748ca60a-7d21-4b2e-8391-26bd675bd122 ✅ confirmed',
      'DELETE /snapshots/1/ 204',
      'POST /snapshots/ 201',
      'POST /snapshots/748ca60a-7d21-4b2e-8391-26bd675bd122/restore/ 200',
      'comment on GitHub',
      'left: 2 completed, 3 completed, 4 completed, 5 completed, 748ca60a-7d21-4b2e-8391-26bd675bd122 completed',
    ],
  },
  'a UUID is typed and the API knows only numbers: nothing is requested, and the servers are named': {
    main: { serverIds: ['00000000-0000-4000-8000-000000012345'], whenFull: 'rotate', keepLast: 1 },
    switches: { server_ids: 'integer' },
    snapshots: FULL,
    post: {},
    outcome: [
      'main exit 1 | ❌ Unknown server: no snapshot was made | error Unknown server | none –',
      'post exit 0',
      'left: 1 completed, 2 completed, 3 completed, 4 completed, 5 completed',
    ],
    says: ["'server_id'", 'The token sees 12345 (web-server-01)'],
  },
  'ids above 2^53: nothing is deleted, and the reason is given': {
    main: { onSuccess: 'delete' },
    switches: { snapshot_ids: 'huge' },
    post: {},
    outcome: [
      'main exit 0 | 📸 VPS.org snapshot complete | 9007199254740993 completed',
      'post exit 0 | 📸 VPS.org snapshot kept | warning Snapshot not deleted | 9007199254740993 last seen completed at 2026-01-15 12:03:21 UTC',
      'POST /snapshots/ 201',
      'left: 9007199254740993 completed',
    ],
    says: ['not certain'],
  },
  'ids above 2^53: nothing is restored, and the reason is given': {
    main: RESTORE,
    switches: { snapshot_ids: 'huge' },
    post: FAILED,
    outcome: [
      'main exit 0 | 📸 VPS.org snapshot complete | warning A rollback would be refused | 9007199254740993 completed',
      'post exit 1 | ❌ Deploy failed, server NOT restored | error Not restored | 9007199254740993 ❌ not restored',
      'POST /snapshots/ 201',
      'comment on GitHub',
      'left: 9007199254740993 completed',
    ],
    says: ['too large a number', 'may have lost digits'],
  },
  'the API ignores the filter and lists only other servers: nothing is requested': {
    servers: [{ id: SERVER }, { id: 2, name: 'db' }],
    snapshots: [own(1, { server_id: 2 })],
    switches: { server_filter: 'ignored' },
    main: {},
    commands: [{ use: 'prune', inputs: pruneInputs() }],
    outcome: [
      'main exit 1 | ❌ Server not recognized: no snapshot was made | error Server not recognized | none –',
      'prune exit 1 | ❌ Not all pruned: 0 VPS.org snapshots pruned | error Not all pruned',
      'left: 1 completed',
    ],
    says: ['2 is one', /Not all pruned: 12345: the list shows only snapshots of other servers/m],
  },
  'pages that lead in circles: rotated, pruned and deleted from what they show': {
    main: { whenFull: 'rotate' },
    switches: { lists: 'paginated', next_link: 'loop', page_size: 2 },
    snapshots: FULL,
    commands: [
      { use: 'prune', inputs: pruneInputs() },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['1', '77'] }) },
    ],
    outcome: [
      CREATED,
      'prune exit 0 | ✂️ 2 VPS.org snapshots pruned | 4 deleted | 5 deleted | 801 kept | 3 kept | 2 kept',
      'delete exit 0 | 🗑️ 0 of 2 VPS.org snapshots deleted | notice Already gone | notice Already gone | 1 was already gone | 77 was already gone',
      'DELETE /snapshots/1/ 204',
      'POST /snapshots/ 201',
      'DELETE /snapshots/4/ 204',
      'DELETE /snapshots/5/ 204',
      'left: 2 completed, 3 completed, 801 completed',
    ],
  },
  'an incomplete list: nothing is deleted but what is forced': {
    main: { whenFull: 'rotate' },
    faults: [1, 2, 3, 4].map((nth) => answeredWith(partialList(...FIVE_LISTED), { ...LISTS, nth })),
    commands: [
      { use: 'prune', inputs: pruneInputs() },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['4', '77'] }) },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['77'], force: true }) },
    ],
    outcome: [
      'main exit 1 | ❌ No free snapshot slot: no snapshot was made | error No free snapshot slot | none –',
      'prune exit 1 | ❌ Not all pruned: 0 VPS.org snapshots pruned | error Not all pruned',
      'delete exit 1 | ❌ 0 of 2 VPS.org snapshots deleted | error Nothing deleted | 4 not touched | 77 not touched',
      'delete exit 0 | 🗑️ 1 of 1 VPS.org snapshot deleted | 77 deleted',
      'DELETE /snapshots/77/ 404',
      'left: nothing',
    ],
    says: [
      'incomplete',
      'does not show everything',
      'The list of snapshots for server 12345 is incomplete',
      /'keep_last' or the prune action\. Then run the job again\.$/m,
      /^snapshot 77 deleted$/m,
    ],
    neverSays: [/'when_full: rotate' to let/],
  },
  'a server typed by its name: rotated where the API confirms it': {
    main: { ...BY_NAME, whenFull: 'rotate' },
    faults: [
      answeredWith(completeList(...FIVE_LISTED), { ...LISTS, nth: 1 }),
      acceptedWith({ id: 12_345, name: 'web-server-01', status: 'active' }, GET_SERVER),
      acceptedWith(listedOfThisRun(4), CREATE_REQUEST),
    ],
    outcome: [
      "main exit 1 | ❓ Unknown whether the VPS.org snapshot was made | error Unexpected snapshot in the API's answer | none uncertain",
      'DELETE /snapshots/1/ 404',
      'POST /snapshots/ 200',
      'left: nothing',
    ],
    says: ['snapshot 1 deleted', 'snapshot 4, which existed before the request'],
  },
  'a server typed by the name of another one: nothing is deleted': {
    main: { ...BY_NAME, whenFull: 'rotate' },
    faults: [
      answeredWith(completeList(...FIVE_LISTED), { ...LISTS, nth: 1, times: 9 }),
      // Main cannot read the server beside the list, so that it asks before the deletion.
      { ...GET_SERVER, nth: 1, kind: 'status', status: 403 },
      acceptedWith({ id: 999, name: 'web', status: 'active' }, { ...GET_SERVER, nth: 2, times: 9 }),
    ],
    commands: [
      { use: 'prune', inputs: pruneInputs(BY_NAME) },
      { use: 'prune', inputs: pruneInputs({ ...BY_NAME, dryRun: true }) },
    ],
    outcome: [
      'main exit 1 | ❌ No slot was freed: no snapshot was made | error No slot was freed | none –',
      'prune exit 1 | ❌ Not all pruned: 0 VPS.org snapshots pruned | error Not all pruned',
      'prune exit 0 | 🔎 Dry run: 4 VPS.org snapshots would be pruned | 2 would be deleted | 3 would be deleted | 4 would be deleted | 5 would be deleted | 1 kept',
      'left: nothing',
    ],
    says: [/nothing shows that this is server web/],
  },
});
