import type { Effect, Fault } from '../../../simulator/faults/fault.ts';
import type { Rng } from './rng.ts';
import type { Timing } from './generate-environment.ts';
import type { Disturbance, Interrupt } from './plan.ts';

const NONE: Disturbance = { faults: [] };

/** How much goes wrong in a run: the share of processes with faults, the most faults for one, and the share of interrupted ones. */
export interface FaultProfile {
  readonly share: number;
  readonly most: number;
  readonly interrupts: number;
}

export function generateFaultProfile(rng: Rng): FaultProfile {
  return rng.weighted<FaultProfile>([
    [25, { share: 0, most: 0, interrupts: 0 }],
    [15, { share: 0, most: 0, interrupts: 0.5 }],
    [40, { share: 0.6, most: 2, interrupts: 0.08 }],
    [20, { share: 0.8, most: 5, interrupts: 0.25 }],
  ]);
}

export function generateDisturbance(
  rng: Rng,
  faultProfile: FaultProfile,
  timing: Timing,
  isPost: boolean,
): Disturbance {
  const faults = rng.chance(faultProfile.share)
    ? rng.times(rng.integer(1, faultProfile.most), () => generateFault(rng, timing))
    : [];
  const interrupt = rng.chance(faultProfile.interrupts) ? generateInterrupt(rng, isPost) : undefined;
  if (faults.length === 0 && interrupt === undefined) return NONE;
  return { faults, ...(interrupt && { interrupt }) };
}

function generateInterrupt(rng: Rng, isPost: boolean): Interrupt {
  const kind = rng.weighted<Interrupt['kind']>(
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
  if (rng.chance(0.3)) return { kind, at: { ms: rng.logUniform(1, 600_000) } };
  const moment = rng.pick(['sent', 'processed', 'ended'] as const);
  return {
    kind,
    at: {
      request: rng.weighted([
        [5, rng.integer(1, 5)],
        [2, rng.integer(1, 30)],
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

function generateFault(rng: Rng, timing: Timing): Fault {
  const target = rng.weighted([
    [26, CREATE],
    [16, LIST],
    [12, SERVER],
    [14, RESTORE],
    [8, DELETE],
    [8, POWER],
    [16, ANY],
  ]);
  const isChange = target.method !== 'GET' && target !== ANY;
  if (rng.chance(0.2)) return generateSpell(rng, target);
  if (rng.chance(0.08))
    return { ...target, nth: 'every', times: 1, share: rng.pick([0.01, 0.05, 0.2]), ...generateStray(rng) };
  const occurrence = rng.weighted<Pick<Fault, 'nth' | 'times'>>([
    [isChange ? 60 : 15, { nth: 1, times: 1 }],
    [isChange ? 15 : 10, { nth: 1, times: rng.integer(2, 6) }],
    [isChange ? 10 : 40, { nth: rng.integer(1, 12), times: 1 }],
    [isChange ? 5 : 25, { nth: rng.integer(1, 40), times: rng.integer(2, 30) }],
    [6, { nth: 'every', times: 1 }],
  ]);
  if (isChange && rng.chance(0.03)) return { ...target, ...occurrence, ...generateFalseSuccess(target) };
  return { ...target, ...occurrence, ...generateEffect(rng, timing) };
}

/** An outage, or a refusal that lasts: for seconds up to minutes, from a request or a time on. */
function generateSpell(rng: Rng, target: Target): Fault {
  const isOutage = rng.chance(0.6);
  const effect = isOutage
    ? rng.pick<Effect>([
        { kind: 'refused' },
        { kind: 'reset_before' },
        { kind: 'unresolved' },
        { kind: 'connect_timeout' },
        { kind: 'handshake' },
        { kind: 'proxy' },
        { kind: 'proxy_auth' },
        { kind: 'status', status: 503, body: '', headers: {} },
        { kind: 'status', status: 429, body: '', headers: {} },
        { kind: 'status', status: 403, body: FIREWALL, headers: {} },
        { kind: 'wrong_json', body: FIREWALL },
      ])
    : rng.pick<Effect>([
        { kind: 'status', status: 400, body: REFUSED, headers: {} },
        { kind: 'status', status: 409, body: REFUSED, headers: {} },
        { kind: 'status', status: 423, body: REFUSED, headers: {} },
        { kind: 'status', status: 404, body: REFUSED, headers: {} },
        { kind: 'status', status: 401, body: REFUSED, headers: {} },
      ]);
  return {
    ...(isOutage && rng.chance(0.6) ? ANY : target),
    ...(rng.chance(0.4) ? { after_ms: rng.logUniform(1, 300_000) } : {}),
    nth: rng.chance(0.6) ? 1 : rng.integer(1, 12),
    times: 1,
    for_ms: rng.logUniform(2000, 300_000),
    ...effect,
  };
}

/** One answer among many that comes from elsewhere. */
function generateStray(rng: Rng): Effect {
  return rng.pick<Effect>([
    { kind: 'status', status: 401, body: REFUSED, headers: {} },
    { kind: 'status', status: 403, body: FIREWALL, headers: {} },
    { kind: 'status', status: 404, body: REFUSED, headers: {} },
    { kind: 'status', status: 405, body: REFUSED, headers: {} },
    { kind: 'redirect', status: 302, location: 'https://elsewhere.example/' },
    { kind: 'reset_after' },
  ]);
}

const FIREWALL = '<html>Just a moment...</html>';
const REFUSED = '{"detail":"Simulated refusal."}';

/** The API reports success without doing anything. */
function generateFalseSuccess({ path }: Target): Effect {
  const isCreate = path === CREATE.path;
  const created = { id: 999_123, name: 'none', status: 'in_progress', size_mb: null };
  return {
    kind: 'status',
    status: isCreate ? 201 : 200,
    body: JSON.stringify(isCreate ? created : { status: 'success', message: 'Accepted.' }),
    headers: {},
  };
}

function generateEffect(rng: Rng, timing: Timing): Effect {
  // Late processing stays within the time in which the action still searches for the result.
  const latest = 1000 * Math.min(25, timing.secondsOfPolls(14));
  return rng.weighted<Effect>([
    [10, { kind: 'reset_after' }],
    [6, { kind: 'reset_before' }],
    [7, { kind: 'cut_body', chunked: false }],
    [8, { kind: 'silence' }],
    [4, { kind: 'silence_before' }],
    [5, { kind: 'wrong_json', body: generateBody(rng) }],
    [2, { kind: 'oversized', bytes: 20 * 1024 * 1024 }],
    [3, { kind: 'drip', ms_per_byte: rng.pick([1, 20, 1000]) }],
    [3, { kind: 'redirect', status: 302, location: 'https://elsewhere.example/' }],
    [5, { kind: 'late', ms: rng.logUniform(100, latest) }],
    [4, { kind: 'delay', ms: rng.logUniform(100, 40_000) }],
    [3, { kind: 'refused' }],
    [2, { kind: 'unresolved' }],
    [1, { kind: 'certificate' }],
    [16, generateStatus(rng)],
    [4, generateStray(rng)],
    [2, { kind: 'connect_timeout' }],
    [2, { kind: 'proxy' }],
    [
      3,
      {
        kind: 'status_early',
        status: rng.pick([502, 504]),
        body: '',
        headers: {},
        ms: rng.logUniform(100, latest),
      },
    ],
    [2, { kind: 'reset_early', ms: rng.logUniform(100, latest) }],
    [9, { kind: 'status_after', ...generateErrorResponse(rng, [500, 502, 503, 504, 408]) }],
  ]);
}

function generateStatus(rng: Rng): Effect {
  const status = generateErrorResponse(
    rng,
    [500, 502, 503, 503, 504, 408, 429, 429, 400, 401, 403, 404, 409, 422],
  );
  return { kind: 'status', ...status };
}

function generateErrorResponse(
  rng: Rng,
  codes: readonly [number, ...number[]],
): { status: number; body: string; headers: Record<string, string> } {
  const status = rng.pick(codes);
  const hasRetryAfter = (status === 429 || status === 503) && rng.chance(0.7);
  const seconds = String(rng.pick([1, 7, 45, 200]));
  return {
    status,
    body: rng.pick(['{"detail":"Simulated trouble."}', '', '<html>Bad gateway</html>']),
    headers: hasRetryAfter ? { 'retry-after': seconds } : {},
  };
}

function generateBody(rng: Rng): string {
  return rng.pick([
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
