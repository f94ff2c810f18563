import { type RootInputs } from '../../github/inputs/root.ts';
import { InputError } from '../../github/inputs/reader.ts';
import { STEP_STATE, type StepRecord } from '../../github/state.ts';
import { type Origin } from '../../snapshots/marker.ts';
import { formatInstant, type NameTemplate, renderName } from '../../snapshots/name.ts';
import { type Deps } from '../common/deps.ts';
import { createProgress, type ServerProgress } from '../creating/progress.ts';

/** Who makes the snapshots of this step. */
export function describeOrigin(inputs: Pick<RootInputs, 'leg'>, { job }: Pick<Deps, 'job'>): Origin {
  return { ...job.origin, leg: inputs.leg };
}

/** Names every snapshot before the first request: a name that cannot be is a mistake in the inputs. */
export function nameSnapshots(inputs: RootInputs, deps: Deps): ServerProgress[] {
  const { job } = deps;
  const { origin } = job;
  const common = {
    owner: job.owner,
    repo: job.repository.slice(job.repository.indexOf('/') + 1),
    ref: job.ref,
    sha: job.sha,
    sha7: job.sha.slice(0, 7),
    run_id: origin.runId,
    run_number: job.runNumber,
    run_attempt: String(origin.runAttempt),
    job: origin.job,
    workflow: job.workflow,
    ...formatInstant(deps.clock.wall()),
  };
  return inputs.serverIds.map((server, index) => {
    const name = renderOrRefuse(inputs.nameTemplate, { ...common, server_id: server });
    return createProgress(deps, index, { server, key: deps.newKey(), name });
  });
}

function renderOrRefuse(template: NameTemplate, values: Parameters<typeof renderName>[1]): string {
  try {
    return renderName(template, values);
  } catch (error) {
    throw new InputError([`'name_template': ${error instanceof Error ? error.message : String(error)}`]);
  }
}

export function describeStep(inputs: RootInputs, deps: Deps): StepRecord {
  const { repositoryId, runId, runAttempt } = deps.job.origin;
  return {
    version: 1,
    repositoryId,
    runId,
    runAttempt,
    apiUrl: inputs.apiUrl,
    servers: inputs.serverIds.length,
    policy: {
      onFailure: inputs.onFailure,
      onCancel: inputs.onCancel,
      onSuccess: inputs.onSuccess,
      keepLast: inputs.keepLast,
      restoreIfGiven: inputs.restoreIfGiven,
    },
    restoreTimeout: inputs.restoreTimeout,
    restoreMaxAge: inputs.restoreMaxAge,
    pollInterval: inputs.pollInterval,
    healthUrls: inputs.healthUrls,
    dryRun: inputs.dryRun,
    statusBefore: inputs.jobStatus.toLowerCase(),
    stopsServers: inputs.stopServer,
    interrupted: false,
    succeeded: false,
  };
}

export function saveStep(deps: Pick<Deps, 'runner'>, step: StepRecord): StepRecord {
  deps.runner.saveState(STEP_STATE, JSON.stringify(step));
  return step;
}
