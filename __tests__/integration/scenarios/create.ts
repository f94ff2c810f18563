import { jobOf } from '../harness/inputs.ts';
import {
  BOTH,
  CANCELLED,
  CREATE_REQUEST,
  FAILED,
  FULL,
  LISTS,
  own,
  theirs,
  TWO_SERVERS,
} from '../harness/samples.ts';
import type { Scenario } from '../harness/scenario.ts';
import { HOUR, markerOf, START } from '../harness/test-environment.ts';

export const CREATE: Readonly<Record<string, Scenario>> = {
  'good deploy': { post: {} },
  'wait false': { main: { wait: false }, post: {} },
  'create answer lost': { faults: { ...CREATE_REQUEST, kind: 'reset_after' } },
  'create request lost': { faults: { ...CREATE_REQUEST, kind: 'reset_before' } },
  'create request lost twice': {
    faults: { ...CREATE_REQUEST, times: 3, kind: 'reset_before' },
    post: FAILED,
  },
  'duplicate snapshot deleted': {
    switches: { listed_late: 40 },
    faults: { ...CREATE_REQUEST, kind: 'reset_after' },
    post: {},
  },
  'create request refused': {
    faults: { ...CREATE_REQUEST, kind: 'status', status: 403, body: { detail: 'No.' } },
    post: FAILED,
  },
  'name taken': {
    switches: { unique_names: 'server' },
    snapshots: [own(1, { name: 'deploy-shop-9001-1' })],
  },
  'server full': { snapshots: FULL },
  'server full, oldest own snapshot rotated': { main: { whenFull: 'rotate' }, snapshots: FULL, post: {} },
  'server full, rotated slot not freed': {
    main: { whenFull: 'rotate' },
    snapshots: FULL,
    switches: { slot_late: 3600 },
  },
  'dry run': {
    main: { dryRun: true, stopServer: true, keepLast: 1 },
    snapshots: [own(1), own(2)],
    post: {},
  },
  'another run on the server': {
    snapshots: [own(1, { status: 'in_progress', created_at: START - HOUR }), theirs(2)],
  },
  'snapshot failed': { switches: { fail_next: 1 }, post: FAILED },
  'snapshot timed out': { main: { waitTimeout: 60_000 }, post: FAILED },
  'token rejected': { faults: { ...LISTS, times: 9, kind: 'status', status: 401 } },
  'server not found': { main: { serverIds: ['77'] } },
  'outage while waiting': { faults: { ...LISTS, nth: 4, times: 12, kind: 'status', status: 503 } },
  'snapshot reused on a re-run': {
    main: { onRerun: 'reuse' },
    job: jobOf({ runAttempt: 2 }),
    snapshots: [
      own(1, { description: markerOf({ runId: '9001', runAttempt: 1 }), created_at: START - HOUR }),
    ],
    post: {},
  },
  'two servers': { main: BOTH, servers: TWO_SERVERS, post: {} },
  'two servers, one snapshot failed': {
    main: BOTH,
    servers: TWO_SERVERS,
    switches: { fail_next: 1 },
    post: FAILED,
  },
  'cancelled while waiting': { signal: ['SIGINT', 20_000], post: CANCELLED },
  'killed while waiting, then deleted by post': {
    signal: ['SIGKILL', 20_000],
    main: { onFailure: 'delete' },
    post: FAILED,
  },
  'killed before the create answer': { signal: ['SIGKILL', 75], post: FAILED },
};
