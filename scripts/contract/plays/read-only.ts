import { idsOf } from '../../../src/snapshots/server.ts';
import { type Connection } from '../session/connection.ts';
import { answerTo, fieldsOf, itemsOf, jsonOf, textOf } from '../recording.ts';
import { type Session } from '../session/session.ts';

/** Ids that no server and no snapshot has, in the form of the known one. */
export function unknownId(like: string): string {
  return /^\d+$/.test(like) ? '987654321' : '00000000-0000-4000-8000-000000000000';
}

const PAGE = 'page_size=1';

/** Every question that only reads: the token, lists and their parameters, and servers. */
export async function askReadOnly(session: Session, hasLimitedToken: boolean): Promise<void> {
  const { connection } = session;
  const get = readerOf(connection);
  await get('account', '/account/me/');
  await connection.ask('account.wrong', { method: 'GET', path: '/account/me/', as: 'wrong' });
  await connection.ask('account.nobody', { method: 'GET', path: '/account/me/', as: 'nobody' });
  await connection.ask('snapshots.wrong', { method: 'GET', path: '/snapshots/', as: 'wrong' });
  await connection.ask('snapshots.nobody', { method: 'GET', path: '/snapshots/', as: 'nobody' });
  if (hasLimitedToken) {
    await connection.ask('account.limited', { method: 'GET', path: '/account/me/', as: 'limited' });
    await connection.ask('snapshots.limited', { method: 'GET', path: '/snapshots/', as: 'limited' });
    await connection.ask('servers.limited', { method: 'GET', path: '/servers/', as: 'limited' });
  }
  await askServers(session, get);
  await askSnapshots(session, get);
}

type Get = (probe: string, path: string) => Promise<unknown>;

function readerOf(connection: Connection): Get {
  return async (probe, path) => await connection.ask(probe, { method: 'GET', path });
}

async function askServers({ serverId, connection, facts }: Session, get: Get): Promise<void> {
  await get('servers', '/servers/');
  await get('server', `/servers/${serverId}/`);
  await get('server.unknown', `/servers/${unknownId(serverId)}/`);
  const others = idsOf(facts.server).filter((id) => id !== serverId);
  if (others[0] !== undefined) await get('server.other-id', `/servers/${others[0]}/`);
  const recording = { exchanges: connection.recorder.exchanges, facts };
  const listed = itemsOf(answerTo(recording, 'servers')) ?? [];
  const server = fieldsOf(jsonOf(answerTo(recording, 'server'))) ?? listed[0];
  const status = textOf(server?.['status']);
  const location = textOf(server?.['location']);
  if (status !== '') {
    await get('servers.status', `/servers/?status=${encodeURIComponent(status)}`);
    await get('servers.other-status', `/servers/?status=${status === 'stopped' ? 'active' : 'stopped'}`);
  }
  if (location !== '') {
    await get('servers.location', `/servers/?location=${encodeURIComponent(location)}`);
    await get('servers.other-location', '/servers/?location=no-such-location');
  }
}

async function askSnapshots({ serverId, connection, facts }: Session, get: Get): Promise<void> {
  await get('snapshots', '/snapshots/');
  await get('snapshots.server', `/snapshots/?server_id=${serverId}`);
  await get('snapshots.unknown', `/snapshots/?server_id=${unknownId(serverId)}`);
  const [uuid] = idsOf(facts.server).filter((id) => !/^\d+$/.test(id));
  if (uuid !== undefined) await get('snapshots.uuid', `/snapshots/?server_id=${uuid}`);
  await get('snapshots.small', `/snapshots/?${PAGE}`);
  await get('snapshots.second', `/snapshots/?${PAGE}&page=2`);
  await get('snapshots.large', '/snapshots/?page_size=500');
  await get('snapshots.beyond', '/snapshots/?page=99999');
  const recording = { exchanges: connection.recorder.exchanges, facts };
  const id = textOf(itemsOf(answerTo(recording, 'snapshots'))?.[0]?.['id']);
  if (id !== '') await get('snapshot', `/snapshots/${encodeURIComponent(id)}/`);
}
