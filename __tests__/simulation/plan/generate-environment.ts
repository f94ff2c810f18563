import type { Switches } from '../../../simulator/api/switches.ts';
import type { Rng } from './rng.ts';
import type { ExistingSnapshot, OthersEvent, PanelEvent, ServerPlan } from './plan.ts';

/** How fast a run goes: the poll interval of its steps, and lags of the API that match it. */
export interface Timing {
  /** `poll_interval` of all steps; undefined for the adaptive schedule. */
  readonly pollInterval: number | undefined;
  /** The least number of seconds that this many polls take. */
  readonly secondsOfPolls: (count: number) => number;
}

const ADAPTIVE_FAST_POLL_MS = 3000;

export function generateTiming(rng: Rng): Timing {
  const pollInterval = rng.weighted<number | undefined>([
    [75, undefined],
    [6, 1000],
    [7, 2000],
    [7, 5000],
    [5, 20_000],
  ]);
  const pause = pollInterval ?? ADAPTIVE_FAST_POLL_MS;
  return { pollInterval, secondsOfPolls: (count) => Math.floor((count * pause) / 1000) };
}

/** The API of a run: variants of everything that `docs/api-notes.md` leaves open. */
export function generateSwitches(rng: Rng, timing: Timing): Partial<Switches> {
  return {
    ...generateDurations(rng, timing),
    ...(rng.chance(0.35) && generateFormats(rng)),
    ...(rng.chance(0.3) && generateLags(rng, timing)),
    ...(rng.chance(0.25) && generateRestoreViews(rng)),
    ...(rng.chance(0.2) && generatePower(rng)),
    ...(rng.chance(0.3) && generateRules(rng)),
    ...(rng.chance(0.12) && generateMissingFields(rng)),
    ...(rng.chance(0.1) && generateAccessLimits(rng)),
    ...(rng.chance(0.1) && { server_filter: 'ignored' }),
  };
}

type PartialSwitches = Partial<Switches>;

function generateDurations(rng: Rng, { pollInterval }: Timing): PartialSwitches {
  const short: PartialSwitches = {
    snapshot_seconds: [4, 60],
    restore_seconds: [6, 90],
    power_seconds: [1, 10],
  };
  if (pollInterval !== undefined && pollInterval < 2000) return short;
  const documented: PartialSwitches = {};
  const long: PartialSwitches = { snapshot_seconds: [600, 2400], restore_seconds: [900, 2400] };
  const immediate: PartialSwitches = {
    snapshot_seconds: [0, 2],
    restore_seconds: [4, 8],
    power_seconds: [0, 1],
  };
  return rng.weighted([
    [70, short],
    [14, documented],
    [3, long],
    [13, immediate],
  ]);
}

function generateFormats(rng: Rng): PartialSwitches {
  return rng.some<PartialSwitches>(0.3, {
    snapshot_ids: () =>
      rng.weighted([
        [8, 'uuid'],
        [2, 'huge'],
      ]),
    server_ids: () => rng.pick(['integer', 'uuid']),
    lists: () => rng.pick(['whole', 'bare']),
    order: () => rng.pick(['oldest', 'shuffled']),
    next_link: () => rng.pick(['relative', 'foreign', 'port', 'inner', 'loop']),
    list_limit: () => rng.pick([10, 20, 25]),
    server_list: () => rng.pick(['absent', 'refused']),
    timestamps: () => rng.pick(['micros', 'offset']),
    power_answer: () => rng.pick(['server', 'empty']),
    word_in_progress: () =>
      rng.pick([['queued', 'in_progress'], ['IN_PROGRESS'], ['creating', '', 'uploading']]),
    word_completed: () => rng.pick(['Completed', 'COMPLETED']),
    word_failed: () => rng.pick(['Failed', 'error', 'errored', 'cancelled', 'canceled', 'deleted', 'broken']),
    word_restoring: () => rng.pick(['Restoring', 'rebuilding']),
    word_deleting: () => rng.pick(['removing', 'Deleting']),
    word_stopping: () => rng.pick(['shutting_down', '']),
    extra_fields: () => true,
    date_header: () => false,
    error_text: () => rng.pick(['(token vps_demo_token)', '\n::set-output name=x::y', '##[error]no']),
  });
}

/** How late lists and servers show what is so: seconds of their own, whatever the poll interval. */
function generateLags(rng: Rng, { secondsOfPolls }: Timing): PartialSwitches {
  return rng.some<PartialSwitches>(0.35, {
    listed_late: () => rng.pick([rng.integer(1, secondsOfPolls(35)), rng.logUniform(1, 150)]),
    deleted_late: () => rng.integer(1, 60),
    slot_late: () => rng.integer(1, secondsOfPolls(22)),
    restoring_late: () => rng.pick([rng.integer(1, secondsOfPolls(34)), rng.logUniform(1, 100)]),
    restoring_late_updated_at: () => 'changed' as const,
  });
}

/** How a restore looks from outside: late, briefly, never, beside what others touch, and in stale reads. */
function generateRestoreViews(rng: Rng): PartialSwitches {
  return rng.some<PartialSwitches>(0.35, {
    restoring_late: () => rng.logUniform(1, 900),
    restoring_late_updated_at: () => 'changed' as const,
    restoring_shown: () => rng.pick([0, 0, 6, 10, 30]),
    restoring_hidden_as: () => rng.pick(['stopped', 'stopped', 'stopped', 'active', 'as_before']),
    after_restore: () => rng.pick(['stopped', 'as_before']),
    after_restore_late: () => rng.logUniform(2, 60),
    updated_at_touched: () => rng.logUniform(5, 90),
    stale_share: () => rng.pick([0.03, 0.1, 0.2]),
    stale_seconds: () => rng.logUniform(3, 90),
    deploy_restarts: () => rng.logUniform(3, 90),
    restore_answer: () => rng.pick(['error', 'other_snapshot', 'other_server', 'empty']),
    restore_during_snapshot: () => 'refused' as const,
    start_while_restoring: () => 'accepted' as const,
    restore_while: () =>
      rng.pick<Switches['restore_while']>([
        ['active', 'stopped', 'error'],
        ['active', 'stopped', 'restoring'],
        ['active'],
      ]),
    snapshot_while: () =>
      rng.pick<Switches['snapshot_while']>([
        ['active', 'stopped'],
        ['active', 'stopped', 'starting', 'restoring'],
      ]),
  });
}

/** Power that takes minutes, shows nothing of it, comes late, or is ignored. */
function generatePower(rng: Rng): PartialSwitches {
  return rng.some<PartialSwitches>(0.35, {
    power_seconds: () =>
      rng.pick<Switches['power_seconds']>([
        [30, 100],
        [60, 240],
        [200, 400],
      ]),
    power_transition: () => 'hidden' as const,
    power_late: () => rng.logUniform(2, 330),
    power_repeat: () => 'refused' as const,
    power_ignored: () => rng.pick([['stop'] as const, ['stop'] as const, ['start'] as const]),
    stop_delay: () => rng.logUniform(5, 330),
    stale_share: () => rng.pick([0.03, 0.1, 0.2]),
    stale_seconds: () => rng.logUniform(3, 60),
    word_stopped: () => rng.pick(['off', 'Stopped', 'STOPPED']),
    word_starting: () => rng.pick(['booting', '']),
    server_detail: () => rng.pick(['absent', 'refused']),
  });
}

function generateRules(rng: Rng): PartialSwitches {
  return rng.some<PartialSwitches>(0.25, {
    in_progress_counts: () => false,
    parallel_snapshots: () => false,
    unique_names: () => rng.pick(['server', 'account']),
    unique_names_status: () => 409 as const,
    refusal_status: () => rng.pick([409, 423] as const),
    delete_answer: () => rng.pick([200, 202] as const),
    delete_seconds: () => rng.logUniform(1, 50),
    name_limit: () => rng.pick([20, 100]),
    description_kept: () => rng.pick([0, 100, 200]),
    description_limit: () => 200,
    delete_busy: () => 'refused' as const,
    failed_snapshots: () => 'gone' as const,
    fail_share: () => rng.pick([0.3, 1]),
    after_restore: () => rng.pick(['stopped', 'as_before', 'error']),
    power_repeat: () => 'refused' as const,
  });
}

function generateMissingFields(rng: Rng): PartialSwitches {
  return rng.some<PartialSwitches>(0.3, {
    fields_on: () => rng.pick(['oldest', 'newest', 'every_other']),
    created_at: () => rng.pick(['future', 'unreadable']),
    snapshot_missing: () => [
      rng.pick(['created_at', 'size_mb', 'server', 'description', 'name', 'status', 'id']),
    ],
    snapshot_null: () => [rng.pick(['created_at', 'server', 'description', 'name', 'status', 'id'])],
    server_missing: () => [rng.pick(['updated_at', 'status', 'id', 'name'])],
    server_null: () => [rng.pick(['updated_at', 'status', 'id'])],
  });
}

function generateAccessLimits(rng: Rng): PartialSwitches {
  return rng.some<PartialSwitches>(0.4, {
    rate_limit: () => rng.pick([3, 10, 20, 60]),
    rate_limit_scope: () => 'account' as const,
    rate_limit_window: () => 'fixed' as const,
    retry_after: () => rng.pick(['date', 'none', 'zero']),
    page_shift: () => rng.pick(['insert', 'delete', 'shrink']),
    page_shift_share: () => rng.pick([0.3, 1]),
    power: () => 'absent' as const,
    permissions: () =>
      rng.pick([
        ['snapshots:read', 'snapshots:write'],
        ['snapshots:read', 'snapshots:write', 'servers:read'],
        ['snapshots:read', 'servers:read', 'servers:power'],
        ['servers:read'],
      ]),
  });
}

export function generateServers(rng: Rng): ServerPlan[] {
  const count = rng.weighted([
    [72, 1],
    [19, 2],
    [7, 3],
    [2, 8],
  ]);
  const first = rng.weighted([
    [85, '12345'],
    [10, 'srv-a1'],
    [5, 'srv_9'],
  ]);
  return rng.times(count, (index) => ({
    id: index === 0 ? first : String(20_000 + index),
    status: rng.weighted([
      [88, 'active'],
      [10, 'stopped'],
      [2, 'suspended'],
    ]),
  }));
}

export function generateExistingSnapshots(rng: Rng, servers: number): ExistingSnapshot[] {
  return rng
    .times(servers, (server) => {
      const count = rng.weighted([
        [35, 0],
        [10, 1],
        [10, 2],
        [10, 3],
        [13, 4],
        [22, 5],
      ]);
      return rng.times(count, (): ExistingSnapshot => ({
        server,
        owner: rng.weighted([
          [60, 'own'],
          [14, 'other'],
          [8, 'forge'],
          [18, 'nobody'],
        ]),
        ageMinutes: rng.weighted([
          // Older than any snapshot takes, so that it is complete when the run starts.
          [90, rng.logUniform(45, 30_000)],
          [10, 60],
        ]),
        status: rng.weighted([
          [85, 'completed'],
          [7, 'failed'],
          [6, 'in_progress'],
          [2, 'deleting'],
        ]),
        ...(rng.chance(0.15) && { flag: rng.pick(['protect', 'undo', 'wait=false'] as const) }),
        ...(rng.chance(0.04) && { takesName: true }),
      }));
    })
    .flat();
}

export function generatePanel(rng: Rng, servers: number): PanelEvent[] {
  if (!rng.chance(0.07)) return [];
  return rng.times(rng.integer(1, 2), () => ({
    seconds: rng.logUniform(1, 1500),
    server: rng.integer(0, servers - 1),
    action: rng.weighted([
      [4, 'delete'],
      [4, 'create'],
      [1, 'stop'],
      [1, 'start'],
    ]),
  }));
}

/** What others, and the servers themselves, do at some time. */
export function generateEvents(rng: Rng, servers: readonly ServerPlan[]): OthersEvent[] {
  if (!rng.chance(0.15)) return [];
  return rng.times(rng.integer(1, 2), () => generateEvent(rng, rng.pick(servers as [ServerPlan])));
}

function generateEvent(rng: Rng, { id }: ServerPlan): OthersEvent {
  const at = rng.chance(0.25) ? 0 : rng.logUniform(1, 900);
  return rng.weighted<OthersEvent>([
    [3, { kind: 'restart', at, server_id: id, seconds: rng.logUniform(3, 150) }],
    [3, { kind: 'restore', at, server_id: id, seconds: rng.logUniform(20, 900) }],
    [
      5,
      {
        kind: 'snapshot',
        at,
        server_id: id,
        name: `others-${at}`,
        owner: rng.pick(['own', 'other', 'forge', 'nobody']),
        ...(rng.chance(0.5) && { deleted_after: rng.logUniform(5, 300) }),
      },
    ],
    [
      2,
      {
        kind: 'switches',
        at,
        seconds: rng.logUniform(5, 300),
        switches: rng.pick<Partial<Switches>>([
          { server_detail: 'refused' },
          { permissions: ['servers:read'] },
          { server_list: 'absent', server_detail: 'absent' },
          { word_active: 'unknown' },
          { restore_while: [] },
        ]),
      },
    ],
  ]);
}
