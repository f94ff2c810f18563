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
