import { type Origin } from '../snapshots/marker.ts';
import { guideUrl, isOtherForge } from './guide.ts';

/** The workflow job as the runner describes it in the environment. */
export interface Job {
  readonly origin: Origin;
  /** `OWNER/NAME`. */
  readonly repository: string;
  readonly owner: string;
  readonly ref: string;
  readonly sha: string;
  readonly runNumber: string;
  readonly workflow: string;
  /** The jobs that call the reusable workflow that this job is part of, empty for none; `null` where nobody tells. */
  readonly call: string | null;
  /** Address of the run's page, empty where the runner does not say it. */
  readonly runUrl: string;
  /** Address of the troubleshooting guide, empty where the runner does not say where the action comes from. */
  readonly guideUrl: string;
  readonly temp: string;
  /** What started the workflow: `push`, `workflow_dispatch`, … */
  readonly eventName: string;
  /** File with the event's payload. */
  readonly eventPath: string;
}

/** Reads the runner's variables; whatever is missing becomes empty (act and old servers give fewer). */
export function readJob(env: NodeJS.ProcessEnv): Job {
  const get = (name: string): string => env[name]?.trim() ?? '';
  const repository = get('GITHUB_REPOSITORY');
  const runId = get('GITHUB_RUN_ID');
  const attempt = get('GITHUB_RUN_ATTEMPT');
  const serverUrl = get('GITHUB_SERVER_URL');
  const sha = get('GITHUB_SHA');
  return {
    origin: {
      host: URL.parse(serverUrl)?.host ?? '',
      repositoryId: get('GITHUB_REPOSITORY_ID') || repository,
      repository,
      runId,
      runAttempt: /^\d{1,4}$/.test(attempt) ? Number(attempt) : 1,
      job: get('GITHUB_JOB'),
      leg: '',
      step: get('GITHUB_ACTION'),
      use: 1,
      sha,
    },
    repository,
    owner: get('GITHUB_REPOSITORY_OWNER') || (repository.split('/')[0] ?? ''),
    ref: get('GITHUB_REF_NAME') || get('GITHUB_REF').replace(/^refs\/(heads|tags)\//, ''),
    sha,
    runNumber: get('GITHUB_RUN_NUMBER'),
    workflow: get('GITHUB_WORKFLOW'),
    call: readCall(get),
    runUrl:
      serverUrl && repository && runId && !isOtherForge(env)
        ? `${serverUrl}/${repository}/actions/runs/${runId}`
        : '',
    guideUrl: guideUrl(env),
    temp: get('RUNNER_TEMP'),
    eventName: get('GITHUB_EVENT_NAME'),
    eventPath: get('GITHUB_EVENT_PATH'),
  };
}

/**
 * Which call of a reusable workflow the job belongs to: `<plan>.<calling jobs>.<job>.<leg>` is all that tells two calls
 * apart and stays the same in a re-run. GitHub's own runner, known by the service that it hands to actions, leaves that
 * open where it does not say it (`docs/decisions/reusable-workflows.md`).
 */
function readCall(get: (name: string) => string): string | null {
  const id = get('ACTIONS_ORCHESTRATION_ID');
  if (id === '') return get('GITHUB_WORKFLOW_REF') === '' || get('ACTIONS_RUNTIME_URL') === '' ? '' : null;
  const place = id.slice(id.indexOf('.'));
  const at = `${place}.`.lastIndexOf(`.${get('GITHUB_JOB')}.`);
  return at < 0 ? null : place.slice(1, at);
}
