import { VpsError } from '../../vps/errors.ts';
import { type Deps } from '../common/deps.ts';
import { type ServerProgress } from '../creating/progress.ts';

/** Learns the server's ids and name; gives why that was not possible, which alone stops nothing. */
export async function meetServer(
  progress: ServerProgress,
  deps: Deps,
  until: number,
): Promise<VpsError | null> {
  try {
    progress.meet(await deps.api.getServer(progress.record.server, until));
    return null;
  } catch (error) {
    if (error instanceof VpsError) return error;
    throw error;
  }
}
