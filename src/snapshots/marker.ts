import { createHash } from 'node:crypto';

/** Who made a snapshot: the part of the marker that stays the same for a whole step. */
export interface Origin {
  /** The forge's host name; `github.com` is not written down. */
  readonly host: string;
  /** `GITHUB_REPOSITORY_ID`, or the full name where the runner gives no id. */
  readonly repositoryId: string;
  readonly repository: string;
  readonly runId: string;
  readonly runAttempt: number;
  readonly job: string;
  /** Tells the legs of a matrix and the calls of a reusable workflow apart; empty outside of both. */
  readonly leg: string;
  /** `GITHUB_ACTION`: tells two steps of one job apart, but not two inside of one composite action. */
  readonly step: string;
  /** Which use of the action in its job this is, from 1 on. */
  readonly use: number;
  readonly sha: string;
}

/** What decides how a snapshot is treated later (`docs/how-it-works/retention.md`, "Kinds of snapshots"). */
export interface MarkerFlags {
  /** Only the `delete` action deletes it. */
  readonly isProtected: boolean;
  /** The step did not wait for it, so that it may hold part of the deploy. */
  readonly isUnwaited: boolean;
  /** `restore` took it of a server before it overwrote it. */
  readonly isUndo: boolean;
}

export interface Marker extends Origin, MarkerFlags {
  /** A random UUID for each step and server: what identifies a snapshot, not its name. */
  readonly key: string;
}

export const PLAIN: MarkerFlags = { isProtected: false, isUnwaited: false, isUndo: false };

/** The longest description that is sent. */
export const DESCRIPTION_LIMIT = 255;
const MARKER_LIMIT = 245;
const DEFAULT_HOST = 'github.com';

const OPENING = '[vps-snapshot ';
/**
 * The most characters of each value. Where a marker gets too long, repository, job and step are cut further, each
 * down to `SHARED`; with every value at its limit the marker then has 245 characters. The host decides whose a snapshot
 * is, so that it is written whole wherever that leaves room.
 */
const LIMITS = { repositoryId: 20, host: 16, repository: 36, runId: 20, job: 24, step: 24, sha: 7 } as const;
const SHARED = 12;

const PATTERN = new RegExp(
  [
    String.raw`\[vps-snapshot key=(?<key>[0-9a-f-]{36}) repo-id=(?<repositoryId>\S+)`,
    String.raw`(?: host=(?<host>\S+))? repo=(?<repository>\S+) run=(?<runId>[^\s/]+)/(?<attempt>\d{1,4})`,
    String.raw` job=(?<job>\S+)(?: leg=(?<leg>[0-9a-f]{8}))? step=(?<step>\S+)(?: use=(?<use>\d{1,2}))?`,
    String.raw`(?<protect> protect)?(?<unwaited> wait=false)?(?<undo> undo)? sha=(?<sha>[^\s\]]+)\]$`,
  ].join(''),
);

/**
 * Fits a value into its place. A longer one keeps its beginning and gets a piece of its hash, so that two long values
 * that begin alike stay two; one that was cut before keeps the hash that it has.
 */
function fit(value: string, limit: number): string {
  const clean = value.replace(/[^A-Za-z0-9._/~-]+/g, '-') || '-';
  if (clean.length <= limit) return clean;
  const hash = /~([0-9a-f]{8})$/.exec(clean)?.[1] ?? hashOf(clean).slice(0, 8);
  return `${clean.slice(0, limit - 9)}~${hash}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What tells the legs of a matrix apart, of `toJSON(matrix)`; empty where there is no matrix. */
export function hashLeg(matrix: string): string {
  const plain = matrix.replace(/\s+/g, '');
  return plain === '' || plain === 'null' || plain === '{}' ? '' : hashOf(plain).slice(0, 8);
}

/** The same leg in another call of a reusable workflow is another leg. */
export function hashCalledLeg(leg: string, call: string): string {
  return call === '' ? leg : hashOf(`${call}\n${leg}`).slice(0, 8);
}

/** The same origin on the shortest limits: equality of origins is defined on this form, whatever was written. */
export function normalizeOrigin(origin: Origin): Origin {
  return {
    host: fit(origin.host.toLowerCase() || DEFAULT_HOST, LIMITS.host),
    repositoryId: fit(origin.repositoryId, LIMITS.repositoryId),
    repository: fit(origin.repository, SHARED),
    runId: fit(origin.runId, LIMITS.runId).replaceAll('/', '-'),
    runAttempt: origin.runAttempt,
    job: fit(origin.job, SHARED),
    leg: origin.leg,
    step: fit(origin.step, SHARED),
    use: origin.use,
    sha: fit(origin.sha.slice(0, LIMITS.sha), LIMITS.sha),
  };
}

/** The marker as it stands at the end of a description: ASCII, at most 245 characters. */
export function formatMarker(marker: Marker): string {
  const plain = normalizeOrigin(marker);
  const host = fit(marker.host.toLowerCase() || DEFAULT_HOST, MARKER_LIMIT);
  const write = (cut: number, writtenHost: string): string => {
    const share = (value: string, limit: number): string => fit(value, Math.max(SHARED, limit - cut));
    const words = [
      `key=${marker.key}`,
      `repo-id=${plain.repositoryId}`,
      plain.host === DEFAULT_HOST ? '' : `host=${writtenHost}`,
      `repo=${share(marker.repository, LIMITS.repository)}`,
      `run=${plain.runId}/${plain.runAttempt}`,
      `job=${share(marker.job, LIMITS.job)}`,
      plain.leg === '' ? '' : `leg=${plain.leg}`,
      `step=${share(marker.step, LIMITS.step)}`,
      plain.use === 1 ? '' : `use=${plain.use}`,
      marker.isProtected ? 'protect' : '',
      marker.isUnwaited ? 'wait=false' : '',
      marker.isUndo ? 'undo' : '',
      `sha=${plain.sha}`,
    ];
    return `${OPENING}${words.filter((word) => word !== '').join(' ')}]`;
  };
  const most = LIMITS.repository - SHARED;
  for (const each of [host, plain.host]) {
    for (let cut = 0; cut <= most; cut += 1) {
      const text = write(cut, each);
      if (text.length <= MARKER_LIMIT) return text;
    }
  }
  return write(most, plain.host);
}

/** Reads the marker that ends a description; `null` for none, or for one that is cut or not at the end. */
export function parseMarker(description: string | null): Marker | null {
  const groups = PATTERN.exec(description?.trimEnd() ?? '')?.groups;
  if (groups === undefined) return null;
  const { key = '', repositoryId = '', host, repository = '', runId = '', attempt, job = '' } = groups;
  const { leg = '', step = '', use = '1', protect, unwaited, undo, sha = '' } = groups;
  return {
    key,
    host: host ?? DEFAULT_HOST,
    repositoryId,
    repository,
    runId,
    runAttempt: Number(attempt),
    job,
    leg,
    step,
    use: Number(use),
    isProtected: protect !== undefined,
    isUnwaited: unwaited !== undefined,
    isUndo: undo !== undefined,
    sha,
  };
}

type Repository = Pick<Origin, 'repository' | 'repositoryId' | 'host'>;

/** Whether a marker names this repository on this forge. */
export function isOwn(marker: Marker | null, origin: Pick<Repository, 'repositoryId' | 'host'>): boolean {
  return marker !== null && isOfForge(marker, origin) && hasSameId(marker, origin);
}

function isOfForge(marker: Marker, { host }: Pick<Origin, 'host'>): boolean {
  return fit(marker.host, LIMITS.host) === fit(host.toLowerCase() || DEFAULT_HOST, LIMITS.host);
}

function hasSameId(marker: Marker, { repositoryId }: Pick<Origin, 'repositoryId'>): boolean {
  // Where the runner does not even give a name, nothing is known to be one's own.
  return (
    repositoryId !== '' &&
    fit(marker.repositoryId, LIMITS.repositoryId) === fit(repositoryId, LIMITS.repositoryId)
  );
}

/** A repository as people tell it from this one: another may have its name, on this forge or on another. */
export function nameRepository(marker: Marker, origin: Repository): string {
  const { repository, repositoryId, host } = marker;
  if (!isOfForge(marker, origin)) return `${repository} on ${host}`;
  const isNamesake = !hasSameId(marker, origin) && fit(repository, SHARED) === fit(origin.repository, SHARED);
  return isNamesake ? `${repository}, id ${repositoryId}` : repository;
}

/** Who made a snapshot that is not this repository's own, for people. */
export function describeMaker(marker: Marker | null, origin: Repository): string {
  return marker === null ? 'not made by this action' : `made by ${nameRepository(marker, origin)}`;
}

/** Whether a marker names this run, of whichever attempt. */
export function isOfRun(marker: Marker | null, origin: Origin): boolean {
  if (marker === null || !isOwn(marker, origin)) return false;
  return normalizeOrigin(marker).runId === normalizeOrigin(origin).runId;
}

/** Whether a marker names this very step, of whichever attempt: its run, job, leg, step and use. */
export function isOfStep(marker: Marker | null, origin: Origin): boolean {
  if (marker === null || !isOfRun(marker, origin)) return false;
  const [one, other] = [normalizeOrigin(marker), normalizeOrigin(origin)];
  return one.job === other.job && one.leg === other.leg && one.step === other.step && one.use === other.use;
}

/**
 * The description to send: the user's text, then the marker. The text loses control characters and whatever
 * could be read as a marker, and is the part that is cut; `cut` says that it was.
 */
export function describeSnapshot(
  text: string,
  marker: Marker,
): { readonly description: string; readonly cut: boolean } {
  const ending = formatMarker(marker);
  const clean = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\[\s*vps-snapshot\b/gi, '(vps-snapshot')
    .trim();
  const room = DESCRIPTION_LIMIT - ending.length - 1;
  const cut = clean.length > room;
  const kept = cut ? cutToLength(clean, room) : clean;
  return { description: kept === '' ? ending : `${kept} ${ending}`, cut };
}

/** Never half of a character that takes two places. */
function cutToLength(text: string, room: number): string {
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > room) break;
    kept += character;
  }
  return kept.trimEnd();
}
