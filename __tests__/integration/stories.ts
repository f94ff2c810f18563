import type { Job } from '../../src/github/job.ts';
import type { PostInputs, RootInputs } from '../../src/github/inputs.ts';
import { deleteInputs, jobOf, pruneInputs, restoreInputs, rootInputs, waitInputs } from './harness-inputs.ts';
import type { Signal, StepProcess, Use } from './harness-process.ts';
import { DAY, HOUR, markerOf, SERVER, Stage, START, type StageOptions } from './harness.ts';

/** What happens in a life of a job, one after the other. */
interface Story extends StageOptions {
  readonly main?: Partial<RootInputs>;
  readonly post?: Partial<PostInputs>;
  /** The signal that main gets, and after how many milliseconds. */
  readonly signal?: readonly [Signal, number];
  readonly siblings?: readonly Use[];
  readonly job?: Job;
  readonly between?: (stage: Stage) => void;
}

const FAILED = { jobStatus: 'failure' };
const CANCELLED = { jobStatus: 'cancelled' };
const RESTORE: Partial<RootInputs> = { onFailure: 'restore', onCancel: 'restore' };
const POST = { method: 'POST', path: '/snapshots/', nth: 1 };
const LISTS = { method: 'GET', path: '/snapshots/' };
const ASK = { method: 'POST', path: '/snapshots/*/restore/', nth: 1 };
const POWER = { method: 'POST', path: '/servers/*/power/' };
const DELETE = { method: 'DELETE', path: '/snapshots/*/', nth: 1 };
const TWO = [
  { id: 1, name: 'web' },
  { id: 2, name: 'db' },
];

const own = (id: number, given: object = {}) => ({
  id,
  name: `own-${id}`,
  created_at: START - (9 - id) * DAY,
  description: markerOf({ runId: String(8000 + id) }),
  ...given,
});
const theirs = (id: number) =>
  own(id, { name: `theirs-${id}`, description: markerOf({ repositoryId: '7' }) });
const byHand = (id: number) => own(id, { name: `hand-${id}`, description: 'by hand' });
const FULL = [own(1), theirs(2), byHand(3), own(4, { size_mb: 2048 }), own(5)];

export const STORIES: Readonly<Record<string, Story>> = {
  // Main
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

  // Stopping the server
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

  // Rolling back
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

  // The siblings
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

  // Other APIs than the usual one
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
};

/** Plays a story to its end; gives the processes in their order. */
export async function play(story: Story): Promise<{ stage: Stage; steps: [string, StepProcess][] }> {
  const { main, post, signal, siblings, job, between, ...options } = story;
  const stage = new Stage(options);
  const steps: [string, StepProcess][] = [];
  const started =
    main !== undefined || siblings === undefined
      ? stage.start({ use: 'main', inputs: rootInputs(main) }, job && { job })
      : null;
  if (started !== null) {
    if (signal) {
      await stage.pass(signal[1]);
      started.signal(signal[0]);
    }
    await stage.clock.run(started.done);
    steps.push(['main', started]);
  }
  for (const use of siblings ?? []) steps.push([use.use, await stage.run(use)]);
  between?.(stage);
  if (started !== null && post) steps.push(['post', await stage.post(started, post, job && { job })]);
  return { stage, steps };
}
