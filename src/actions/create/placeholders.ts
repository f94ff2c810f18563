import { InputError } from '../../github/inputs/reader.ts';
import { type RootInputs } from '../../github/inputs/root.ts';
import { formatInstant, type NameTemplate, renderName } from '../../snapshots/name.ts';
import { messageOf } from '../../github/log.ts';
import { type Deps } from '../common/deps.ts';
import { createProgress, type ServerProgress } from '../creating/progress.ts';

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
    throw new InputError([`'name_template': ${messageOf(error)}`]);
  }
}
