import type { RootInputs } from './inputs.ts';
import { DAY, markerOf, START } from './test-environment.ts';

/** Snapshots, answers, faults and options that many tests start from. */

export const FAILED = { jobStatus: 'failure' };
export const CANCELLED = { jobStatus: 'cancelled' };
export const NO_TOKEN = { apiToken: '', tokenCheck: { ok: false, reason: 'it is empty' } } as const;
export const RESTORE: Partial<RootInputs> = { onFailure: 'restore', onCancel: 'restore' };
export const RESTORE_ON_FAILURE: Partial<RootInputs> = { onFailure: 'restore' };
/** A server typed by a name, which the API takes and this action cannot compare with ids. */
export const BY_NAME = { serverIds: ['web'] };

export const CREATE_REQUEST = { method: 'POST', path: '/snapshots/', nth: 1 };
export const LISTS = { method: 'GET', path: '/snapshots/' };
export const RESTORE_REQUEST = { method: 'POST', path: '/snapshots/*/restore/', nth: 1 };
export const POWER = { method: 'POST', path: '/servers/*/power/' };
export const DELETE = { method: 'DELETE', path: '/snapshots/*/', nth: 1 };
export const GET_SERVER = { method: 'GET', path: '/servers/*/' };
export const LIST_SERVERS = { method: 'GET', path: '/servers/' };

export const TWO_SERVERS = [
  { id: 1, name: 'web' },
  { id: 2, name: 'db' },
];
export const BOTH = { serverIds: ['1', '2'] };

/** A snapshot of an earlier run of this repository; the higher the id, the newer it is. */
export const own = (id: number, given: object = {}) => ({
  id,
  name: `own-${id}`,
  created_at: START - (20 - id) * DAY,
  content: `state-${id}`,
  description: markerOf({ runId: String(8000 + id) }),
  ...given,
});
export const theirs = (id: number) =>
  own(id, { name: `theirs-${id}`, description: markerOf({ repositoryId: '7' }) });
export const byHand = (id: number) => own(id, { name: `hand-${id}`, description: 'by hand' });
export const FULL = [own(1), theirs(2), byHand(3), own(4, { size_mb: 2048 }), own(5)];

/** The key and the name of the first snapshot that a test makes. */
const KEY = 'a087eaf3-00b3-49c9-b706-c4ebfb2627fd';
export const NAME = 'deploy-shop-9001-1';
export const SERVER_UUID = '5f0c9f6e-3a51-4c0b-9d3f-8e2b7a41c6d0';

/** A snapshot as the API shows it, of an earlier run; for answers that the simulator would not give. */
export const listed = (id: number | string, given: object = {}) => ({
  id,
  server: { id: 12_345, name: 'web-server-01' },
  name: `own-${id}`,
  status: 'completed',
  size_mb: 1000,
  created_at: new Date(START - DAY).toISOString(),
  description: markerOf({ runId: '8001' }),
  ...given,
});
/** The same of this run's step. */
export const listedOfThisRun = (id: number | string, given: object = {}) =>
  listed(id, { name: NAME, description: markerOf({ runId: '9001', key: KEY }), ...given });
export const FIVE_LISTED = [1, 2, 3, 4, 5].map((id) => listed(id));

/** A list that holds fewer than it counts, and a complete one. */
export const partialList = (...results: object[]) => ({ count: 9, results });
export const completeList = (...results: object[]) => ({ count: results.length, results });

/** The API acts, and answers with something else. */
export const answeredWith = (body: object, where: object) => ({ kind: 'wrong_json', body, ...where });
/** The API answers with a success where it would refuse. */
export const acceptedWith = (body: object, where: object) => ({
  kind: 'status',
  status: 200,
  body,
  ...where,
});
