import { idsOf, isOfServer } from '../../snapshots/server.ts';
import { type Limits } from '../../vps/api.ts';
import { type SnapshotList } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { createSharedRead } from '../common/shared-read.ts';
import { createServerReader, type ServerReader } from '../server/reader.ts';

/** What planning reads of each server. */
export interface PlanReaders {
  readonly servers: ServerReader;
  /** The server's snapshots; more may be in it, where the API ignores the filter. */
  readonly list: (serverId: string, limits: Limits) => Promise<SnapshotList>;
}

/** From so many servers on, two requests for all of them take the place of two for each. */
const FLEET = 6;

/** Readers for `count` servers: requests must not grow with a fleet, or a limit on them ends its plan. */
export function createPlanReaders(count: number, deps: Deps): PlanReaders {
  const { api, clock } = deps;
  const filtered: PlanReaders['list'] = (serverId, limits) => api.listSnapshots({ serverId }, limits);
  if (count < FLEET) return { servers: createServerReader(1, deps), list: filtered };
  const servers = createServerReader(count, deps);
  const account = createSharedRead((limits) => api.listSnapshots({}, limits), clock);
  const startedAt = clock.now() - 1;
  return {
    servers,
    async list(serverId, limits) {
      // Only the API's own ids tell which of the account's snapshots are the server's.
      const ids = await servers.read([serverId], startedAt, { ...limits, patience: 'at_once' }).then(
        ({ value }) => [serverId, ...idsOf(value)],
        () => null,
      );
      if (ids === null) return await filtered(serverId, limits);
      const until = Math.min(limits.until, clock.now() + deps.schedule.span('sharedRead'));
      const shared = await account(startedAt, { ...limits, until }).catch(() => null);
      if (shared === null) return await filtered(serverId, limits);
      const { value } = shared;
      if (!value.complete || value.snapshots.some(({ server }) => idsOf(server).length === 0))
        return await filtered(serverId, limits);
      return { ...value, snapshots: value.snapshots.filter(({ server }) => isOfServer(server, ids)) };
    },
  };
}
