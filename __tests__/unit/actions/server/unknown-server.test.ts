import { expect, test } from '@jest/globals';
import { CancelledError, FailedError } from '../../../../src/actions/common/errors.ts';
import { refuseUnknownServer, refuseUnlistedServers } from '../../../../src/actions/server/unknown-server.ts';
import type { Server, ServerList } from '../../../../src/vps/model.ts';
import { UUID } from '../../snapshots/samples.ts';
import { createTestDeps, fails, outcomeOf, serverOf, type TestDepsOptions } from '../test-deps.ts';

async function refuse(
  typed: string,
  list: () => Promise<ServerList>,
  options: TestDepsOptions = {},
): Promise<unknown> {
  const { deps, clock } = createTestDeps({ ...options, api: { listServers: list } });
  const { error } = await outcomeOf(clock, refuseUnknownServer(typed, deps));
  return error instanceof FailedError ? `${error.title}: ${error.message}` : (error ?? 'not refused');
}

const server = (id: string | null, name: string | null, uuid: string | null = null): Server =>
  serverOf('active', { id, name, uuid });
const many = (count: number): Server[] =>
  Array.from({ length: count }, (_, index) => server(`${index + 1}`, 'web'));

test.each<[name: string, typed: string, servers: readonly Server[], says: RegExp]>([
  ['is listed by its id', '7', many(7), /^not refused$/],
  ['is listed by its UUID', UUID.toUpperCase(), [server('7', 'web', UUID)], /^not refused$/],
  [
    'is the name of one',
    'db',
    [server('7', 'web'), server('8', 'db')],
    /^Unknown server: 'server_id': VPS\.org knows no server db, .* That is the name of server 8: write server_id: 8\.$/,
  ],
  [
    'is the name of one with a UUID',
    'db',
    [server(null, 'db', UUID)],
    new RegExp(`write server_id: ${UUID}\\.$`),
  ],
  ['is the name of one without an id', 'db', [server(null, 'db')], /The token sees without an id \(db\)\.$/],
  [
    'is nothing like that: each is named',
    '9',
    [server('7', 'web'), server(null, null, UUID)],
    new RegExp(`The token sees 7 \\(web\\), ${UUID} \\(no name\\)\\.$`),
  ],
  ['is nothing like that, of ten: all are named', '11', many(10), /9 \(web\), 10 \(web\)\.$/],
  ['is nothing like that, of eleven: ten are named', '12', many(11), /10 \(web\) and 1 more\.$/],
  ['is typed for a token that sees none', '7', [], /The token sees no servers\.$/],
])('what %s', async (_name, typed, servers, says) => {
  expect(await refuse(typed, () => Promise.resolve({ servers, complete: true }))).toMatch(says);
});

test.each<[name: string, typed: string, servers: readonly Server[], says: RegExp]>([
  ['a number, and one shows none', '9', [server('7', 'web'), server(null, null, UUID)], /^not refused$/],
  ['a number, and all show a UUID as their id', '9', [server(UUID, 'web', UUID)], /^not refused$/],
  ['a UUID, and one shows none', UUID, [server('7', 'web')], /^not refused$/],
  [
    'a number, and all show others',
    '9',
    [server('7', 'web', UUID)],
    /^Unknown server: .* knows no server 9,/,
  ],
  [
    'a word, and one shows only a UUID',
    'dp',
    [server(null, 'db', UUID)],
    /^Unknown server: .*see.*\(db\)\.$/,
  ],
])('where the server itself was not asked for, what is %s', async (_name, typed, servers, says) => {
  const { deps, clock } = createTestDeps({
    api: { listServers: () => Promise.resolve({ servers, complete: true }) },
  });
  const { error } = await outcomeOf(clock, refuseUnlistedServers([typed], deps));
  expect(error instanceof FailedError ? `${error.title}: ${error.message}` : 'not refused').toMatch(says);
});

test('servers that are not all listed, or not at all, prove nothing', async () => {
  expect(await refuse('9', () => Promise.resolve({ servers: many(2), complete: false }))).toBe('not refused');
  expect(await refuse('9', () => Promise.reject(fails('http', 403)))).toBe('not refused');
});

test('a cancel ends the step, and a mistake is passed on as it is', async () => {
  const cancelled = { more: { cancelled: AbortSignal.abort() } };
  expect(await refuse('9', () => Promise.reject(fails('cancelled')), cancelled)).toEqual(
    new CancelledError(),
  );
  expect(await refuse('9', () => Promise.reject(new TypeError('a bug')))).toEqual(new TypeError('a bug'));
});
