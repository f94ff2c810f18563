import { idsOf, isOfServer } from '../../snapshots/server.ts';
import { type Limits } from '../../vps/api.ts';
import { type SnapshotList } from '../../vps/model.ts';
import { type Deps } from '../common/deps.ts';
import { mostPagesFor } from '../common/lists.ts';
import { createShortcut } from '../common/shortcut.ts';
import { createServerReader, type ServerReader } from '../server/reader.ts';

/** What planning reads of each server. */
export interface PlanReaders {
  readonly servers: ServerReader;
  /** The same by the list of servers, where a server's own address has shown nothing. */
  readonly listed: ServerReader;
  /** The server's snapshots; more may be in it, where the API ignores the filter. */
  readonly list: (serverId: string, limits: Limits) => Promise<SnapshotList>;
}

/** From so many servers on, two requests for all of them take the place of two for each. */
const FLEET = 6;

/** Readers for `count` servers: requests must not grow with a fleet, or a limit on them ends its plan. */
export function createPlanReaders(count: number, deps: Deps): PlanReaders {
  const { api, clock } = deps;
  const filtered: PlanReaders['list'] = (serverId, limits) => api.listSnapshots({ serverId }, limits);
  const listed = createServerReader('list', deps);
  if (count < FLEET) return { servers: createServerReader('address', deps), listed, list: filtered };
  const mostPages = mostPagesFor(count);
  const account = createShortcut((limits) => api.listSnapshots({ mostPages }, limits), deps);
  const startedAt = clock.now() - 1;
  return {
    servers: listed,
    listed,
    async list(serverId, limits) {
      // Only the API's own ids show which of the account's snapshots are the server's.
      const ids = await listed.read([serverId], startedAt, { ...limits, patience: 'at_once' }).then(
        ({ value }) => [serverId, ...idsOf(value)],
        () => null,
      );
      if (ids === null) return await filtered(serverId, limits);
      const all = (await account.read(startedAt, limits))?.value;
      const isClear = all?.snapshots.every(({ server }) => idsOf(server).length > 0) === true;
      if (all?.complete === true && isClear)
        return { ...all, snapshots: all.snapshots.filter(({ server }) => isOfServer(server, ids)) };
      const own = await filtered(serverId, limits);
      account.noteDetour();
      return own;
    },
  };
}
