import { describe, expect, test } from '@jest/globals';
import { createServerReader } from '../../../../src/actions/server/reader.ts';
import type { Limits } from '../../../../src/vps/api.ts';
import type { Server, ServerList } from '../../../../src/vps/model.ts';
import { createTestDeps, fails, MINUTE, serverOf } from '../test-deps.ts';

const LIMITS: Limits = { until: 10 * MINUTE, patience: 'standing' };
const ENDLESS: Limits = { until: 10 * MINUTE, patience: 'never' };
const SERVERS: readonly Server[] = ['1', '2', '3'].map((id) => serverOf('active', { id, uuid: `u-${id}` }));

type ListAnswer = readonly Server[] | Error;

interface Script {
  /** How many servers the reader is for. */
  readonly count: number;
  /** What the list says, and a server's own address. */
  readonly list?: ListAnswer | ((n: number) => ListAnswer);
  readonly single?: (id: string) => Server | Error;
}

/** A reader, and what it asks the API, each answer after 100 ms. */
function createStand({ count, list = SERVERS, single }: Script): {
  readonly read: (id: string | readonly string[], newerThan?: number, given?: Limits) => Promise<string>;
  /** What is heard of a server, until the end of it. */
  readonly listen: (id: string) => { readonly heard: readonly string[]; readonly stop: () => void };
  readonly run: <T>(work: Promise<T>) => Promise<T>;
  readonly asked: readonly string[];
  readonly limits: readonly Limits[];
} {
  const asked: string[] = [];
  const limits: Limits[] = [];
  const answer = async <T>(what: string, given: Limits, value: T | Error): Promise<T> => {
    asked.push(what);
    limits.push(given);
    await clock.sleep(100);
    if (value instanceof Error) throw value;
    return value;
  };
  const listAnswer = (): Error | ServerList => {
    const n = asked.filter((what) => what === 'list').length + 1;
    const servers = typeof list === 'function' ? list(n) : list;
    return servers instanceof Error ? servers : { servers, complete: true };
  };
  const { deps, clock } = createTestDeps({
    api: {
      listServers: (given) => answer<ServerList>('list', given, listAnswer()),
      getServer: (id, given) =>
        answer<Server>(
          id,
          given,
          single?.(id) ?? SERVERS.find((server) => server.id === id) ?? fails('http', 404),
        ),
    },
  });
  const reader = createServerReader(count > 1 ? 'list' : 'address', deps);
  return {
    async read(id, newerThan = -1, given = LIMITS) {
      const { value, readAt } = await reader.read(typeof id === 'string' ? [id] : id, newerThan, given);
      return `${value.id} ${value.status} at ${readAt}`;
    },
    listen(id) {
      const heard: string[] = [];
      const stop = reader.listen([id], ({ value, readAt }) => heard.push(`${value.id} at ${readAt}`));
      return { heard, stop };
    },
    run: (work) => clock.run(work),
    asked,
    limits,
  };
}

describe('one server', () => {
  test('is read by its own address, and anew for whoever needs something newer, and else not', async () => {
    const { read, run, asked } = createStand({ count: 1 });
    expect(await run(read('1'))).toBe('1 active at 0');
    expect(await run(read('1', -1))).toBe('1 active at 0');
    expect(await run(read('1', 0))).toBe('1 active at 100');
    expect(asked).toEqual(['1', '1']);
  });

  test.each([
    [404, fails('http', 404)],
    [405, fails('http', 405)],
    ['403: a token that may read the list only', fails('http', 403)],
    ['401', fails('http', 401)],
    ['302', fails('http', 302)],
    ['something else', fails('malformed', 200)],
    ['a web page: the API may have no such call', fails('http', 404, { isHtml: true })],
  ])('is looked for in the list where its address is answered with %s', async (_name, failure) => {
    const { read, run, asked, limits } = createStand({ count: 1, single: () => failure });
    expect(await run(read('1'))).toBe('1 active at 100');
    expect(asked).toEqual(['1', 'list']);
    // One refusal is enough to look elsewhere.
    expect(limits[0]?.patience).toBe('elsewhere');
    // The list is asked first from then on.
    expect(await run(read('1', 5000))).toBe('1 active at 200');
    expect(asked).toEqual(['1', 'list', 'list']);
  });

  test('that is in neither is an error, the one of its address', async () => {
    const { read, run } = createStand({ count: 1, list: [], single: () => fails('http', 404) });
    await expect(run(read('9'))).rejects.toMatchObject({ status: 404 });
  });

  test.each(['at_once', 'standing', 'never'] as const)(
    'a web page of a firewall is waited out where the list has none either: %s',
    async (patience) => {
      const page = fails('http', 403, { isHtml: true });
      const { read, run, asked, limits } = createStand({ count: 1, list: page, single: () => page });
      await expect(run(read('1', -1, { until: 10 * MINUTE, patience }))).rejects.toBe(page);
      expect(asked).toEqual(['1', 'list', '1']);
      expect(limits.at(-1)?.patience).toBe(patience);
    },
  );

  test.each([
    ['an outage', fails('http', 503)],
    ['a mistake', new TypeError('a bug')],
  ])('the list is no way out of %s', async (_name, failure) => {
    const { read, run, asked } = createStand({ count: 1, single: () => failure });
    await expect(run(read('1'))).rejects.toBe(failure);
    expect(asked).toEqual(['1']);
  });
});

describe('a refusal of a server that stood', () => {
  const denied = { count: 1, list: [], single: () => fails('http', 403) } as const;

  test('is not believed before the list was asked, and then with the patience of whoever asks', async () => {
    const { read, run, asked, limits } = createStand(denied);
    await expect(run(read('1'))).rejects.toMatchObject({ status: 403 });
    expect(asked).toEqual(['1', 'list', '1']);
    expect(limits.map(({ patience }) => patience)).toEqual(['elsewhere', 'at_once', 'standing']);
  });

  test('is believed at once when it comes again', async () => {
    const { read, run, asked, limits } = createStand(denied);
    await expect(run(read('1'))).rejects.toMatchObject({ status: 403 });
    await expect(run(read('1', 1000))).rejects.toMatchObject({ status: 403 });
    expect(asked.slice(3)).toEqual(['1']);
    expect(limits.at(-1)?.patience).toBe('at_once');
  });

  test('not where it had no time to stand', async () => {
    const { read, run, limits } = createStand({
      ...denied,
      single: () => fails('http', 403, { isStray: true }),
    });
    await run(read('1').catch(() => undefined));
    await run(read('1', 1000).catch(() => undefined));
    expect(limits.at(-1)?.patience).toBe('standing');
  });

  test('not where the list has shown the server after it: the list is asked first from then on', async () => {
    const list = (n: number): ListAnswer => (n === 1 ? fails('http', 503) : SERVERS);
    const { read, run, asked } = createStand({ ...denied, list });
    expect(await run(read('1'))).toBe('1 active at 300');
    expect(await run(read('1', 1000))).toBe('1 active at 400');
    expect(asked).toEqual(['1', 'list', '1', 'list', 'list']);
  });

  test('not of another server', async () => {
    const { read, run, limits } = createStand(denied);
    await run(read('1').catch(() => undefined));
    await run(read('2', 1000).catch(() => undefined));
    // The list is asked once more after it.
    expect(limits.slice(-2).map(({ patience }) => patience)).toEqual(['standing', 'at_once']);
  });
});

test('whoever waits for ever asks the list again soon, where the address is refused and the list had an outage', async () => {
  const { read, run, asked, limits } = createStand({
    count: 1,
    list: (n) => (n < 3 ? fails('http', 503) : SERVERS),
    single: () => fails('http', 403, { isStray: true }),
  });
  for (const at of [0, 1000]) await run(read('1', at, ENDLESS).catch(() => undefined));
  expect(await run(read('1', 2000, ENDLESS))).toBe('1 active at 700');
  expect(asked).toEqual(['1', 'list', '1', '1', 'list', '1', '1', 'list']);
  // 20 s each, and not the ten minutes that are left.
  expect(limits.filter(({ patience }) => patience === 'never').map(({ until }) => until)).toEqual([
    20_200, 20_500,
  ]);
});

describe('several servers', () => {
  test('are read with one list for all who ask at the same time', async () => {
    const { read, run, asked, limits } = createStand({ count: 3 });
    expect(await run(Promise.all(['1', '2', '3'].map((id) => read(id))))).toEqual([
      '1 active at 0',
      '2 active at 0',
      '3 active at 0',
    ]);
    expect(asked).toEqual(['list']);
    // A refusal of the list is no verdict on a server, so that it is not tried for long.
    expect(limits).toEqual([{ until: 20_000, patience: 'at_once' }]);
  });

  test.each(['u-2', '2'])('are known by any of their ids: %s', async (id) => {
    const { read, run, asked } = createStand({ count: 3 });
    expect(await run(read(['typed', id]))).toBe('2 active at 0');
    expect(asked).toEqual(['list']);
  });

  test('one that the list does not show is read by its own address', async () => {
    const { read, run, asked } = createStand({ count: 2, list: SERVERS.slice(0, 1) });
    expect(await run(Promise.all([read('1'), read('2')]))).toEqual(['1 active at 0', '2 active at 100']);
    expect(asked).toEqual(['list', '2']);
  });

  test.each([
    ['an API without one', fails('http', 404)],
    ['an answer of another shape', fails('malformed', 200)],
    ['an outage of it alone', fails('http', 500)],
  ])('each is read by its own address where the list fails: %s', async (_name, failure) => {
    const { read, run, asked } = createStand({ count: 2, list: failure });
    expect(await run(Promise.all([read('1'), read('2')]))).toEqual(['1 active at 100', '2 active at 100']);
    expect(asked).toEqual(['list', '1', '2']);
  });

  test.each([
    ['was refused', () => fails('http', 403)],
    ['did not come', () => fails('http', 500)],
  ])('a list that %s twice in a row is not asked for again', async (_name, list) => {
    const { read, run, asked } = createStand({ count: 2, list });
    for (const newerThan of [-1, 1000, 2000]) await run(read('1', newerThan));
    expect(asked).toEqual(['list', '1', 'list', '1', '1']);
  });

  test('one failure of it is one, however many waited for it', async () => {
    const { read, run, asked } = createStand({
      count: 3,
      list: (n) => (n === 1 ? fails('timeout') : SERVERS),
    });
    await run(Promise.all(['1', '2', '3'].map((id) => read(id))));
    await run(Promise.all(['1', '2', '3'].map((id) => read(id, 150))));
    expect(asked).toEqual(['list', '1', '2', '3', 'list']);
  });

  test('one that comes between counts its failures anew', async () => {
    const { read, run, asked } = createStand({
      count: 2,
      list: (n) => (n % 2 === 0 ? SERVERS : fails('http', 500)),
    });
    for (const newerThan of [-1, 1000, 2000, 3000]) await run(read('1', newerThan));
    expect(asked).toEqual(['list', '1', 'list', 'list', '1', 'list']);
  });

  test('where the API limits requests, the list is waited for: one request for each would wait longer', async () => {
    const { read, run, asked, limits } = createStand({
      count: 3,
      list: (n) => (n === 1 ? fails('deadline', 429) : SERVERS),
    });
    await run(Promise.all(['1', '2', '3'].map((id) => read(id))));
    expect(asked).toEqual(['list', 'list']);
    expect(limits.map(({ until }) => until)).toEqual([20_000, LIMITS.until]);
  });

  test('the error of the address is the one that counts, where both fail', async () => {
    const { read, run, asked } = createStand({
      count: 2,
      list: fails('http', 403),
      single: () => fails('http', 404),
    });
    await expect(run(read('1'))).rejects.toMatchObject({ status: 404 });
    expect(asked).toEqual(['list', '1', 'list']);
  });

  test('one stray answer of the list is no verdict, where a server has no address of its own', async () => {
    const { read, run } = createStand({
      count: 2,
      list: (n) => (n === 1 ? fails('http', 403) : SERVERS),
      single: () => fails('http', 403),
    });
    expect(await run(read('1'))).toMatch(/^1 active/);
  });

  test.each([
    ['a cancel', fails('cancelled')],
    ['a mistake', new TypeError('a bug')],
  ])('%s ends it', async (_name, failure) => {
    const { read, run, asked } = createStand({ count: 2, list: failure });
    await expect(run(read('1'))).rejects.toBe(failure);
    expect(asked).toEqual(['list']);
  });
});

test('whoever listens hears of a server in every list, also where that was read for another, until they stop', async () => {
  const { read, run, listen } = createStand({ count: 2 });
  const [second, ninth] = [listen('u-2'), listen('9')];
  await run(read('1'));
  await run(read('3', 500));
  second.stop();
  await run(read('1', 1000));
  expect([second.heard, ninth.heard]).toEqual([['2 at 0', '2 at 100'], []]);
});
