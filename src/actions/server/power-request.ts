import { type PowerAction } from '../../vps/api.ts';
import { VpsError } from '../../vps/errors.ts';
import { type Deps } from '../common/deps.ts';
import { type PowerTarget } from './power-errors.ts';

/**
 * Sends a start or a stop, until `until` (monotonic milliseconds); gives why it was not taken, `null` where it was. A lost
 * answer is none that was.
 */
export async function requestPower(
  action: PowerAction,
  { id }: PowerTarget,
  { api, until }: Pick<Deps, 'api' | 'until'>,
): Promise<VpsError | null> {
  try {
    await api.powerServer(id, action, { until });
    return null;
  } catch (error) {
    if (error instanceof VpsError) return error;
    throw error;
  }
}
