import { type Session } from '../session/session.ts';
import { unknownId } from './read-only.ts';

const LONG_NAME = 300;
const LONG_DESCRIPTION = 5000;

/** Requests that the documentation refuses; what is accepted anyway is a snapshot like any other. */
export async function askRefusals(session: Session): Promise<void> {
  const { connection, serverId } = session;
  const unknown = unknownId(serverId);
  const body = { server_id: serverId, name: 'contract' };
  const as = 'wrong';
  await connection.ask('create.wrong', { method: 'POST', path: '/snapshots/', body, as });
  await connection.ask('restore.wrong', { method: 'POST', path: `/snapshots/${unknown}/restore/`, as });
  await connection.ask('delete.wrong', { method: 'DELETE', path: `/snapshots/${unknown}/`, as });
  await connection.ask('restore.unknown', { method: 'POST', path: `/snapshots/${unknown}/restore/` });
  await connection.ask('delete.unknown', { method: 'DELETE', path: `/snapshots/${unknown}/` });
  const action = { action: 'contract' };
  await connection.ask('power.unknown', {
    method: 'POST',
    path: `/servers/${serverId}/power/`,
    body: action,
  });

  const made = [
    await session.create('create.without-server', { without: ['server_id'] }),
    await session.create('create.without-name', { without: ['name'] }),
    await session.create('create.unknown-server', { serverId: unknown }),
    await session.create('create.wrong-name', { name: (usual) => `${usual} with spaces` }),
    await session.create('create.long-name', { name: (usual) => usual.padEnd(LONG_NAME, 'x') }),
    await session.create('create.long-description', {
      description: (marker) => marker.padEnd(LONG_DESCRIPTION, 'x'),
    }),
  ].filter((each) => each !== null);
  await session.waitFor('refusals', made);
  for (const each of made) await session.delete('delete.accepted', each);
}
