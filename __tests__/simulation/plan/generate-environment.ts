import type { Switches } from '../../../simulator/api/switches.ts';
import type { Dice } from './rng.ts';
import type { OldSnapshot, PanelEvent, ServerPlan } from './plan.ts';

/** How fast a life goes: what the action is told, and lags of the API that fit to it. */
export interface Pace {
  /** `poll_interval` of all steps; undefined for the adaptive one. */
  readonly pollInterval: number | undefined;
  /** Seconds that a span of so many looks lasts at least. */
  readonly looks: (count: number) => number;
}

const ADAPTIVE_DOUBT_MS = 3000;

export function drawPace(dice: Dice): Pace {
  const pollInterval = dice.weigh<number | undefined>([
    [75, undefined],
    [6, 500],
    [7, 2000],
    [7, 5000],
    [5, 20_000],
  ]);
  const pause = pollInterval ?? ADAPTIVE_DOUBT_MS;
  return { pollInterval, looks: (count) => Math.floor((count * pause) / 1000) };
}

/** The API of this life: what its notes leave open, within what they allow. */
export function drawSwitches(dice: Dice, pace: Pace): Partial<Switches> {
  return {
    ...drawDurations(dice, pace),
    ...(dice.chance(0.35) && drawForms(dice)),
    ...(dice.chance(0.3) && drawLags(dice, pace)),
    ...(dice.chance(0.25) && drawRules(dice)),
    ...(dice.chance(0.12) && drawGaps(dice)),
    ...(dice.chance(0.1) && drawLimits(dice)),
    ...(dice.chance(0.1) && { server_filter: 'ignored' }),
  };
}

type Drawn = Partial<Switches>;

function drawDurations(dice: Dice, { pollInterval }: Pace): Drawn {
  const short: Drawn = { snapshot_seconds: [4, 60], restore_seconds: [6, 90], power_seconds: [1, 10] };
  if (pollInterval !== undefined && pollInterval < 1000) return short;
  const documented: Drawn = {};
  const long: Drawn = { snapshot_seconds: [600, 2400], restore_seconds: [900, 2400] };
  const atOnce: Drawn = { snapshot_seconds: [0, 2], restore_seconds: [4, 8], power_seconds: [0, 1] };
  return dice.weigh([
    [70, short],
    [14, documented],
    [3, long],
    [13, atOnce],
  ]);
}

function drawForms(dice: Dice): Drawn {
  return dice.some<Drawn>(0.3, {
    snapshot_ids: () =>
      dice.weigh([
        [8, 'uuid'],
        [2, 'huge'],
      ]),
    server_ids: () => dice.pick(['integer', 'uuid']),
    lists: () => dice.pick(['whole', 'bare']),
    order: () => dice.pick(['oldest', 'shuffled']),
    next_link: () => dice.pick(['relative', 'foreign', 'loop']),
    timestamps: () => dice.pick(['micros', 'offset']),
    power_answer: () => dice.pick(['server', 'empty']),
    word_in_progress: () =>
      dice.pick([['queued', 'in_progress'], ['IN_PROGRESS'], ['creating', '', 'uploading']]),
    word_completed: () => dice.pick(['Completed', 'COMPLETED']),
    word_failed: () =>
      dice.pick(['Failed', 'error', 'errored', 'cancelled', 'canceled', 'deleted', 'broken']),
    word_restoring: () => dice.pick(['Restoring', 'rebuilding']),
    word_stopping: () => dice.pick(['shutting_down', '']),
    extra_fields: () => true,
    date_header: () => false,
    error_text: () => dice.pick(['(token vps_demo_token)', '\n::set-output name=x::y', '##[error]no']),
  });
}

function drawLags(dice: Dice, { looks }: Pace): Drawn {
  return dice.some<Drawn>(0.35, {
    listed_late: () => dice.integer(1, looks(35)),
    deleted_late: () => dice.integer(1, 60),
    slot_late: () => dice.integer(1, looks(22)),
    restoring_late: () => dice.integer(1, looks(34)),
    restoring_late_updated_at: () => 'changed' as const,
  });
}

function drawRules(dice: Dice): Drawn {
  return dice.some<Drawn>(0.25, {
    in_progress_counts: () => false,
    parallel_snapshots: () => false,
    unique_names: () => dice.pick(['server', 'account']),
    name_limit: () => dice.pick([20, 100]),
    description_kept: () => dice.pick([0, 100, 200]),
    description_limit: () => 200,
    delete_busy: () => 'refused' as const,
    failed_snapshots: () => 'gone' as const,
    fail_share: () => dice.pick([0.3, 1]),
    after_restore: () => dice.pick(['stopped', 'as_before', 'error']),
    power_repeat: () => 'refused' as const,
  });
}

function drawGaps(dice: Dice): Drawn {
  return dice.some<Drawn>(0.3, {
    created_at: () => dice.pick(['future', 'unreadable']),
    snapshot_missing: () => [
      dice.pick(['created_at', 'size_mb', 'server', 'description', 'name', 'status', 'id']),
    ],
    snapshot_null: () => [dice.pick(['created_at', 'server', 'description', 'name', 'status', 'id'])],
    server_missing: () => [dice.pick(['updated_at', 'status', 'id', 'name'])],
    server_null: () => [dice.pick(['updated_at', 'status', 'id'])],
  });
}

function drawLimits(dice: Dice): Drawn {
  return dice.some<Drawn>(0.4, {
    rate_limit: () => dice.pick([3, 10, 20]),
    retry_after: () => dice.pick(['date', 'none']),
    page_shift: () => dice.pick(['insert', 'delete']),
    page_shift_share: () => dice.pick([0.3, 1]),
    power: () => 'absent' as const,
    permissions: () =>
      dice.pick([
        ['snapshots:read', 'snapshots:write'],
        ['snapshots:read', 'snapshots:write', 'servers:read'],
        ['snapshots:read', 'servers:read', 'servers:power'],
        ['servers:read'],
      ]),
  });
}

export function drawServers(dice: Dice): ServerPlan[] {
  const count = dice.weigh([
    [72, 1],
    [19, 2],
    [7, 3],
    [2, 8],
  ]);
  const first = dice.weigh([
    [85, '12345'],
    [10, 'srv-a1'],
    [5, 'srv_9'],
  ]);
  return dice.times(count, (index) => ({
    id: index === 0 ? first : String(20_000 + index),
    status: dice.weigh([
      [88, 'active'],
      [10, 'stopped'],
      [2, 'suspended'],
    ]),
  }));
}

export function drawSnapshots(dice: Dice, servers: number): OldSnapshot[] {
  return dice
    .times(servers, (server) => {
      const count = dice.weigh([
        [35, 0],
        [10, 1],
        [10, 2],
        [10, 3],
        [13, 4],
        [22, 5],
      ]);
      return dice.times(count, (): OldSnapshot => ({
        server,
        by: dice.weigh([
          [60, 'own'],
          [18, 'other'],
          [22, 'nobody'],
        ]),
        minutes: dice.weigh([
          // Older than any snapshot takes, so that it is done when the life begins.
          [90, dice.span(45, 30_000)],
          [10, 60],
        ]),
        status: dice.weigh([
          [87, 'completed'],
          [7, 'failed'],
          [6, 'in_progress'],
        ]),
        ...(dice.chance(0.04) && { takesName: true }),
      }));
    })
    .flat();
}

export function drawPanel(dice: Dice, servers: number): PanelEvent[] {
  if (!dice.chance(0.07)) return [];
  return dice.times(dice.integer(1, 2), () => ({
    seconds: dice.span(1, 1500),
    server: dice.integer(0, servers - 1),
    does: dice.weigh([
      [4, 'delete'],
      [4, 'create'],
      [1, 'stop'],
      [1, 'start'],
    ]),
  }));
}
