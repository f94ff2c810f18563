import { markerOf, SERVER } from '../harness/test-environment.ts';
import { ASK, CANCELLED, FAILED, LISTS, POWER, RESTORE, TWO, type Story } from '../harness/scenario.ts';

/** Stopping and starting the server, and rolling back. */
export const ROLLBACKS: Readonly<Record<string, Story>> = {
  'stopped and started': { main: { stopServer: true }, post: {} },
  'stopped already': { main: { stopServer: true }, servers: [{ id: SERVER, status: 'stopped' }] },
  'not to be stopped': {
    main: { stopServer: true },
    switches: { power_seconds: [3600, 3600] },
    post: FAILED,
  },
  'a stop that is refused': { main: { stopServer: true }, faults: { ...POWER, kind: 'status', status: 403 } },
  'a stop whose answer is lost': {
    main: { stopServer: true },
    faults: { ...POWER, nth: 1, kind: 'reset_after' },
  },
  'a stop that never arrived': {
    main: { stopServer: true },
    faults: { ...POWER, nth: 1, kind: 'reset_before' },
  },
  'a start that is refused': {
    main: { stopServer: true },
    faults: { ...POWER, nth: 2, times: 2, kind: 'status', status: 403 },
    post: FAILED,
  },
  'a start that is always refused': {
    main: { stopServer: true },
    faults: { ...POWER, nth: 2, times: 999, kind: 'status', status: 400 },
    post: FAILED,
  },
  'killed while it is stopped': { main: { stopServer: true }, signal: ['SIGKILL', 60_000], post: FAILED },
  'a server that is suspended': {
    main: { stopServer: true },
    servers: [{ id: SERVER, status: 'suspended' }],
  },

  'rolled back': { main: RESTORE, post: FAILED },
  'rolled back, and well': { main: { ...RESTORE, healthUrls: ['https://web.example/health'] }, post: FAILED },
  'rolled back, but not well': {
    main: { ...RESTORE, healthUrls: ['https://web.example/health', 'https://db.example/'] },
    post: FAILED,
    health: (url) => (url.includes('db') ? 500 : 200),
  },
  'rolled back, and started': { main: RESTORE, post: FAILED, switches: { after_restore: 'stopped' } },
  'rolled back, but not started': {
    main: RESTORE,
    post: FAILED,
    switches: { after_restore: 'stopped' },
    faults: { ...POWER, times: 999, kind: 'status', status: 403 },
  },
  'a restore whose answer is lost': { main: RESTORE, post: FAILED, faults: { ...ASK, kind: 'reset_after' } },
  'a restore that is lost': { main: RESTORE, post: FAILED, faults: { ...ASK, kind: 'reset_before' } },
  'two restores that are lost': {
    main: RESTORE,
    post: FAILED,
    faults: { ...ASK, times: 9, kind: 'reset_before' },
  },
  'a restore that is refused': {
    main: RESTORE,
    post: FAILED,
    faults: { ...ASK, kind: 'status', status: 400, body: { detail: 'Not now.' } },
  },
  'a restore that cannot be sent': {
    main: RESTORE,
    post: FAILED,
    faults: { ...ASK, times: 99, kind: 'refused' },
  },
  'a restore that breaks the server': { main: RESTORE, post: FAILED, switches: { after_restore: 'error' } },
  'a restore that does not end': {
    main: { ...RESTORE, restoreTimeout: 20 * 60_000 },
    post: FAILED,
    switches: { restore_seconds: [9000, 9000] },
  },
  'a restore that nothing shows': {
    main: RESTORE,
    post: FAILED,
    switches: { word_restoring: 'active', server_missing: ['updated_at'] },
  },
  'a restore during an outage': {
    main: RESTORE,
    post: FAILED,
    faults: { method: 'GET', path: '/servers/*/', nth: 4, times: 12, kind: 'status', status: 503 },
  },
  'a token that may not read servers': {
    main: RESTORE,
    post: FAILED,
    switches: { permissions: ['snapshots:read', 'snapshots:write'] },
  },
  'a newer snapshot': {
    main: RESTORE,
    post: FAILED,
    between: (stage) => void stage.machine.addSnapshot({ name: 'newer', description: markerOf() }),
  },
  'a newer snapshot that nobody marked': {
    main: RESTORE,
    post: FAILED,
    between: (stage) => void stage.machine.addSnapshot({ name: 'newer' }),
  },
  'a post step without lists': {
    main: RESTORE,
    post: FAILED,
    faults: { ...LISTS, nth: 30, times: 99, kind: 'status', status: 403 },
  },
  'cancelled and rolled back': { main: RESTORE, post: CANCELLED },
  'restore_if that says neither': { main: RESTORE, post: { ...FAILED, restoreIf: 'yes' } },
  'a status that nobody knows': { main: RESTORE, post: { jobStatus: 'neutral' } },
  'two servers rolled back': { main: { ...RESTORE, serverIds: ['1', '2'] }, servers: TWO, post: FAILED },
  'a post step without a token': {
    main: RESTORE,
    post: { ...FAILED, apiToken: '', tokenProblem: 'it is empty' },
  },
};
