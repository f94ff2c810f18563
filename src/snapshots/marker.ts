import { createHash } from 'node:crypto';

/** Who made a snapshot: the part of the marker that stays the same for a whole step. */
export interface Origin {
  /** `GITHUB_REPOSITORY_ID`, or the full name where the runner gives no id. */
  readonly repositoryId: string;
  readonly repository: string;
  readonly runId: string;
  readonly runAttempt: number;
  readonly job: string;
  /** `GITHUB_ACTION`: tells two steps of one job apart. */
  readonly step: string;
  readonly sha: string;
}

export interface Marker extends Origin {
  /** A random UUID for each step and server: what identifies a snapshot, not its name. */
  readonly key: string;
}

/** The longest description that is sent. */
export const DESCRIPTION_LIMIT = 255;

const OPENING = '[vps-snapshot ';
const LIMITS = { repositoryId: 32, repository: 36, runId: 20, job: 24, step: 24, sha: 12 } as const;
const PATTERN =
  /\[vps-snapshot key=([0-9a-f-]{36}) repo-id=(\S+) repo=(\S+) run=([^\s/]+)\/(\d{1,4}) job=(\S+) step=(\S+) sha=([^\s\]]+)\]$/;

/**
 * Fits a value into its place. A longer one keeps its beginning and gets a piece of its hash, so that two
 * long values that begin alike stay two.
 */
function fit(value: string, limit: number): string {
  const clean = value.replace(/[^A-Za-z0-9._/-]+/g, '-') || '-';
  if (clean.length <= limit) return clean;
  const hash = createHash('sha256').update(value).digest('hex').slice(0, 8);
  return `${clean.slice(0, limit - 9)}~${hash}`;
}

/** The same origin as it reads after a way through a description; equality of origins is defined on this form. */
export function normalizeOrigin(origin: Origin): Origin {
  return {
    repositoryId: fit(origin.repositoryId, LIMITS.repositoryId),
    repository: fit(origin.repository, LIMITS.repository),
    runId: fit(origin.runId, LIMITS.runId).replaceAll('/', '-'),
    runAttempt: origin.runAttempt,
    job: fit(origin.job, LIMITS.job),
    step: fit(origin.step, LIMITS.step),
    sha: origin.sha === '' ? '-' : fit(origin.sha.slice(0, LIMITS.sha), LIMITS.sha),
  };
}

/** The marker as it stands at the end of a description: ASCII, at most 245 characters. */
export function formatMarker(marker: Marker): string {
  const o = normalizeOrigin(marker);
  return (
    `${OPENING}key=${marker.key} repo-id=${o.repositoryId} repo=${o.repository} ` +
    `run=${o.runId}/${o.runAttempt} job=${o.job} step=${o.step} sha=${o.sha}]`
  );
}

/** Reads the marker that ends a description; `null` for none, or for one that is cut or not at the end. */
export function parseMarker(description: string | null): Marker | null {
  const match = PATTERN.exec(description?.trimEnd() ?? '');
  if (!match) return null;
  const [
    ,
    key = '',
    repositoryId = '',
    repository = '',
    runId = '',
    attempt = '',
    job = '',
    step = '',
    sha = '',
  ] = match;
  return { key, repositoryId, repository, runId, runAttempt: Number(attempt), job, step, sha };
}

/** Whether a marker names this repository. */
export function isOwn(marker: Marker | null, origin: Pick<Origin, 'repositoryId'>): boolean {
  return marker !== null && marker.repositoryId === fit(origin.repositoryId, LIMITS.repositoryId);
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
  if (clean === '') return { description: ending, cut: false };
  const room = DESCRIPTION_LIMIT - ending.length - 1;
  // Never half of a character that takes two places.
  const points = Array.from(clean);
  const cut = clean.length > room;
  const kept = cut ? cutToLength(points, room) : clean;
  return { description: kept === '' ? ending : `${kept} ${ending}`, cut };
}

function cutToLength(points: readonly string[], room: number): string {
  let kept = '';
  for (const point of points) {
    if (kept.length + point.length > room) break;
    kept += point;
  }
  return kept.trimEnd();
}
