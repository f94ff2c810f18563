import { type SnapshotSeed } from '../simulator/api/actual-state.ts';
import { type RequestRecord } from '../simulator/transports/request-log.ts';
import { type MainRun, runMain } from './virtual-main.ts';

/** A fleet that is snapshotted in one step, in virtual time: what it costs over one server. */
export interface FleetRun extends MainRun {
  readonly servers: number;
  /** The most requests of one round of polling, once all snapshots are requested and listed. */
  readonly mostPerRound: number;
  readonly rounds: number;
  /** The median time for which a server is down, less its snapshot, its stop and its start: what waiting adds, in seconds. */
  readonly extraDowntime: number | null;
}

/** Each server has four snapshots before this step's, so that all are full with it. */
const SNAPSHOTS_BEFORE = 4;
const OLD = Date.UTC(2026, 0, 1);
/** Rounds of polling are at least 3 s apart, and the requests of one are not. */
const BETWEEN_ROUNDS_MS = 2000;
const FIRST_ID = 1000;
/** A stop, and a start. */
const POWER_SECONDS = 10;

export async function runFleet(
  servers: number,
  {
    seconds = [360, 360],
    ofOthers = 0,
    stops = false,
  }: {
    /** How long a snapshot takes. */
    readonly seconds?: readonly [number, number];
    /** Snapshots of other servers in the account. */
    readonly ofOthers?: number;
    /** With `stop_server`. */
    readonly stops?: boolean;
  } = {},
): Promise<FleetRun> {
  const ids = Array.from({ length: servers }, (_, index) => FIRST_ID + index);
  const others = Array.from({ length: Math.ceil(ofOthers / 5) }, (_, index) => 10 * FIRST_ID + index);
  const seedOf = (id: number, nth: number): SnapshotSeed => ({
    name: `old-${id}-${nth}`,
    server_id: id,
    created_at: OLD,
  });
  const run = await runMain(
    { server_id: ids.join(','), stop_server: String(stops) },
    {
      servers: [...ids, ...others].map((id) => ({ id, name: `web-${id}` })),
      snapshots: [
        ...Array.from({ length: ofOthers }, (_, nth) => seedOf(others[nth % others.length] ?? 0, nth)),
        ...ids.flatMap((id) => Array.from({ length: SNAPSHOTS_BEFORE }, (_, nth) => seedOf(id, nth))),
      ],
      switches: { snapshot_seconds: [...seconds], power_seconds: [POWER_SECONDS, POWER_SECONDS] },
    },
  );
  const rounds = roundsOf(run.requests);
  const down = run.downtimes.toSorted((a, b) => a - b)[Math.floor(run.downtimes.length / 2)];
  const extraDowntime = down === undefined ? null : down - seconds[0] - 2 * POWER_SECONDS;
  return { ...run, servers, rounds: rounds.length, mostPerRound: Math.max(...rounds), extraDowntime };
}

/** How many requests each round of polling has, from some seconds after the last create request on. */
function roundsOf(requests: readonly RequestRecord[]): number[] {
  const last = requests.findLast(({ method }) => method === 'POST')?.at ?? 0;
  const rounds: number[] = [];
  let before = 0;
  for (const { at } of requests.filter((request) => request.at > last + 3 * BETWEEN_ROUNDS_MS)) {
    if (at - before > BETWEEN_ROUNDS_MS) rounds.push(0);
    rounds.push((rounds.pop() ?? 0) + 1);
    before = at;
  }
  return rounds;
}
