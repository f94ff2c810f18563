import { getState } from '@actions/core';
import { type Policy } from '../snapshots/policy.ts';
import { ID_PATTERN } from '../vps/model.ts';

/**
 * What main leaves for post: one record for the step and one for each server, each written again whole
 * whenever it changes (the runner keeps the last write of a name, also of a main that was killed).
 * No secret is ever in it.
 */
export interface StepRecord {
  readonly version: 1;
  readonly repositoryId: string;
  readonly runId: string;
  readonly runAttempt: number;
  /** With `use`: tells apart what has one job and step, as in the marker. */
  readonly leg: string;
  readonly use: number;
  readonly apiUrl: string;
  readonly servers: number;
  readonly policy: Policy;
  readonly restoreTimeout: number;
  /** The oldest that a snapshot may be to be restored automatically, in milliseconds; `null` for any age. */
  readonly restoreMaxAge: number | null;
  readonly pollInterval: number | null;
  readonly healthUrls: readonly string[];
  readonly dryRun: boolean;
  /** `job.status` as main read it. */
  readonly statusBefore: string;
  /** Main was to stop its servers for the snapshots. */
  readonly stopsServers: boolean;
  /** A signal ended main: a cancel, or the step's own time-out. */
  readonly interrupted: boolean;
  /** Main reached its end: every snapshot exists, and is complete unless the user chose not to wait. */
  readonly succeeded: boolean;
}

/**
 * How far a server's snapshot has come: `planned` nothing was requested · `intent` the create request may have
 * been sent · `refused` it was, and certainly not carried out · `created` the id is known · `completed` main
 * saw it completed.
 */
export type Phase = 'planned' | 'intent' | 'refused' | 'created' | 'completed';

/**
 * What main did to a server's power, saved before each request. The stop was `requested`, `accepted` by the API, or
 * `confirmed`: the server was seen `stopped`.
 */
export interface PowerRecord {
  readonly found: 'active' | 'stopped';
  readonly stop: 'none' | 'requested' | 'accepted' | 'confirmed';
  /** When the API took the stop, or may have: wall clock, epoch milliseconds. */
  readonly stopAcceptedAt: number | null;
  /** Main saw the server up again. */
  readonly started: boolean;
}

export interface ServerRecord {
  readonly version: 1;
  readonly runId: string;
  readonly runAttempt: number;
  /** The id that the user typed. */
  readonly server: string;
  /** That id, and those that the API says for the server. */
  readonly ids: readonly string[];
  readonly serverName: string | null;
  readonly key: string;
  readonly name: string;
  readonly phase: Phase;
  /** When main saw the snapshot completed: wall clock, epoch milliseconds. */
  readonly completedAt: number | null;
  readonly snapshotId: string | null;
  /** False for a number above 2^53, which is never used to delete or restore. */
  readonly idIsLossless: boolean;
  /**
   * The API has shown this id with the marker of this step, or in a list of this server. Until then nothing but an
   * answer without a marker ties it to the step, and nothing is deleted by it unseen.
   */
  readonly shown: boolean;
  readonly createdAt: string | null;
  readonly sizeMb: number | null;
  /** An earlier attempt of this run made the snapshot. */
  readonly reused: boolean;
  /**
   * When the create request was sent a second time after an unclear answer, so that the API may have made two: wall
   * clock, epoch milliseconds.
   */
  readonly resentAt: number | null;
  /** Ids of further snapshots with the same key. */
  readonly duplicates: readonly string[];
  readonly power: PowerRecord | null;
}

export type SavedState =
  | { readonly kind: 'none'; readonly reason: string }
  | {
      readonly kind: 'unreadable';
      readonly reason: string;
      /** The servers whose records cannot be read, for people. */
      readonly torn: readonly string[];
      /** What can be read anyway: enough to start a server again, never to restore or delete. */
      readonly step: StepRecord | null;
      readonly servers: readonly ServerRecord[];
    }
  | { readonly kind: 'usable'; readonly step: StepRecord; readonly servers: readonly ServerRecord[] };

export const STEP_STATE = 'step';

export function serverState(index: number): string {
  return `server_${index}`;
}

/** Reads what main saved; a torn, foreign or half-written state is never usable. */
export function loadState(
  run: Pick<StepRecord, 'repositoryId' | 'runId' | 'runAttempt'>,
  get: (name: string) => string = getState,
): SavedState {
  const text = get(STEP_STATE);
  if (text === '') {
    if (get(serverState(0)) !== '')
      return unreadable('the saved state of the snapshot step is missing', null, [], []);
    return { kind: 'none', reason: 'the snapshot step ended before it saved anything' };
  }
  const step = parse(text, isStepRecord);
  if (step === null) return unreadable('the saved state of the snapshot step cannot be read', null, [], []);
  if (step.repositoryId !== run.repositoryId || !isSameRun(step, run)) {
    return { kind: 'none', reason: 'the saved state belongs to another run' };
  }
  const servers: ServerRecord[] = [];
  const torn: string[] = [];
  for (let index = 0; index < step.servers; index += 1) {
    const saved = get(serverState(index));
    if (saved === '') continue;
    const record = parse(saved, isServerRecord);
    if (record !== null && isSameRun(record, run)) servers.push(record);
    else torn.push(nameTorn(saved, index, record));
  }
  if (torn.length > 0)
    return unreadable(`the saved state of ${torn.join(', ')} cannot be read`, step, servers, torn);
  if (step.succeeded && servers.length < step.servers) {
    return unreadable('the saved state is missing a server of the snapshot step', step, servers, [
      'one of the servers',
    ]);
  }
  if (servers.length === 0)
    return { kind: 'none', reason: 'the snapshot step ended before it requested anything' };
  return { kind: 'usable', step, servers };
}

function unreadable(
  reason: string,
  step: StepRecord | null,
  servers: readonly ServerRecord[],
  torn: readonly string[],
): SavedState {
  return { kind: 'unreadable', reason, step, servers, torn };
}

/** What a torn text still says of the server, good enough for people; a whole one of another run is not about it. */
function nameTorn(text: string, index: number, foreign: ServerRecord | null): string {
  const id = /"server":"([A-Za-z0-9][A-Za-z0-9_-]{0,63})"/.exec(text)?.[1];
  const number = `server number ${index + 1}`;
  return id === undefined || foreign !== null ? number : `${number} (${id})`;
}

type Run = Pick<StepRecord, 'runId' | 'runAttempt'>;

function isSameRun(record: Run, run: Run): boolean {
  return record.runId === run.runId && record.runAttempt === run.runAttempt;
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

function parse<T>(text: string, check: (value: unknown) => value is T): T | null {
  try {
    const value: unknown = JSON.parse(text);
    return check(value) ? value : null;
  } catch {
    return null;
  }
}

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isId: Check = (value) => typeof value === 'string' && ID_PATTERN.test(value);
const isAmount: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
/** The last one that a `Date` holds. */
const LAST_INSTANT = 8.64e15;
const isInstant: Check = (value) => isAmount(value) && Number(value) <= LAST_INSTANT;
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const oneOf =
  (...words: readonly unknown[]): Check =>
  (value) =>
    words.includes(value);
function shape<T>(checks: Readonly<Record<keyof T, Check>>): (value: unknown) => value is T {
  return (value): value is T =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries<Check>(checks).every(([name, check]) => check((value as Fields)[name]));
}

const ON_FAILURE = oneOf('keep', 'restore', 'delete');

const isStepRecord = shape<StepRecord>({
  version: oneOf(1),
  repositoryId: isText,
  runId: isText,
  runAttempt: isAmount,
  leg: isText,
  use: isAmount,
  apiUrl: isText,
  servers: isAmount,
  policy: shape<Policy>({
    onFailure: ON_FAILURE,
    onCancel: ON_FAILURE,
    onSuccess: oneOf('keep', 'delete'),
    keepLast: isAmount,
    restoreIfGiven: isFlag,
  }),
  restoreTimeout: isAmount,
  restoreMaxAge: orNull(isAmount),
  pollInterval: orNull(isAmount),
  healthUrls: listOf(isText),
  dryRun: isFlag,
  statusBefore: isText,
  stopsServers: isFlag,
  interrupted: isFlag,
  succeeded: isFlag,
});

const isServerRecord = shape<ServerRecord>({
  version: oneOf(1),
  runId: isText,
  runAttempt: isAmount,
  server: isId,
  ids: listOf(isId),
  serverName: orNull(isText),
  key: (value) => typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value),
  name: isText,
  phase: oneOf('planned', 'intent', 'refused', 'created', 'completed'),
  completedAt: orNull(isInstant),
  snapshotId: orNull(isId),
  idIsLossless: isFlag,
  shown: isFlag,
  createdAt: orNull(isText),
  sizeMb: orNull((value) => typeof value === 'number'),
  reused: isFlag,
  resentAt: orNull(isInstant),
  duplicates: listOf(isId),
  power: orNull(
    shape<PowerRecord>({
      found: oneOf('active', 'stopped'),
      stop: oneOf('none', 'requested', 'accepted', 'confirmed'),
      stopAcceptedAt: orNull(isAmount),
      started: isFlag,
    }),
  ),
});
