import { describe, expect, test } from '@jest/globals';
import { CancelledError } from '../../../../src/actions/common/errors.ts';
import { confirmServer, learnIds } from '../../../../src/actions/server/confirmation.ts';
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

describe('the ids of a server of which a list shows nothing by the typed one', () => {
  const learn = async (server: Server | Error, cancelAt?: number): ReturnType<typeof outcomeOf> => {
    const getServer = async (): Promise<Server> => {
      await clock.sleep(1);
      if (server instanceof Error) throw server;
      return server;
    };
    const listServers = (): Promise<never> => Promise.reject(fails('http', 404));
    const { deps, clock } = createTestDeps({ cancelAt, api: { getServer, listServers } });
    return await outcomeOf(clock, learnIds('web-1', deps));
  };

  test('are those that the API says beside it, or it alone where the API says none', async () => {
    expect((await learn(serverOf('active', { uuid: 'u-1' }))).value).toEqual(['web-1', '12345', 'u-1']);
    expect((await learn(fails('malformed', 200))).value).toEqual(['web-1']);
  });

  test('are not known after a cancel, nor after a mistake in the code', async () => {
    expect((await learn(fails('cancelled'), 1)).error).toEqual(new CancelledError());
    const bug = new TypeError('a bug');
    expect((await learn(bug)).error).toBe(bug);
  });
});
