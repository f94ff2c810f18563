import { findByKey } from '../../snapshots/lookup.ts';
import { matchServer } from '../../snapshots/server.ts';
import { type Limits } from '../../vps/api.ts';
import { type SnapshotList } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { type ServerProgress } from './progress.ts';

/** The server's part of a list: its snapshots, and those with this step's key, wherever the API says they are. */
export async function listServer(
  progress: ServerProgress,
  deps: Pick<Deps, 'api'>,
  limits: Limits,
): Promise<SnapshotList> {
  const list = await deps.api.listSnapshots({ serverId: progress.record.server }, limits);
  const match = matchServer(list.snapshots, progress.record.ids);
  const keyed = findByKey(list.snapshots, progress.record.key).filter((s) => !match.snapshots.includes(s));
  return { ...list, snapshots: [...match.snapshots, ...keyed] };
}
