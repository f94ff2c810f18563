import { deleteInputs, jobOf, pruneInputs, restoreInputs, waitInputs } from '../harness/inputs.ts';
import { HOUR, markerOf, SERVER, START } from '../harness/test-environment.ts';
import {
  FAILED,
  FIVE,
  FULL,
  GET_SERVER,
  gives,
  LISTS,
  NAME,
  POST,
  RESTORE,
  TWO,
  TYPED,
  answer,
  mine,
  own,
  part,
  says,
  whole,
  type Story,
} from '../harness/scenario.ts';

/** APIs and answers that are not the usual ones. */
export const ANSWERS: Readonly<Record<string, Story>> = {
  'ids that are UUIDs': {
    main: { ...RESTORE, whenFull: 'rotate' },
    switches: { server_ids: 'uuid', snapshot_ids: 'uuid' },
    snapshots: FULL,
    post: FAILED,
  },
  'a typed UUID': {
    main: { serverIds: ['00000000-0000-4000-8000-000000012345'], whenFull: 'rotate', keepLast: 1 },
    switches: { server_ids: 'integer' },
    snapshots: FULL,
    post: {},
  },
  'ids beyond 2^53': {
    main: { onSuccess: 'delete' },
    switches: { snapshot_ids: 'huge' },
    post: {},
  },
  'ids beyond 2^53, and a failed deploy': { main: RESTORE, switches: { snapshot_ids: 'huge' }, post: FAILED },
  'a filter that is ignored': {
    main: { keepLast: 1 },
    servers: [{ id: SERVER }, { id: 2, name: 'db' }],
    snapshots: [own(1), own(2, { server_id: 2 }), own(3)],
    switches: { server_filter: 'ignored' },
    post: {},
  },
  'a filter that is ignored, and only snapshots of others': {
    servers: [{ id: SERVER }, { id: 2, name: 'db' }],
    snapshots: [own(1, { server_id: 2 })],
    switches: { server_filter: 'ignored' },
    main: {},
    siblings: [{ use: 'prune', inputs: pruneInputs() }],
  },
  'no time from the API': {
    main: { whenFull: 'rotate', keepLast: 2 },
    switches: { date_header: false },
    snapshots: FULL,
    post: {},
  },
  'creation times that cannot be read': {
    main: { ...RESTORE, whenFull: 'rotate' },
    switches: { created_at: 'unreadable' },
    snapshots: [own(1), own(2)],
    post: FAILED,
    siblings: [{ use: 'prune', inputs: pruneInputs() }],
  },
  'fields that are missing': {
    main: { keepLast: 1 },
    switches: { snapshot_missing: ['size_mb', 'created_at', 'name', 'server'], server_missing: ['name'] },
    snapshots: [own(1), own(2)],
    post: {},
  },
  'names that are missing, and a full server': {
    main: { whenFull: 'rotate' },
    switches: { snapshot_null: ['name', 'size_mb'], server_null: ['name'] },
    snapshots: FULL,
  },
  'pages that lead in circles': {
    main: { whenFull: 'rotate' },
    switches: { lists: 'paginated', next_link: 'loop', page_size: 2 },
    snapshots: FULL,
    siblings: [
      { use: 'prune', inputs: pruneInputs() },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['1', '77'] }) },
    ],
  },
  'deletion refused while it is in progress': {
    main: { onFailure: 'delete' },
    signal: ['SIGKILL', 20_000],
    switches: { delete_busy: 'refused' },
    post: FAILED,
  },
  'a limit on requests': {
    main: { keepLast: 1 },
    switches: { rate_limit: 3 },
    snapshots: [own(1)],
    post: {},
  },
  'a snapshot that fails and vanishes': {
    switches: { fail_next: 1, failed_snapshots: 'gone' },
    post: FAILED,
  },
  'a snapshot that is never listed': { switches: { listed_late: 3600 }, post: FAILED },
  'an own failed one, rotated': {
    main: { whenFull: 'rotate' },
    snapshots: FULL.map((s) => (s.id === 4 ? { ...s, status: 'failed' as const } : s)),
  },
  'a restore that shows late': { main: RESTORE, switches: { restoring_late: 50 }, post: FAILED },
  'another restore at work': {
    snapshots: [own(3)],
    siblings: [
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], restoreTimeout: 60_000 }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], restoreTimeout: 60_000 }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], healthUrls: ['https://web.example/'] }) },
    ],
  },
  'waited for among several': {
    servers: TWO,
    main: { serverIds: ['1', '2'], wait: false },
    siblings: [
      { use: 'wait', inputs: waitInputs({ snapshotIds: ['801', '802'], serverIds: ['1', '2'] }) },
      { use: 'wait', inputs: waitInputs({ snapshotIds: ['801', '802'], waitTimeout: 1000 }) },
      { use: 'wait', inputs: waitInputs({ snapshotIds: ['801', '77'], waitTimeout: 90_000 }) },
      { use: 'wait', inputs: waitInputs({ snapshotIds: ['801'], dryRun: true }) },
      { use: 'wait', inputs: waitInputs({ dryRun: true }) },
    ],
    post: {},
  },
  'nothing named': {
    siblings: [
      { use: 'restore', inputs: restoreInputs() },
      { use: 'restore', inputs: restoreInputs({ dryRun: true }) },
      { use: 'delete', inputs: deleteInputs() },
      { use: 'delete', inputs: deleteInputs({ dryRun: true }) },
    ],
  },
  'siblings without an answer': {
    faults: { ...LISTS, times: 99, kind: 'status', status: 401 },
    siblings: [
      { use: 'wait', inputs: waitInputs({ snapshotIds: ['1'] }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1'] }) },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['1'] }) },
      { use: 'prune', inputs: pruneInputs() },
    ],
  },

  'a list that does not show everything': {
    main: { whenFull: 'rotate' },
    faults: [1, 2, 3, 4].map((nth) => says(part(...FIVE), { ...LISTS, nth })),
    siblings: [
      { use: 'prune', inputs: pruneInputs() },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['4', '77'] }) },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['77'], force: true }) },
    ],
  },
  'a good deploy, pruning from half a list': {
    main: { keepLast: 1 },
    post: {},
    snapshots: [own(1)],
    faults: says(part(...FIVE), { ...LISTS, nth: 21, times: 9 }),
  },
  'a server typed by its name': {
    main: { ...TYPED, whenFull: 'rotate' },
    faults: [
      says(whole(...FIVE), { ...LISTS, nth: 1 }),
      gives({ id: 12_345, name: 'web-server-01', status: 'active' }, GET_SERVER),
      gives(mine(4), POST),
    ],
  },
  'a server typed by a name that is another one': {
    main: { ...TYPED, whenFull: 'rotate' },
    faults: [
      says(whole(...FIVE), { ...LISTS, nth: 1, times: 9 }),
      gives({ id: 999, name: 'web', status: 'active' }, { ...GET_SERVER, times: 9 }),
    ],
    siblings: [
      { use: 'prune', inputs: pruneInputs(TYPED) },
      { use: 'prune', inputs: pruneInputs({ ...TYPED, dryRun: true }) },
    ],
  },
  're-run, and the server typed by its name': {
    main: { ...TYPED, onRerun: 'reuse', stopServer: true },
    job: jobOf({ runAttempt: 2 }),
    faults: [
      says(
        whole(
          answer(1, {
            description: markerOf({ runId: '9001' }),
            created_at: new Date(START - HOUR).toISOString(),
          }),
        ),
        {
          ...LISTS,
          nth: 1,
          times: 2,
        },
      ),
      gives({ id: 12_345, name: 'web-server-01', status: 'active' }, { ...GET_SERVER, times: 99 }),
    ],
  },
  're-run, and the server typed by the name of another one': {
    main: { ...TYPED, onRerun: 'reuse' },
    job: jobOf({ runAttempt: 2 }),
    faults: [
      says(
        whole(
          answer(1, {
            description: markerOf({ runId: '9001' }),
            created_at: new Date(START - HOUR).toISOString(),
          }),
        ),
        {
          ...LISTS,
          nth: 1,
        },
      ),
      gives({ id: 999, name: 'web', status: 'active' }, { ...GET_SERVER, times: 9 }),
    ],
  },
  'answered with a snapshot that was there before': {
    snapshots: [own(1)],
    faults: says(answer(1, { description: null }), POST),
    post: FAILED,
  },
  'answered with a snapshot of another run': { faults: says(answer(77), POST), post: FAILED },
  'answered with a snapshot of another server': {
    faults: says(mine(77, { server: { id: 2, name: 'db' } }), POST),
    post: FAILED,
  },
  'answered with a snapshot of a server without an id': {
    faults: says(mine(77, { server: { name: 'db' } }), POST),
    post: FAILED,
  },
  'an answer that is lost, and two of its key': {
    faults: [
      { ...POST, kind: 'reset_before' },
      says(whole(mine(901), mine(902), mine('../x')), { ...LISTS, nth: 2, times: 3 }),
    ],
    post: {},
  },
  'an answer that is lost, and an id that cannot be used': {
    faults: [{ ...POST, kind: 'reset_before' }, says(whole(mine('../x')), { ...LISTS, nth: 2, times: 99 })],
    post: { ...FAILED },
    main: { onFailure: 'delete' },
  },
  'an answer that is lost, and half a list': {
    faults: [{ ...POST, kind: 'reset_before' }, says(part(answer(1)), { ...LISTS, nth: 2, times: 999 })],
    post: FAILED,
  },
  'an answer that is lost, and no time left': {
    main: { waitTimeout: 8000 },
    faults: { ...POST, kind: 'reset_before' },
    post: FAILED,
  },
  'an answer that is lost, and the second request refused': {
    faults: [
      { ...POST, kind: 'reset_before' },
      { ...POST, nth: 2, kind: 'status', status: 400, body: { detail: 'Name taken.' } },
    ],
    post: FAILED,
  },
  'an answer that is lost, the second refused, and the first listed': {
    faults: [
      { ...POST, kind: 'reset_before' },
      { ...POST, nth: 2, kind: 'status', status: 400, body: { detail: 'Name taken.' } },
      says(whole(mine(901), mine(902)), { ...LISTS, nth: 7, times: 3 }),
    ],
    post: {},
  },
  'an answer that is lost, the second refused, and an unmarked one listed': {
    faults: [
      { ...POST, kind: 'reset_before' },
      { ...POST, nth: 2, kind: 'status', status: 400, body: { detail: 'Name taken.' } },
      says(whole(answer(901, { name: NAME, description: null })), { ...LISTS, nth: 7 }),
    ],
    post: FAILED,
  },
  'a name that was there before, without a mark': {
    snapshots: [own(1, { name: NAME, description: null })],
    faults: { ...POST, kind: 'reset_after' },
  },
  'full by surprise, at a time that nobody tells': {
    snapshots: FULL.slice(0, 4),
    switches: { date_header: false, limit: 4 },
    faults: says(whole(...FIVE), { ...LISTS, nth: 2 }),
  },
  'killed before the answer, and the list refused': {
    signal: ['SIGKILL', 75],
    faults: { ...LISTS, nth: 2, times: 99, kind: 'status', status: 403 },
    post: FAILED,
  },
  'killed before the answer, and an outage': {
    signal: ['SIGKILL', 75],
    faults: { ...LISTS, nth: 2, times: 9999, kind: 'status', status: 503 },
    post: FAILED,
  },
  'killed before the answer, and half a list': {
    signal: ['SIGKILL', 75],
    faults: says(part(answer(1)), { ...LISTS, nth: 2, times: 9999 }),
    post: FAILED,
  },
  'killed before the answer, and an unmarked one listed': {
    signal: ['SIGKILL', 75],
    faults: says(whole(answer(901, { name: NAME, description: null })), { ...LISTS, nth: 2, times: 99 }),
    post: FAILED,
  },
  'killed before the answer, and an id that cannot be used': {
    signal: ['SIGKILL', 75],
    faults: says(whole(mine('../x'), mine('../y')), { ...LISTS, nth: 2, times: 99 }),
    post: FAILED,
    main: { onFailure: 'delete' },
  },
  'killed while waiting, and listed without its mark': {
    signal: ['SIGKILL', 20_000],
    faults: says(whole(answer(801, { description: null }), answer(1)), { ...LISTS, nth: 4, times: 99 }),
    post: FAILED,
  },
  'killed while waiting, and not listed any more': {
    signal: ['SIGKILL', 20_000],
    faults: says(whole(answer(1)), { ...LISTS, nth: 4, times: 99 }),
    post: FAILED,
  },
  'killed while waiting, and listed twice': {
    signal: ['SIGKILL', 20_000],
    faults: says(whole(mine(801), mine(802), mine(803)), { ...LISTS, nth: 4, times: 99 }),
    post: FAILED,
  },
};
