import type { PostInputs, RootInputs } from '../../../src/github/inputs/root.ts';
import type {
  DeleteInputs,
  PruneInputs,
  RestoreInputs,
  WaitInputs,
} from '../../../src/github/inputs/commands.ts';
import type { Job } from '../../../src/github/job.ts';
import type { Origin } from '../../../src/snapshots/marker.ts';
import { parseTemplate } from '../../../src/snapshots/name.ts';
import { DEMO_TOKEN } from '../../../simulator/api/simulated-api.ts';

export type { DeleteInputs, PostInputs, PruneInputs, RestoreInputs, RootInputs, WaitInputs };

/** Inputs as the readers of `src/github` give them for an otherwise empty `with:`. */

const API_URL = 'https://admin.vps.org/api/v1';
const MINUTE = 60_000;
/** The tests' own: another default changes no expectation of theirs. */
const TEMPLATE = parseTemplate('deploy-{repo}-{run_id}-{run_attempt}');
const API = { apiToken: DEMO_TOKEN, apiUrl: API_URL, dryRun: false };

export function rootInputs(given: Partial<RootInputs> = {}): RootInputs {
  return {
    ...API,
    serverIds: ['12345'],
    nameTemplate: TEMPLATE,
    description: '',
    wait: true,
    waitTimeout: 30 * MINUTE,
    pollInterval: null,
    stopServer: false,
    whenFull: 'fail',
    onRerun: 'create',
    onFailure: 'keep',
    onCancel: 'keep',
    onSuccess: 'keep',
    restoreIfGiven: false,
    keepLast: 0,
    restoreTimeout: 30 * MINUTE,
    restoreMaxAge: null,
    isProtected: false,
    healthUrls: [],
    jobStatus: 'success',
    leg: '',
    ...given,
  };
}

export function postInputs(given: Partial<PostInputs> = {}): PostInputs {
  return {
    apiToken: DEMO_TOKEN,
    apiUrl: API_URL,
    githubToken: '',
    jobStatus: 'success',
    restoreIf: '',
    tokenCheck: { ok: true },
    ...given,
  };
}

export function waitInputs(given: Partial<WaitInputs> = {}): WaitInputs {
  return {
    ...API,
    snapshotIds: [],
    serverIds: [],
    waitTimeout: 30 * MINUTE,
    pollInterval: null,
    jobStatus: 'success',
    ...given,
  };
}

/** What a test says of a restore: most name snapshots by their ids. */
export type GivenRestore = Partial<RestoreInputs> & { readonly snapshotIds?: readonly string[] };

export function restoreInputs({ snapshotIds = [], ...given }: GivenRestore = {}): RestoreInputs {
  return {
    ...API,
    selection: { kind: 'named', words: snapshotIds },
    serverIds: [],
    allowOlder: false,
    maxAge: null,
    snapshotFirst: false,
    restoreTimeout: 30 * MINUTE,
    pollInterval: null,
    healthUrls: [],
    githubToken: '',
    ...given,
  };
}

export function deleteInputs(given: Partial<DeleteInputs> = {}): DeleteInputs {
  return { ...API, snapshotIds: [], force: false, ...given };
}

export function pruneInputs(given: Partial<PruneInputs> = {}): PruneInputs {
  return { ...API, serverIds: ['12345'], keepLast: 1, olderThan: null, ...given };
}

export function originOf(given: Partial<Origin> = {}): Origin {
  return {
    host: 'github.com',
    repositoryId: '7001',
    repository: 'acme/shop',
    runId: '9001',
    runAttempt: 1,
    job: 'deploy',
    leg: '',
    step: 'snapshot',
    use: 1,
    sha: '0123456789abcdef0123456789abcdef01234567',
    ...given,
  };
}

/** A job as the runner would describe it in the environment. */
export function jobOf(origin: Partial<Origin> = {}): Job {
  const full = originOf(origin);
  const { repository, runId, sha } = full;
  return {
    origin: full,
    repository,
    owner: repository.split('/')[0] ?? '',
    ref: 'main',
    sha,
    runNumber: '17',
    workflow: 'Deploy',
    call: '',
    runUrl: `https://github.com/${repository}/actions/runs/${runId}`,
    guideUrl: '',
    temp: '',
    eventName: 'push',
    eventPath: '',
  };
}
