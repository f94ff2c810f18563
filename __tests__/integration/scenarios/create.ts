import { jobOf } from '../harness/inputs.ts';
import { HOUR, markerOf, START } from '../harness/test-environment.ts';
import {
  CANCELLED,
  DELETE,
  FAILED,
  FULL,
  LISTS,
  POST,
  RESTORE,
  TWO,
  byHand,
  own,
  theirs,
  type Story,
} from '../harness/scenario.ts';

/** What main does and tells. */
export const MAIN: Readonly<Record<string, Story>> = {
  'a good deploy': { post: {} },
  'a good deploy, deleted afterwards': { main: { onSuccess: 'delete' }, post: {} },
  'a good deploy, deletion refused': {
    main: { onSuccess: 'delete' },
    post: {},
    faults: { ...DELETE, times: 9, kind: 'status', status: 403 },
  },
  'a good deploy, deletion unclear': {
    main: { onSuccess: 'delete' },
    post: {},
    faults: { ...DELETE, times: 99, kind: 'reset_before' },
  },
  'a good deploy, the older ones pruned': {
    main: { keepLast: 2 },
    post: {},
    snapshots: [own(1), own(2, { status: 'failed' }), theirs(3), own(4)],
  },
  'a good deploy, pruning without a list': {
    main: { keepLast: 1 },
    post: {},
    faults: { ...LISTS, nth: 30, times: 99, kind: 'status', status: 403 },
  },
  'not waited for': { main: { wait: false }, post: {} },
  'not waited for, and the job fails': { main: { ...RESTORE, wait: false }, post: FAILED },
  'a description that is cut': { main: { description: 'before the update '.repeat(20) } },
  'a description that the API drops': { switches: { description_kept: 0 }, post: {} },
  'a description that the API drops, and an answer that is lost': {
    switches: { description_kept: 0 },
    faults: { ...POST, kind: 'reset_after' },
    post: FAILED,
  },
  'an answer that is lost': { faults: { ...POST, kind: 'reset_after' } },
  'a request that is lost': { faults: { ...POST, kind: 'reset_before' } },
  'a request that hangs': { faults: { ...POST, kind: 'silence_before' } },
  'two requests that are lost': { faults: { ...POST, times: 3, kind: 'reset_before' }, post: FAILED },
  'an answer that is lost, and an outage': {
    faults: [
      { ...POST, kind: 'reset_after' },
      { ...LISTS, nth: 2, times: 999, kind: 'status', status: 503 },
    ],
    post: FAILED,
  },
  'an answer that is lost, and lists that are refused': {
    faults: [
      { ...POST, kind: 'reset_after' },
      { ...LISTS, nth: 2, times: 999, kind: 'status', status: 403 },
    ],
    post: FAILED,
  },
  'made twice': { switches: { listed_late: 40 }, faults: { ...POST, kind: 'reset_after' }, post: {} },
  'made twice, and the job fails': {
    main: { onFailure: 'delete' },
    switches: { listed_late: 40 },
    faults: { ...POST, kind: 'reset_after' },
    post: FAILED,
  },
  'refused by the API': {
    faults: { ...POST, kind: 'status', status: 403, body: { detail: 'No.' } },
    post: FAILED,
  },
  'refused as bad': {
    faults: { ...POST, kind: 'status', status: 400, body: { detail: 'Bad.' } },
    post: FAILED,
  },
  'refused as bad, and no list': {
    faults: [
      { ...POST, kind: 'status', status: 400 },
      { ...LISTS, nth: 2, times: 99, kind: 'status', status: 403 },
    ],
  },
  'a name that is taken': {
    switches: { unique_names: 'server' },
    snapshots: [own(1, { name: 'deploy-shop-9001-1' })],
  },
  'a name that is taken, and a longer one that is refused': {
    switches: { unique_names: 'server', name_limit: 20 },
    snapshots: [own(1, { name: 'deploy-shop-9001-1' })],
  },
  'a full server': { snapshots: FULL },
  'a full server, rotated': { main: { whenFull: 'rotate' }, snapshots: FULL, post: {} },
  'a full server, rotated, but the slot stays taken': {
    main: { whenFull: 'rotate' },
    snapshots: FULL,
    switches: { slot_late: 3600 },
  },
  'a full server, its only own one rotated': {
    main: { whenFull: 'rotate' },
    snapshots: [own(1), theirs(2), theirs(3), byHand(4), byHand(5)],
  },
  'a full server, none of its own': {
    main: { whenFull: 'rotate' },
    snapshots: [theirs(1), theirs(2), theirs(3), byHand(4), byHand(5)],
  },
  'a full server, and the rotation is refused': {
    main: { whenFull: 'rotate' },
    snapshots: FULL,
    faults: { ...DELETE, kind: 'status', status: 403 },
  },
  'a dry run': {
    main: { dryRun: true, stopServer: true, keepLast: 1 },
    snapshots: [own(1), own(2)],
    post: {},
  },
  'a dry run on a full server': { main: { dryRun: true, whenFull: 'rotate' }, snapshots: FULL, post: {} },
  'somebody else at work': { snapshots: [own(1, { status: 'in_progress' }), theirs(2)] },
  'a snapshot that fails': { switches: { fail_next: 1 }, post: FAILED },
  'a snapshot that takes too long': { main: { waitTimeout: 60_000 }, post: FAILED },
  'a list that is refused at first': { faults: { ...LISTS, times: 9, kind: 'status', status: 401 } },
  'an unknown server': { main: { serverIds: ['77'] } },
  'an outage while waiting': { faults: { ...LISTS, nth: 4, times: 12, kind: 'status', status: 503 } },
  're-run, reused': {
    main: { onRerun: 'reuse' },
    job: jobOf({ runAttempt: 2 }),
    snapshots: [
      own(1, { description: markerOf({ runId: '9001', runAttempt: 1 }), created_at: START - HOUR }),
    ],
    post: {},
  },
  're-run, not reused': {
    main: { onRerun: 'reuse' },
    job: jobOf({ runAttempt: 2 }),
    snapshots: [own(1, { description: markerOf({ runId: '9001', runAttempt: 1 }) })],
  },
  'two servers': { main: { serverIds: ['1', '2'] }, servers: TWO, post: {} },
  'two servers, one of which fails': {
    main: { serverIds: ['1', '2'] },
    servers: TWO,
    switches: { fail_next: 1 },
    post: FAILED,
  },
  'two servers, one of which is full': {
    main: { serverIds: ['1', '2'] },
    servers: TWO,
    snapshots: FULL.map((s) => ({ ...s, server_id: 2 })),
    post: FAILED,
  },
  'cancelled while waiting': { signal: ['SIGINT', 20_000], post: CANCELLED },
  'killed while waiting': { signal: ['SIGKILL', 20_000], main: { onFailure: 'delete' }, post: FAILED },
  'killed before the answer': { signal: ['SIGKILL', 75], post: FAILED },
};
