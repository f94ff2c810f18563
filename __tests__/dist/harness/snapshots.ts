import { formatMarker, type Marker, PLAIN } from '../../../src/snapshots/marker.ts';
import { GITHUB_ENV } from '../../../scripts/runner/step.ts';
import { type SnapshotSeed, type TestEnvironment } from './test-environment.ts';

let keys = 0;

/** The description of a snapshot that this tool made: by this repository in an earlier run when nothing else is said. */
export function markerOf(by: Partial<Marker> = {}): string {
  keys += 1;
  return formatMarker({
    ...PLAIN,
    host: new URL(GITHUB_ENV.GITHUB_SERVER_URL).host,
    leg: '',
    use: 1,
    key: `00000000-0000-4000-8000-${String(keys).padStart(12, '0')}`,
    repositoryId: GITHUB_ENV.GITHUB_REPOSITORY_ID,
    repository: GITHUB_ENV.GITHUB_REPOSITORY,
    runId: '900',
    runAttempt: 1,
    job: GITHUB_ENV.GITHUB_JOB,
    step: GITHUB_ENV.GITHUB_ACTION,
    sha: GITHUB_ENV.GITHUB_SHA,
    ...by,
  });
}

/** The same, made by another repository. */
export function markerOfOther(by: Partial<Marker> = {}): string {
  return markerOf({ repositoryId: '99', repository: 'acme/blog', ...by });
}

/** A snapshot without a marker, made on the n-th of January; its id is 500 and that day. */
export function byHand(n: number, more: Partial<SnapshotSeed> = {}): SnapshotSeed {
  return { id: 500 + n, name: `s-${n}`, created_at: `2026-01-0${n}T08:00:00Z`, ...more };
}

/** The same, made by an earlier run of this repository. */
export function own(n: number, more: Partial<SnapshotSeed> = {}): SnapshotSeed {
  return byHand(n, { description: markerOf(), ...more });
}

/** The same, made by another repository. */
export function ofOtherRepository(n: number): SnapshotSeed {
  return byHand(n, { description: markerOfOther() });
}

/** The ids of the snapshots that exist, and of those that were deleted. */
export function existing(testEnv: TestEnvironment): string[] {
  return testEnv.actualState().snapshots.flatMap(({ id, deletedAt }) => (deletedAt === null ? [id] : []));
}

export function deleted(testEnv: TestEnvironment): string[] {
  return testEnv.actualState().snapshots.flatMap(({ id, deletedAt }) => (deletedAt === null ? [] : [id]));
}
