import { describe, expect, test } from '@jest/globals';
import { confirmServer } from '../../../../src/actions/server/confirmation.ts';
import type { Server, ServerRef } from '../../../../src/vps/model.ts';
import { createTestDeps, fails, outcomeOf, serverOf, snapshotOf } from '../test-deps.ts';

const of = (server: Partial<ServerRef>): ReturnType<typeof snapshotOf> =>
  snapshotOf('801', { server: { id: null, uuid: null, name: null, ...server } });

describe('before anything is deleted of a server that was only assumed to be the typed one', () => {
  async function confirm(
    server: Server | Error,
    snapshots: Parameters<typeof confirmServer>[1],
    listed: readonly Server[] = [],
  ): Promise<unknown> {
    const asked: string[] = [];
    const { deps, clock } = createTestDeps({
      api: {
        getServer(id) {
          asked.push(id);
          return server instanceof Error ? Promise.reject(server) : Promise.resolve(server);
        },
        listServers: () => Promise.resolve({ servers: listed, complete: true }),
      },
    });
    const { error } = await outcomeOf(clock, confirmServer('web-1', snapshots, deps));
    expect(asked[0]).toBe('web-1');
    return error;
  }

  test.each([
    ['by its id', of({ id: '12345' })],
    ['by its uuid', of({ uuid: 'u-1' })],
    ['by what was typed', of({ id: 'web-1' })],
  ])('the API is asked which one that is: it is the one, %s', async (_name, snapshot) => {
    expect(await confirm(serverOf('active', { uuid: 'u-1' }), [snapshot, snapshot])).toBeUndefined();
  });

  test.each([
    [
      'of another one',
      of({ id: '99' }),
      'snapshot 801 belongs to server 99, and nothing shows that this is server web-1',
    ],
    ['of none that is named', of({}), 'snapshot 801 belongs to server unknown, and nothing shows'],
    [
      'without a usable id',
      { ...of({ id: '99' }), id: null },
      'snapshot without a usable id belongs to server 99',
    ],
  ])('one snapshot %s is enough against it', async (_name, snapshot, message) => {
    const error = await confirm(serverOf('active'), [of({ id: '12345' }), snapshot]);
    expect(error).toMatchObject({ message: expect.stringContaining(message) as unknown });
  });

  test('of a server that its address refuses to show, the list says it', async () => {
    const listed = [serverOf('active', { id: '12345', uuid: 'web-1' })];
    expect(await confirm(fails('http', 403), [of({ id: '12345' })], listed)).toBeUndefined();
  });

  test('what nobody can tell is an error', async () => {
    const failure = fails('http', 404);
    expect(await confirm(failure, [])).toBe(failure);
  });
});
