import { formatMarker, type Marker } from '../../../src/snapshots/marker.ts';
import { GITHUB_ENV } from '../../../scripts/runner/step.ts';

let keys = 0;

/** The description of a snapshot that this tool made: by this repository in an earlier run when nothing else is said. */
export function marked(by: Partial<Marker> = {}): string {
  keys += 1;
  return formatMarker({
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
export function markedByOther(by: Partial<Marker> = {}): string {
  return marked({ repositoryId: '99', repository: 'acme/blog', ...by });
}
