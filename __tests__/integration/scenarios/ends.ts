import { parseTemplate } from '../../../src/snapshots/name.ts';
import { deleteInputs, jobOf, restoreInputs, waitInputs } from '../harness/inputs.ts';
import { HOUR, markerOf, SERVER, START } from '../harness/test-environment.ts';
import {
  CANCELLED,
  FAILED,
  FULL,
  GET_SERVER,
  KEY,
  LISTS,
  POST,
  POWER,
  RESTORE,
  TWO,
  answer,
  mine,
  own,
  says,
  whole,
  type Story,
} from '../harness/scenario.ts';

/** Ends that come seldom. */
export const ENDS: Readonly<Record<string, Story>> = {
  'a name that cannot be': { main: { nameTemplate: parseTemplate('{sha}{sha}{sha}') } },
  'a name of many parts': {
    main: {
      nameTemplate: parseTemplate('{owner}-{repo}-{ref}-{sha7}-{run_number}-{job}-{workflow}-{date}-{time}'),
    },
  },
  'stopped, and a slot made': { main: { stopServer: true, whenFull: 'rotate' }, snapshots: FULL, post: {} },
  'a dry run of a re-run': {
    main: { dryRun: true, onRerun: 'reuse', stopServer: true },
    job: jobOf({ runAttempt: 2 }),
    snapshots: [own(1, { description: markerOf({ runId: '9001' }), created_at: START - HOUR })],
  },
  'restored, and stopped as before': {
    main: { ...RESTORE, stopServer: true, healthUrls: ['https://web.example/health'] },
    servers: [{ id: SERVER, status: 'stopped' }],
    switches: { after_restore: 'as_before' },
    post: FAILED,
  },
  'restore_if that is false, and the job fails': { main: RESTORE, post: { ...FAILED, restoreIf: 'false' } },
  'restore_if that is false, and the job is cancelled': {
    main: RESTORE,
    post: { ...CANCELLED, restoreIf: 'false' },
  },
  'restore_if that says neither, and nobody waited': {
    main: { ...RESTORE, wait: false },
    post: { ...FAILED, restoreIf: 'yes' },
  },
  'made twice, and rolled back': {
    main: RESTORE,
    switches: { listed_late: 40 },
    faults: { ...POST, kind: 'reset_after' },
    post: FAILED,
  },
  'made twice, and killed': {
    signal: ['SIGKILL', 20_000],
    switches: { listed_late: 40 },
    faults: { ...POST, kind: 'reset_after' },
    post: FAILED,
  },
  'made twice, killed later, and kept': {
    signal: ['SIGKILL', 100_000],
    switches: { listed_late: 40 },
    faults: { ...POST, kind: 'reset_after' },
    post: FAILED,
  },
  'cancelled while a restore is configured, and only on cancel': {
    main: { onCancel: 'restore' },
    switches: { permissions: ['snapshots:read', 'snapshots:write'] },
    signal: ['SIGTERM', 20_000],
    post: CANCELLED,
  },
  'cancelled before the answer, and not to be waited for': {
    main: { onCancel: 'restore', wait: false },
    signal: ['SIGINT', 75],
    post: CANCELLED,
  },
  'an answer that is lost, two of its key, and not to be waited for': {
    main: { wait: false },
    faults: [
      { ...POST, kind: 'reset_before' },
      says(whole(mine(901), mine(902), mine('../x')), { ...LISTS, nth: 2, times: 3 }),
    ],
    post: {},
  },
  'cancelled before the first request': { signal: ['SIGINT', 1], post: CANCELLED },
  'cancelled in a plan of two': {
    main: { serverIds: ['1', '2'] },
    servers: TWO,
    signal: ['SIGINT', 60],
    post: CANCELLED,
  },
  'killed while it stops': { main: { stopServer: true }, signal: ['SIGKILL', 5000], post: FAILED },
  'killed while it stops, and no token': {
    main: { stopServer: true },
    signal: ['SIGKILL', 5000],
    post: { ...FAILED, apiToken: '', tokenProblem: 'it is empty' },
  },
  'killed before the answer, and no token': {
    signal: ['SIGKILL', 75],
    post: { ...FAILED, apiToken: '', tokenProblem: 'it is empty' },
  },
  'a dry run, and no token': {
    main: { dryRun: true, keepLast: 1 },
    post: { apiToken: '', tokenProblem: 'it is empty' },
  },
  'a server without a state': { main: { stopServer: true }, switches: { server_missing: ['status'] } },
  ...Object.fromEntries(
    [401, 404, 409].map((status) => [
      `a start that is answered with ${status === 401 ? 'a wrong token' : status === 404 ? 'an unknown server' : 'a conflict'}`,
      { main: { stopServer: true }, faults: { ...POWER, nth: 2, times: 3, kind: 'status', status } },
    ]),
  ),
  'a stop that is not seen to its end': {
    main: { stopServer: true },
    faults: { ...GET_SERVER, nth: 2, times: 2, kind: 'status', status: 403 },
    post: FAILED,
  },
  'a start that is not seen to its end': {
    main: { stopServer: true },
    faults: { ...GET_SERVER, nth: 6, times: 99, kind: 'status', status: 403 },
    post: FAILED,
  },
  'a state before a restore that cannot be read': {
    main: RESTORE,
    faults: { ...GET_SERVER, nth: 2, times: 99, kind: 'status', status: 500 },
    post: FAILED,
  },
  'waiting until the token is revoked': {
    servers: TWO,
    main: { serverIds: ['1', '2'] },
    faults: { ...LISTS, nth: 6, times: 99, kind: 'status', status: 401 },
    post: FAILED,
  },
  'a snapshot without a server': {
    faults: says(whole(answer(1, { server: null }), answer(2, { server: { uuid: KEY } })), {
      ...LISTS,
      nth: 1,
      times: 3,
    }),
    siblings: [
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1'] }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['2'], dryRun: true }) },
      { use: 'wait', inputs: waitInputs({ snapshotIds: ['1'], serverIds: [SERVER] }) },
    ],
  },
  'ids beyond 2^53, deleted by hand': {
    faults: says(whole(answer(1, { id: 9_007_199_254_740_993n.toString() })), { ...LISTS, nth: 1 }),
    siblings: [
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['9007199254740993', '77'] }) },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['78'], force: true }) },
    ],
  },
  'restored by hand, and started': {
    snapshots: [own(3)],
    switches: { after_restore: 'stopped' },
    siblings: [{ use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], serverId: SERVER }) }],
  },
  'ids beyond 2^53, and deleted by hand': {
    switches: { snapshot_ids: 'huge' },
    main: {},
    siblings: [
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['9007199254740993'] }) },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['9007199254740993'], force: true }) },
    ],
  },
  'an answer that is lost, and a new one of another name': {
    faults: [
      { ...POST, kind: 'reset_before' },
      says(whole(answer(5, { description: null })), { ...LISTS, nth: 2, times: 5 }),
    ],
  },
  'a list that is refused for one of two older runs': {
    servers: TWO,
    main: { serverIds: ['1', '2'], keepLast: 1 },
    faults: { ...LISTS, nth: 23, times: 1, kind: 'status', status: 403 },
    post: {},
  },
};
