import type { ApiRequest } from '../../../../simulator/api/response.ts';
import type { Switches } from '../../../../simulator/api/switches.ts';
import type { Rewrite, TestRunOptions } from './contract-run.ts';

/** An API that breaks one statement of the table. */
export type Deviation = TestRunOptions;

type Body = Record<string, unknown>;

/** Changes the body of the answers to requests like this: method, a space, a pattern of the path. */
function body(request: RegExp, change: (body: Body, request: ApiRequest) => unknown): Rewrite {
  return (response, sent) => {
    if (!request.test(`${sent.method} ${sent.path.replace('/api/v1', '')}`)) return response;
    if (response.status >= 300 || !response.body.startsWith('{')) return response;
    const parsed = JSON.parse(response.body) as Body;
    const changed = change(parsed, sent);
    return changed === undefined ? response : { ...response, body: JSON.stringify(changed) };
  };
}

/** Gives answers to requests like this another status, where they have this one. */
function status(request: RegExp, from: number, to: number, text?: string): Rewrite {
  return (response, sent) => {
    if (response.status !== from || !request.test(`${sent.method} ${sent.path.replace('/api/v1', '')}`))
      return response;
    return { ...response, status: to, ...(text !== undefined && { body: text }) };
  };
}

const SNAPSHOTS = /^GET \/snapshots\/(\?|$)/;
const CREATE = /^POST \/snapshots\/$/;
const RESTORE = /^POST \/snapshots\/[^/]+\/restore\/$/;
const DELETE = /^DELETE \/snapshots\/[^/]+\/$/;
const POWER = /^POST \/servers\/[^/]+\/power\/$/;
const ANY = /./;

const readOnly = (rewrite: Rewrite): Deviation => ({ rewrite, isReadOnly: true });
const readOnlySwitches = (switches: Partial<Switches>): Deviation => ({ switches, isReadOnly: true });

const omit = (from: Body, field: string): Body =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name !== field));

/** Every item of a list. */
const items = (change: (item: Body) => Body) => (list: Body) => ({
  ...list,
  results: (list['results'] as Body[]).map(change),
});

/** What is planted for each row; the row has to say "differs". */
export const DEVIATIONS: Readonly<Record<string, Deviation>> = {
  // access
  base: readOnly((response) => ({
    ...response,
    headers: { ...response.headers, 'content-type': 'text/plain' },
  })),
  bearer: readOnly(status(/^GET \/account/, 200, 401, '{"detail":"Use Token."}')),
  'token-prefix': { token: 'tok_0123456789', isReadOnly: true },
  account: readOnly(body(/^GET \/account/, ({ account }) => ({ account }))),
  'account-any-token': readOnly((response, sent) =>
    sent.path.includes('/account/') && sent.headers['authorization'] === 'Bearer vps_limited_token'
      ? { ...response, status: 403 }
      : response,
  ),
  permissions: readOnlySwitches({
    permissions: ['snapshot.view', 'power'],
    permission_snapshots_read: 'snapshot.view',
    permission_servers_read: '',
  }),
  unauthorized: { rewrite: status(DELETE, 401, 403) },
  'no-token': readOnly((response, sent) =>
    sent.headers['authorization'] === undefined ? { ...response, status: 403 } : response,
  ),
  'unauthorized-body': readOnly(status(ANY, 401, 401, '{"error":"no"}')),
  forbidden: readOnly(status(SNAPSHOTS, 403, 403, 'no')),
  'error-bodies': readOnly(status(/^GET \/servers\/\d+\/$/, 404, 404, '{"error":{"code":404}}')),
  'answer-time': { faults: { kind: 'delay', ms: 31_000, path: '/servers/', nth: 2 }, isReadOnly: true },
  'date-header': readOnlySwitches({ date_header: false }),
  'rate-limit': readOnlySwitches({ rate_limit: 100, rate_limit_headers: 'x' }),
  'retry-after': readOnlySwitches({ rate_limit: 8, retry_after: 'none' }),
  // lists
  list: readOnly(body(SNAPSHOTS, ({ results }) => ({ results }))),
  'list-all': {
    rewrite: body(SNAPSHOTS, (list, { path }) =>
      path.includes('server_id')
        ? undefined
        : {
            ...list,
            results: (list['results'] as Body[]).filter(({ server }) => (server as Body)['id'] === 12345),
          },
    ),
  },
  'list-form': readOnlySwitches({ lists: 'whole' }),
  'list-count': readOnly(body(SNAPSHOTS, (list) => ({ ...list, count: (list['results'] as Body[]).length }))),
  'page-size': readOnlySwitches({ page_size: 25 }),
  'page-parameters': readOnly(
    body(/^GET \/snapshots\/\?page_size=1&page=2/, (list) => ({ ...list, results: [] })),
  ),
  'page-size-limit': readOnly(
    body(/page_size=500/, (list) => ({ ...list, results: (list['results'] as Body[]).slice(0, 50) })),
  ),
  'next-link': readOnlySwitches({ next_link: 'relative' }),
  'page-beyond': readOnly(
    status(/page=99999/, 404, 200, '{"count":121,"next":null,"previous":null,"results":[]}'),
  ),
  order: readOnlySwitches({ order: 'oldest' }),
  filter: { switches: { server_filter: 'ignored' } },
  'filter-uuid': readOnlySwitches({ server_filter_uuid: 'unknown' }),
  'filter-unknown': readOnlySwitches({ server_filter_unknown: 'ignored' }),
  'snapshot-fields': readOnlySwitches({ snapshot_missing: ['description'] }),
  'snapshot-server': readOnly(
    body(
      SNAPSHOTS,
      items((item) => ({ ...item, server: { id: 42 } })),
    ),
  ),
  'snapshot-extra-fields': readOnlySwitches({ extra_fields: true }),
  'snapshot-ids': readOnlySwitches({ snapshot_ids: 'uuid' }),
  'snapshot-one': readOnly(status(/^GET \/snapshots\/\d+\/$/, 405, 200, '{"id":801}')),
  times: readOnlySwitches({ timestamps: 'micros' }),
  'created-at': { switches: { created_at: 'future' } },
  // servers
  servers: readOnlySwitches({ server_list: 'refused' }),
  'server-fields': readOnlySwitches({ server_missing: ['plan', 'os'] }),
  'server-words': readOnlySwitches({ word_stopped: 'off' }),
  'server-filter-status': readOnly(
    body(/^GET \/servers\/\?status=active/, (list) => ({ ...list, results: [] })),
  ),
  'server-filter-location': readOnly((response, sent) =>
    sent.path.includes('no-such-location')
      ? { ...response, body: '{"count":1,"results":[{"id":12345}]}' }
      : response,
  ),
  server: readOnlySwitches({ server_detail: 'refused' }),
  'server-ids': readOnlySwitches({ server_ids: 'uuid' }),
  'server-by-uuid': readOnly(status(/^GET \/servers\/[0-9a-f]{8}-/, 200, 404)),
  'server-unknown': readOnly(status(/^GET \/servers\/\d+\/$/, 404, 400)),
  // creating
  create: { rewrite: status(CREATE, 201, 202) },
  'create-fields': { rewrite: body(CREATE, (made) => omit(made, 'description')) },
  'create-size': { rewrite: body(CREATE, (made) => ('id' in made ? { ...made, size_mb: 0 } : undefined)) },
  'create-message': {
    rewrite: body(CREATE, (made) => ({ ...made, message: 'This may take 20-30 minutes.' })),
  },
  'create-echo': {
    rewrite: body(CREATE, (made) => ('id' in made ? { ...made, name: 'another' } : undefined)),
  },
  'create-server-required': { rewrite: status(CREATE, 400, 422) },
  'create-name-required': { rewrite: status(CREATE, 400, 422) },
  'create-unknown-server': { rewrite: status(CREATE, 404, 400) },
  'name-characters': { rewrite: status(CREATE, 400, 409) },
  'name-length': { switches: { name_limit: 64 } },
  'description-optional': {
    rewrite: (response, sent) =>
      sent.body.includes('"name"') && !sent.body.includes('"description"') && response.status === 201
        ? { ...response, status: 400, body: '{"description":["This field is required."]}' }
        : response,
  },
  'description-length': { switches: { description_limit: 1000 } },
  'description-kept': { switches: { description_kept: 100 } },
  'description-characters': { switches: { description_characters: 'bmp' } },
  parallel: { switches: { parallel_snapshots: false } },
  'names-of-server': { switches: { unique_names: 'server', unique_names_status: 409 } },
  'names-of-account': { switches: { unique_names: 'account' } },
  // lifecycle
  listed: { switches: { listed_late: 30 } },
  'progress-words': { switches: { word_in_progress: ['pending', 'creating'] } },
  'completed-word': { switches: { word_completed: 'available' } },
  size: { switches: { size_late: 45 } },
  'snapshot-time': { switches: { snapshot_seconds: [60, 60] } },
  'failed-word': { switches: { word_failed: 'error' } },
  'failed-listed': {
    switches: { fail_next: 1, failed_snapshots: 'gone' },
  },
  'in-progress-counts': { switches: { in_progress_counts: false } },
  limit: { switches: { limit: 7 } },
  'while-stopped': { switches: { snapshot_while: ['active'] } },
  'while-restoring': { switches: { snapshot_while: ['active', 'stopped', 'restoring'] } },
  // restoring
  restore: { rewrite: body(RESTORE, (answer) => omit(answer, 'snapshot')) },
  'restore-message': {
    rewrite: body(RESTORE, (answer) => ({ ...answer, message: 'This may take an hour.' })),
  },
  'restore-word': { switches: { word_restoring: 'rebuilding' } },
  'restore-unknown': { rewrite: status(RESTORE, 404, 400) },
  'restore-invalid-state': { switches: { refusal_status: 409 } },
  'restore-during-snapshot': { switches: { restore_during_snapshot: 'refused' } },
  'restoring-shown': { switches: { restoring_late: 30 } },
  'restoring-to-end': { switches: { restoring_shown: 60, restoring_hidden_as: 'stopped' } },
  'restore-stops': { switches: { restoring_late: 1_000_000 } },
  'restore-updated-at': { switches: { restoring_late: 30, restoring_late_updated_at: 'changed' } },
  'restore-time': { switches: { restore_seconds: [1500, 1500] } },
  'restore-end': { switches: { after_restore: 'stopped' } },
  'restore-end-late': { switches: { after_restore: 'stopped', after_restore_late: 40 } },
  'restore-of-stopped': { switches: { restore_while: ['active'] } },
  'restore-end-of-stopped': { switches: { after_restore: 'as_before' } },
  'restore-content': { content: 'lost' },
  // deleting
  delete: { switches: { delete_answer: 202 } },
  'delete-unknown': { rewrite: status(DELETE, 404, 204, '') },
  'delete-twice': { rewrite: status(DELETE, 404, 204, '') },
  'delete-gone': { switches: { deleted_late: 30 } },
  'delete-slot': { switches: { slot_late: 20 } },
  'delete-busy': { switches: { delete_busy: 'refused' } },
  // power
  power: { switches: { power: 'absent' } },
  'power-actions': {
    rewrite: (response, sent) =>
      sent.body.includes('restart') ? { ...response, status: 400, body: '{"action":["no"]}' } : response,
  },
  'power-unknown-action': { rewrite: status(POWER, 400, 200, '{}') },
  'power-answer': { switches: { power_answer: 'empty' } },
  'power-repeat': { switches: { power_repeat: 'refused' } },
  'power-stopped': { switches: { word_stopped: 'off' } },
  'power-stopping': { switches: { word_stopping: 'halting' } },
  'power-starting': { switches: { power_transition: 'hidden' } },
  'power-restarting': { switches: { word_restarting: 'rebooting' } },
  'power-stop-shows': { switches: { stop_delay: 60 } },
  'power-time': { switches: { power_seconds: [90, 90] } },
  'start-during-snapshot': { switches: { start_during_snapshot: 'refused' } },
  'updated-at-rest': { switches: { updated_at_touched: 60 } },
  'updated-at-snapshot': { switches: { updated_at_by_snapshot: true } },
};
