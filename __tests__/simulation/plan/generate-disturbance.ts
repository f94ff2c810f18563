import type { Effect, Fault } from '../../../simulator/faults/fault.ts';
import type { Dice } from './rng.ts';
import type { Pace } from './generate-environment.ts';
import type { Disturbance, Interrupt } from './plan.ts';

const CALM: Disturbance = { faults: [] };

/** How rough a life is: the chance of each process to be disturbed, and how often then. */
export interface Weather {
  readonly share: number;
  readonly most: number;
  readonly interrupts: number;
}

export function drawWeather(dice: Dice): Weather {
  return dice.weigh<Weather>([
    [25, { share: 0, most: 0, interrupts: 0 }],
    [15, { share: 0, most: 0, interrupts: 0.5 }],
    [40, { share: 0.6, most: 2, interrupts: 0.08 }],
    [20, { share: 0.8, most: 5, interrupts: 0.25 }],
  ]);
}

export function drawDisturbance(dice: Dice, weather: Weather, pace: Pace, isPost: boolean): Disturbance {
  const faults = dice.chance(weather.share)
    ? dice.times(dice.integer(1, weather.most), () => drawFault(dice, pace))
    : [];
  const interrupt = dice.chance(weather.interrupts) ? drawInterrupt(dice, isPost) : undefined;
  if (faults.length === 0 && interrupt === undefined) return CALM;
  return { faults, ...(interrupt && { interrupt }) };
}

function drawInterrupt(dice: Dice, isPost: boolean): Interrupt {
  const how = dice.weigh<Interrupt['how']>(
    isPost
      ? [
          [5, 'kill'],
          [2, 'lost'],
          [2, 'cancel'],
          [2, 'timeout'],
        ]
      : [
          [4, 'cancel'],
          [3, 'timeout'],
          [5, 'kill'],
          [1, 'lost'],
        ],
  );
  if (dice.chance(0.3)) return { how, at: { ms: dice.span(1, 600_000) } };
  const moment = dice.pick(['sent', 'processed', 'ended'] as const);
  return {
    how,
    at: {
      request: dice.weigh([
        [5, dice.integer(1, 5)],
        [2, dice.integer(1, 30)],
      ]),
      moment,
    },
  };
}

type Target = Pick<Fault, 'method' | 'path'>;

const CREATE: Target = { method: 'POST', path: '/snapshots/' };
const LIST: Target = { method: 'GET', path: '/snapshots/' };
const SERVER: Target = { method: 'GET', path: '/servers/*/' };
const RESTORE: Target = { method: 'POST', path: '/snapshots/*/restore/' };
const DELETE: Target = { method: 'DELETE', path: '/snapshots/*/' };
const POWER: Target = { method: 'POST', path: '/servers/*/power/' };
const ANY: Target = { method: '*', path: '*' };

function drawFault(dice: Dice, pace: Pace): Fault {
  const target = dice.weigh([
    [26, CREATE],
    [16, LIST],
    [12, SERVER],
    [14, RESTORE],
    [8, DELETE],
    [8, POWER],
    [16, ANY],
  ]);
  const changes = target.method !== 'GET' && target !== ANY;
  const place = dice.weigh<Pick<Fault, 'nth' | 'times'>>([
    [changes ? 60 : 15, { nth: 1, times: 1 }],
    [changes ? 15 : 10, { nth: 1, times: dice.integer(2, 6) }],
    [changes ? 10 : 40, { nth: dice.integer(1, 12), times: 1 }],
    [changes ? 5 : 25, { nth: dice.integer(1, 40), times: dice.integer(2, 30) }],
    [6, { nth: 'every', times: 1 }],
  ]);
  if (changes && dice.chance(0.03)) return { ...target, ...place, ...drawLie(target) };
  return { ...target, ...place, ...drawEffect(dice, pace) };
}

/** The API says that it did what it did not. */
function drawLie({ path }: Target): Effect {
  const isCreate = path === CREATE.path;
  const made = { id: 999_123, name: 'none', status: 'in_progress', size_mb: null };
  return {
    kind: 'status',
    status: isCreate ? 201 : 200,
    body: JSON.stringify(isCreate ? made : { status: 'success', message: 'Accepted.' }),
    headers: {},
  };
}

function drawEffect(dice: Dice, pace: Pace): Effect {
  // The API gets to a request in the time in which somebody still looks for it.
  const latest = 1000 * Math.min(25, pace.looks(14));
  return dice.weigh<Effect>([
    [10, { kind: 'reset_after' }],
    [6, { kind: 'reset_before' }],
    [7, { kind: 'cut_body', chunked: false }],
    [8, { kind: 'silence' }],
    [4, { kind: 'silence_before' }],
    [5, { kind: 'wrong_json', body: drawBody(dice) }],
    [2, { kind: 'oversized', bytes: 20 * 1024 * 1024 }],
    [3, { kind: 'drip', ms_per_byte: dice.pick([1, 20, 1000]) }],
    [3, { kind: 'redirect', status: 302, location: 'https://elsewhere.example/' }],
    [5, { kind: 'late', ms: dice.span(100, latest) }],
    [4, { kind: 'delay', ms: dice.span(100, 40_000) }],
    [3, { kind: 'refused' }],
    [2, { kind: 'unresolved' }],
    [1, { kind: 'certificate' }],
    [16, drawStatus(dice)],
    [9, { kind: 'status_after', ...drawAnswer(dice, [500, 502, 503, 504, 408]) }],
  ]);
}

function drawStatus(dice: Dice): Effect {
  const status = drawAnswer(dice, [500, 502, 503, 503, 504, 408, 429, 429, 400, 401, 403, 404, 409, 422]);
  return { kind: 'status', ...status };
}

function drawAnswer(
  dice: Dice,
  codes: readonly [number, ...number[]],
): { status: number; body: string; headers: Record<string, string> } {
  const status = dice.pick(codes);
  const tells = (status === 429 || status === 503) && dice.chance(0.7);
  const seconds = String(dice.pick([1, 7, 45, 200]));
  return {
    status,
    body: dice.pick(['{"detail":"Simulated trouble."}', '', '<html>Bad gateway</html>']),
    headers: tells ? { 'retry-after': seconds } : {},
  };
}

function drawBody(dice: Dice): string {
  return dice.pick([
    '',
    '[]',
    '{}',
    'null',
    '<html>Welcome</html>',
    '{"id":null}',
    '{"results":[{}]}',
    '{"id":1.5}',
  ]);
}
