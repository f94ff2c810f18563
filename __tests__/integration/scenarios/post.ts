import {
  BOTH,
  CANCELLED,
  DELETE,
  FAILED,
  NO_TOKEN,
  own,
  POWER,
  RESTORE,
  RESTORE_REQUEST,
  theirs,
  TWO_SERVERS,
} from '../harness/samples.ts';
import type { Scenario } from '../harness/scenario.ts';
import { markerOf } from '../harness/test-environment.ts';

export const POST: Readonly<Record<string, Scenario>> = {
  'snapshot deleted after a good deploy': { main: { onSuccess: 'delete' }, post: {} },
  'snapshot not deleted after a good deploy': {
    main: { onSuccess: 'delete' },
    post: {},
    faults: { ...DELETE, times: 9, kind: 'status', status: 403 },
  },
  'older snapshots deleted by keep_last': {
    main: { keepLast: 2 },
    post: {},
    snapshots: [own(1), own(2, { status: 'failed' }), theirs(3), own(4)],
  },
  'rolled back': { main: RESTORE, post: FAILED },
  'rolled back, health check passed': {
    main: { ...RESTORE, healthUrls: ['https://web.example/health'] },
    post: FAILED,
  },
  'rolled back, health check failed': {
    main: { ...RESTORE, healthUrls: ['https://web.example/health', 'https://db.example/'] },
    post: FAILED,
    health: (url) => (url.includes('db') ? 500 : 200),
  },
  'rolled back, server started': { main: RESTORE, post: FAILED, switches: { after_restore: 'stopped' } },
  'rolled back, server not started': {
    main: RESTORE,
    post: FAILED,
    switches: { after_restore: 'stopped' },
    faults: { ...POWER, times: 999, kind: 'status', status: 403 },
  },
  'restore answer lost': { main: RESTORE, post: FAILED, faults: { ...RESTORE_REQUEST, kind: 'reset_after' } },
  'restore request lost twice': {
    main: RESTORE,
    post: FAILED,
    faults: { ...RESTORE_REQUEST, times: 9, kind: 'reset_before' },
  },
  'restore refused': {
    main: RESTORE,
    post: FAILED,
    faults: { ...RESTORE_REQUEST, times: 99, kind: 'status', status: 400, body: { detail: 'Not now.' } },
  },
  'restore timed out': {
    main: { ...RESTORE, restoreTimeout: 20 * 60_000 },
    post: FAILED,
    switches: { restore_seconds: [9000, 9000] },
  },
  'token cannot read servers': {
    main: RESTORE,
    post: FAILED,
    switches: { permissions: ['snapshots:read', 'snapshots:write'] },
  },
  'not restored, newer snapshot': {
    main: RESTORE,
    post: FAILED,
    between: (testEnv) => void testEnv.api.addSnapshot({ name: 'newer', description: markerOf() }),
  },
  'cancelled, restore not confirmed in time': { main: RESTORE, post: CANCELLED },
  'restore_if neither true nor false': { main: RESTORE, post: { ...FAILED, restoreIf: 'yes' } },
  'two servers, one not restored': {
    main: { ...RESTORE, ...BOTH },
    servers: TWO_SERVERS,
    post: FAILED,
    between: (testEnv) =>
      void testEnv.api.addSnapshot({ name: 'newer', server_id: 2, description: markerOf() }),
  },
  'post step without a token': {
    main: RESTORE,
    post: { ...FAILED, ...NO_TOKEN },
  },
};
