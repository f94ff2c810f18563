import type { ServerPhase } from './actual-state.ts';
import {
  choice,
  flag,
  list,
  number,
  range,
  secondsOr,
  statusCode,
  subset,
  text,
  type Spec,
} from './switch-readers.ts';

/** Every permission of the simulated API. The sources do not name them. */
const PERMISSIONS = ['snapshots:read', 'snapshots:write', 'servers:read', 'servers:power'] as const;

const PHASES = [
  'active',
  'stopped',
  'suspended',
  'error',
  'stopping',
  'starting',
  'restarting',
  'restoring',
] as const satisfies readonly ServerPhase[];

export const SPECS = {
  snapshot_ids: choice(['integer', 'uuid', 'huge'], 'what snapshot ids look like; huge: numbers beyond 2^53'),
  server_ids: choice(['both', 'integer', 'uuid'], 'servers show id and uuid, only id, or the uuid as id too'),
  lists: choice(
    ['paginated', 'whole', 'bare'],
    'count/next/previous/results, count/results, or a bare array',
  ),
  list_limit: number(0, 'items that a whole or bare list has at most; 0: all of them'),
  page_size: number(20, 'items on a page when page_size is not asked for (at most 100 when it is)'),
  order: choice(['newest', 'oldest', 'shuffled'], 'order of the snapshot list'),
  next_link: choice(
    ['absolute', 'relative', 'foreign', 'port', 'inner', 'loop'],
    'where next leads; foreign: another origin; port: another port; inner: the address behind a proxy',
  ),
  page_shift: choice(
    ['no', 'insert', 'delete', 'shrink'],
    'pages after the first come as if an item had been added or removed since; shrink: 404 "Invalid page."',
  ),
  page_shift_share: number(1, 'share of the later pages that page_shift touches', 1),
  server_filter: choice(['honoured', 'ignored'], 'whether the list obeys server_id'),
  server_filter_uuid: choice(
    ['honoured', 'unknown'],
    'server_id with the uuid of a server; unknown: as with an id that no server has',
  ),
  server_filter_unknown: choice(
    ['empty', 'ignored', 'refused', 'not_found'],
    'server_id with an id that no server has: an empty list, the whole list, 400 or 404',
  ),
  server_list: choice(['present', 'absent', 'refused'], 'the list of servers; absent: 404, refused: 403'),
  server_detail: choice(
    ['present', 'absent', 'refused'],
    'the call for one server; absent: 404, refused: 403',
  ),

  limit: number(5, 'snapshots a server may have'),
  in_progress_counts: flag(true, 'a snapshot in progress takes up one of them'),
  parallel_snapshots: flag(true, 'two snapshots of one server may be in progress; else 400'),
  unique_names: choice(
    ['no', 'server', 'account'],
    'a name may be used again, or once per server or account',
  ),
  unique_names_status: statusCode([400, 409], 'how a name that is taken is refused'),
  snapshot_while: subset(
    ['active', 'stopped', 'stopping', 'starting', 'restarting'],
    PHASES,
    'states of a server in which it takes a snapshot',
  ),
  name_limit: number(255, 'characters a name may have; more: 400'),
  description_limit: number(255, 'characters a description may have; more: 400'),
  description_kept: number(255, 'characters of a description that are stored; 0 drops it'),
  description_characters: choice(
    ['all', 'bmp', 'ascii'],
    'characters of a description that are stored; bmp: none beyond U+FFFF, such as emoji',
  ),

  restore_while: subset(['active', 'stopped'], PHASES, 'states of a server in which it takes a restore'),
  restore_during_snapshot: choice(
    ['allowed', 'refused'],
    'a restore while a snapshot of the server is in progress',
  ),
  restore_answer: choice(
    ['documented', 'error', 'other_snapshot', 'other_server', 'empty'],
    'answer (200) to a restore; error: {"status":"error"} and nothing is done; other: with the id of another; empty: no body',
  ),
  start_while_restoring: choice(
    ['refused', 'accepted'],
    'start of a server that is being restored; accepted: it breaks the restore',
  ),

  delete_busy: choice(['allowed', 'refused'], 'deleting a snapshot in progress or being restored'),
  delete_answer: statusCode([204, 200, 202], 'answer to a DELETE that is carried out'),
  delete_seconds: number(0, 'seconds that a deletion takes; the snapshot is word_deleting meanwhile'),

  refusal_status: statusCode(
    [400, 409, 423],
    'how a request is refused because of the state of a server or snapshot',
  ),

  snapshot_seconds: range([180, 600], 'how long a snapshot takes'),
  restore_seconds: range([300, 900], 'how long a restore takes'),
  power_seconds: range([3, 20], 'how long a power action takes'),
  size_late: number(0, 'seconds after its end until a snapshot shows its size'),
  fail_share: number(0, 'share of new snapshots that fail', 1),
  fail_next: number(0, 'how many of the next new snapshots fail'),
  failed_snapshots: choice(['listed', 'gone'], 'a failed snapshot stays in the list or disappears'),
  after_restore: choice(['active', 'stopped', 'as_before', 'error'], 'how a server ends after a restore'),
  after_restore_late: number(
    0,
    'seconds after a restore until then; meanwhile it is the other of active and stopped',
  ),

  listed_late: number(0, 'seconds until a new snapshot is listed'),
  deleted_late: number(0, 'seconds for which a deleted snapshot is still listed'),
  slot_late: number(0, 'seconds until a deleted snapshot frees its slot'),
  restoring_late: number(0, 'seconds for which a server being restored still shows its old status'),
  restoring_late_updated_at: choice(['unchanged', 'changed'], 'what updated_at says during that time'),
  restoring_shown: secondsOr(
    'always',
    'seconds for which it then shows that it is being restored; always: to the end; 0: never',
  ),
  restoring_hidden_as: choice(['stopped', 'active', 'as_before'], 'what it shows from then to the end'),
  power_late: number(0, 'seconds until a change by a power action shows'),
  updated_at_touched: number(0, 'seconds between changes of updated_at by others; 0: none'),
  updated_at_by_snapshot: flag(false, 'a snapshot changes updated_at of its server'),
  stale_share: number(0, 'share of the reads of a server that show it as it was', 1),
  stale_seconds: number(30, 'how many seconds before'),

  power: choice(['present', 'absent'], 'whether there is a power call; else 404'),
  power_answer: choice(['message', 'server', 'empty'], 'body of an accepted power call; empty: 204'),
  power_repeat: choice(
    ['accepted', 'refused'],
    'a power call that changes nothing, such as start when active',
  ),
  power_transition: choice(
    ['shown', 'hidden'],
    'stopping, starting and restarting; hidden: the old status until the action ends',
  ),
  power_ignored: subset(
    [],
    ['start', 'stop', 'restart', 'hard_stop'],
    'power actions that are accepted and leave the server as it was',
  ),
  start_during_snapshot: choice(
    ['accepted', 'refused'],
    'start of a server while a snapshot of it is in progress',
  ),
  stop_delay: number(0, 'seconds for which an accepted stop leaves the server active before it begins'),
  deploy_restarts: number(0, 'seconds for which a deploy restarts an active server; 0: it does not'),

  rate_limit: number(0, 'requests that may be made in rate_limit_seconds; 0: any number'),
  rate_limit_seconds: number(60, 'how long a request counts towards the limit'),
  rate_limit_headers: choice(
    ['none', 'x', 'draft'],
    'how answers show a limit; x: X-RateLimit-… with the time of reset; draft: RateLimit-… with the seconds until then',
  ),
  rate_limit_scope: choice(['token', 'account'], 'who shares the limit'),
  rate_limit_window: choice(['sliding', 'fixed'], 'the last seconds, or each such span of the clock'),
  retry_after: choice(['seconds', 'date', 'none', 'zero'], 'form of Retry-After in a 429'),
  permissions: list(
    PERMISSIONS,
    `permissions of tokens without a list of their own: ${PERMISSIONS.join(' ')}`,
  ),
  permission_snapshots_read: text('snapshots:read', 'permission to list snapshots; empty: any token may'),
  permission_snapshots_write: text('snapshots:write', 'to create, restore and delete them'),
  permission_servers_read: text('servers:read', 'to read servers'),
  permission_servers_power: text('servers:power', 'to start and stop them'),

  word_in_progress: list(['in_progress'], 'word of a running snapshot; several are shown one after another'),
  word_completed: text('completed', 'word of a complete snapshot'),
  word_failed: text('failed', 'word of a failed snapshot'),
  word_active: text('active', 'word of a running server'),
  word_stopped: text('stopped', 'word of a stopped server'),
  word_suspended: text('suspended', 'word of a suspended server'),
  word_error: text('error', 'word of a broken server'),
  word_stopping: text('stopping', 'word of a server that is being stopped'),
  word_starting: text('starting', 'word of a server that is being started'),
  word_restarting: text('restarting', 'word of a server that is being restarted'),
  word_restoring: text('restoring', 'word of a server that is being restored'),
  word_deleting: text('deleting', 'word of a snapshot that is being deleted'),

  timestamps: choice(
    ['seconds', 'micros', 'offset', 'naive'],
    'form of times; offset: +02:00 in place of Z; naive: without a zone',
  ),
  created_at: choice(['true', 'future', 'unreadable'], 'what created_at of a snapshot says'),
  fields_on: choice(
    ['all', 'oldest', 'newest', 'every_other'],
    'items of a list that created_at and the four switches below apply to',
  ),
  snapshot_missing: list([], 'fields left out of snapshots, such as size_mb,created_at'),
  snapshot_null: list([], 'fields of snapshots that are null'),
  server_missing: list([], 'fields left out of servers, such as updated_at'),
  server_null: list([], 'fields of servers that are null'),
  extra_fields: flag(false, 'unknown fields in every object'),
  date_header: flag(true, 'answers have a Date header'),
  error_text: text('', 'text added to every message of an error'),
} satisfies Record<string, Spec<unknown>>;
