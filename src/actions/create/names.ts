import { nameValuesOf } from '../../github/inputs/name-values.ts';
import { type RootInputs } from '../../github/inputs/root.ts';
import { renderName } from '../../snapshots/name.ts';
import { type Deps } from '../common/deps.ts';
import { createProgress, type ServerProgress } from '../creating/progress.ts';

/** Names every snapshot before the first request; that the names fit is known since the inputs were read. */
export function nameSnapshots(inputs: RootInputs, deps: Deps): ServerProgress[] {
  const values = nameValuesOf(deps.job, deps.clock.wall());
  return inputs.serverIds.map((server, index) => {
    const name = renderName(inputs.nameTemplate, { ...values, server_id: server });
    return createProgress(deps, index, { server, key: deps.newKey(), name });
  });
}
