import { type RootInputs } from '../../github/inputs/root.ts';
import { STEP_STATE, type StepRecord } from '../../github/state.ts';
import { hashCalledLeg, type Origin } from '../../snapshots/marker.ts';
import { type Deps } from '../common/deps.ts';

/** Who makes the snapshots of this step. */
export function describeOrigin(inputs: Pick<RootInputs, 'leg'>, { job }: Pick<Deps, 'job'>): Origin {
  return { ...job.origin, leg: hashCalledLeg(inputs.leg, job.call ?? '') };
}

/** What the post step needs to know of this step. */
export function describeStep(inputs: RootInputs, deps: Deps): StepRecord {
  const { repositoryId, runId, runAttempt, leg, use } = describeOrigin(inputs, deps);
  return {
    version: 1,
    repositoryId,
    runId,
    runAttempt,
    leg,
    use,
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
