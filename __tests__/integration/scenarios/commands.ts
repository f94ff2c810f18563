import { deleteInputs, pruneInputs, restoreInputs, waitInputs } from '../harness/inputs.ts';
import { DAY, markerOf, SERVER } from '../harness/test-environment.ts';
import {
  answer,
  byHand,
  DELETE,
  FAILED,
  FULL,
  LISTS,
  own,
  RESTORE,
  says,
  theirs,
  TWO,
  whole,
  type Story,
} from '../harness/scenario.ts';

/** The sibling actions, and several servers. */
export const SIBLINGS: Readonly<Record<string, Story>> = {
  'waited for by the wait action': {
    main: { ...RESTORE, wait: false },
    siblings: [{ use: 'wait', inputs: waitInputs({ snapshotIds: ['801'] }) }],
    post: FAILED,
  },
  'waiting for one that is not there': {
    siblings: [{ use: 'wait', inputs: waitInputs({ snapshotIds: ['77'] }) }],
  },
  'waiting for nothing': { siblings: [{ use: 'wait', inputs: waitInputs() }] },
  'restored by hand': {
    snapshots: [own(1), theirs(2), own(3)],
    siblings: [
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1'] }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['77'] }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], dryRun: true }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '3'], allowOlder: true }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], serverId: '2' }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], healthUrls: ['https://web.example/'] }) },
    ],
  },
  'restored by hand, and not confirmed': {
    snapshots: [own(3)],
    switches: { after_restore: 'error' },
    siblings: [{ use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'] }) }],
  },
  'deleted by hand': {
    snapshots: [own(1), theirs(2), byHand(3), own(4)],
    siblings: [
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['1', '77'] }) },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['2', '4'] }) },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['2', '3'], force: true, dryRun: true }) },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['2', '3'], force: true }) },
    ],
  },
  'deleted by hand, and refused': {
    snapshots: [own(1), own(4)],
    faults: { ...DELETE, kind: 'status', status: 403 },
    siblings: [{ use: 'delete', inputs: deleteInputs({ snapshotIds: ['1', '4'] }) }],
  },
  pruned: {
    snapshots: [own(1), own(2, { status: 'failed' }), theirs(3), own(4), own(5, { status: 'in_progress' })],
    siblings: [
      { use: 'prune', inputs: pruneInputs({ keepLast: 1, dryRun: true }) },
      { use: 'prune', inputs: pruneInputs({ keepLast: 1, olderThan: 7 * DAY }) },
      { use: 'prune', inputs: pruneInputs({ keepLast: 1 }) },
    ],
  },
  'pruned, and refused': {
    snapshots: [own(1), own(4)],
    faults: { ...DELETE, kind: 'status', status: 403 },
    siblings: [{ use: 'prune', inputs: pruneInputs({ serverIds: ['12345', '77'] }) }],
  },

  'two servers, both full': {
    main: { serverIds: ['1', '2'] },
    servers: TWO,
    snapshots: [1, 2].flatMap((server) =>
      FULL.map((s) => ({ ...s, id: s.id + 10 * server, server_id: server })),
    ),
    post: FAILED,
  },
  'one server typed in two forms': {
    main: { serverIds: [SERVER, '5f0c9f6e-3a51-4c0b-9d3f-8e2b7a41c6d0'] },
    faults: says(
      whole(answer(1, { server: { id: 12_345, uuid: '5f0c9f6e-3a51-4c0b-9d3f-8e2b7a41c6d0', name: 'web' } })),
      { ...LISTS, nth: 1, times: 2 },
    ),
  },
  'two servers, one of which does not come back': {
    main: { ...RESTORE, serverIds: ['1', '2'], healthUrls: ['https://web.example/health'] },
    servers: TWO,
    post: FAILED,
    faults: says(
      { id: 2, name: 'db', status: 'error' },
      { method: 'GET', path: '/servers/2/', nth: 4, times: 99 },
    ),
  },
  'two servers, one of which has a newer snapshot': {
    main: { ...RESTORE, serverIds: ['1', '2'] },
    servers: TWO,
    post: FAILED,
    between: (stage) =>
      void stage.machine.addSnapshot({ name: 'newer', server_id: 2, description: markerOf() }),
  },
  'two servers, and restore_if that says neither': {
    main: { ...RESTORE, serverIds: ['1', '2'] },
    servers: TWO,
    post: { ...FAILED, restoreIf: 'yes' },
  },
  'two servers, one of them stopped, and no token': {
    main: { ...RESTORE, serverIds: ['1', '2'], stopServer: true },
    servers: [
      { id: 1, name: 'web' },
      { id: 2, name: 'db', status: 'stopped' },
    ],
    signal: ['SIGKILL', 14_000],
    post: { ...FAILED, apiToken: '', tokenProblem: 'it is empty' },
  },
  'two servers restored by hand': {
    servers: TWO,
    snapshots: [
      own(1, { server_id: 1 }),
      own(2, { server_id: 2 }),
      own(3, { server_id: 2, status: 'failed' }),
    ],
    siblings: [
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '3'], allowOlder: true }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '2'], allowOlder: true }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1', '2'], dryRun: true }) },
      { use: 'prune', inputs: pruneInputs({ serverIds: ['1', '2'], keepLast: 3 }) },
    ],
  },
};
