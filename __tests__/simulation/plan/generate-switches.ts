import type { Switches } from '../../../simulator/api/switches.ts';
import type { Timing } from './generate-environment.ts';
import type { Rng } from './rng.ts';

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
