import { describe, expect, jest, test } from '@jest/globals';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { createApi } from '../../../../src/vps/api.ts';
import type { Call } from '../../../../src/vps/client/call.ts';
import type { Send } from '../../../../src/vps/client/client.ts';
import { VpsError } from '../../../../src/vps/errors.ts';
import { createHttpTransport } from '../../../../src/vps/http.ts';
import { parseServer, parseSnapshot } from '../../../../src/vps/schemas.ts';
import { TransportError, type Transport } from '../../../../src/vps/transport.ts';
import { PLENTY } from '../http/http-exchange.ts';
import { findClosedPort, serve } from '../loopback.ts';
import { createTestClient, MINUTE } from './scripted-client.ts';
import { createScriptedTransport, type Step } from '../scripted-transport.ts';

/** Places at which a change of the client went unnoticed: each row is one of them. */

describe('a list is read', () => {
  const items = (...ids: string[]): object[] => ids.map((id) => ({ id, status: 'completed' }));

  interface Row {
    readonly name: string;
    readonly pages: readonly object[];
    readonly ids: readonly (string | null)[];
    readonly complete: boolean;
    readonly requests: number;
  }

  test.each<Row>([
    {
      name: 'once, where its one page does not say that it is whole: reading it again would not help',
      pages: [{ count: 3, results: items('1') }],
      ids: ['1'],
      complete: false,
      requests: 1,
    },
    {
      name: 'to the end of its one page, which counts for more than its count',
      pages: [{ count: 3, next: null, results: items('1') }],
      ids: ['1'],
      complete: true,
      requests: 1,
    },
    {
      name: 'with an unusable id on each of two pages: two items, not one',
      pages: [
        { count: 2, next: '?page=2', results: items('../x') },
        { count: 2, next: null, results: items('../y') },
      ],
      ids: [null, null],
      complete: true,
      requests: 2,
    },
    {
      name: 'three times, because an item shows on two pages: without a count too, something may have slipped through',
      pages: [
        { next: '?page=2', results: items('1') },
        { next: null, results: items('1') },
      ],
      ids: ['1'],
      complete: false,
      requests: 6,
    },
  ])('$name', async ({ pages, ids, complete, requests }) => {
    let asked = 0;
    const send: Send = (call) => {
      const body = JSON.stringify(pages[asked % pages.length]);
      asked += 1;
      return Promise.resolve({ value: call.read({ status: 200, headers: {}, body }), now: null });
    };
    const list = await createApi(send).listSnapshots({}, { until: 0 });
    expect(list.snapshots.map(({ id }) => id)).toEqual(ids);
    expect([list.complete, asked]).toEqual([complete, requests]);
  });
});

interface Client {
  readonly clock: VirtualClock;
  readonly send: (call?: Partial<Call<unknown>>) => Promise<unknown>;
}

function client(transport: (clock: VirtualClock) => Transport, cancelAt?: number): Client {
  const clock = new VirtualClock();
  const cancelled = new AbortController();
  if (cancelAt !== undefined) clock.at(cancelAt, () => cancelled.abort());
  const { send } = createTestClient({ clock, transport: transport(clock), cancelled: cancelled.signal });
  return {
    clock,
    send: (call) =>
      send({ method: 'POST', path: '/x/', until: 10 * MINUTE, read: ({ status }) => status, ...call }).then(
        ({ value }) => value,
        (error: unknown) => error,
      ),
  };
}

const scripted =
  (...steps: readonly Step[]) =>
  (clock: VirtualClock): Transport =>
    createScriptedTransport(clock, steps).transport;

describe('a client', () => {
  test.each([60_000, 30_000])(
    'does not sit out a Retry-After for a call that has no more than %i ms left',
    async (until) => {
      const { clock, send } = client(scripted({ status: 503, headers: { 'retry-after': '60' } }, {}));
      await clock.run(send());
      expect(await clock.run(send({ until }))).toMatchObject({ kind: 'deadline' });
      expect(clock.now()).toBe(0);
    },
  );

  test.each<[string, Step]>([
    ['has none', { status: 503, afterMs: 10 }],
    ['has a shorter one', { status: 503, afterMs: 10, headers: { 'retry-after': '5' } }],
  ])('keeps to a Retry-After although a later answer %s', async (_name, later) => {
    const busy = { status: 503, headers: { 'retry-after': '60' } };
    const { clock, send } = client(scripted(busy, later, {}));
    await clock.run(Promise.all([send(), send()]));
    expect(await clock.run(send())).toBe(200);
    expect(clock.now()).toBe(MINUTE);
  });

  test('says "cancelled" of a GET that was cut off, also where no time is left for another', async () => {
    const { clock, send } = client(scripted({ silent: true }), 400);
    expect(await clock.run(send({ method: 'GET', until: 500 }))).toMatchObject({ kind: 'cancelled' });
  });

  test('keeps what the transport said as the cause', async () => {
    const { clock, send } = client(scripted({ fails: 'reset' }));
    const error = await clock.run(send());
    expect(error).toBeInstanceOf(VpsError);
    expect((error as VpsError).cause).toBeInstanceOf(TransportError);
  });

  test.each([199, 300])('takes %i for no success', async (status) => {
    const { clock, send } = client(scripted({ status }));
    expect(await clock.run(send())).toMatchObject({ kind: 'http', status });
  });

  test.each<[string, (clock: VirtualClock) => Transport, Partial<Call<unknown>>]>([
    ['the transport', () => () => Promise.reject(new TypeError('a bug')), {}],
    [
      'the reader',
      scripted({}),
      {
        read() {
          throw new TypeError('a bug');
        },
      },
    ],
  ])('passes a mistake in %s on as it is: it says nothing about the API', async (_name, transport, call) => {
    const { clock, send } = client(transport);
    expect(await clock.run(send(call))).toEqual(new TypeError('a bug'));
  });
});

describe('the transport', () => {
  test('passes a mistake in the request on as it is: no socket gave it', async () => {
    const request = { method: 'GET', url: 'nonsense', headers: {}, timeoutMs: 1000 } as const;
    const error = await createHttpTransport('test')(request).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_INVALID_URL' });
    expect(error).not.toBeInstanceOf(TransportError);
  });
});

describe('the transport keeps the error of the socket as the cause, for whoever looks for it', () => {
  const ask = async (port: number, signal?: AbortSignal): Promise<unknown> =>
    await createHttpTransport('test')({
      method: 'GET',
      url: `http://127.0.0.1:${port}/`,
      headers: {},
      timeoutMs: PLENTY,
      ...(signal && { signal }),
    }).catch((reason: unknown) => reason);

  test.each<[string, AbortSignal | undefined]>([
    ['refused', undefined],
    ['aborted', AbortSignal.abort()],
  ])('%s', async (kind, signal) => {
    const error = await ask(await findClosedPort(), signal);
    expect(error).toMatchObject({ kind, cause: expect.anything() });
  });

  test('timeout', async () => {
    const time = new AbortController();
    jest.spyOn(AbortSignal, 'timeout').mockReturnValue(time.signal);
    // It is over once the request is there: a machine may be too busy to connect within any short one.
    const silent = await serve(() => time.abort(new DOMException('The operation timed out', 'TimeoutError')));
    const error = await ask(silent.port);
    await silent.close();
    expect(error).toMatchObject({ kind: 'timeout', cause: expect.anything() });
  });
});

describe('the message of an error', () => {
  const message = (status: number, detail?: string): string =>
    new VpsError({ kind: 'http', method: 'GET', path: '/x/', status, detail }).message;

  test('keeps the points of the API’s reason, but for the last', () => {
    expect(message(400, 'Too long. At most 1.5 kB.')).toBe(
      'GET /x/ was answered with 400: Too long. At most 1.5 kB',
    );
  });

  test('has no advice for a status below the redirects', () => {
    expect(message(199)).toBe('GET /x/ was answered with 199');
  });
});

describe('answers at the edge', () => {
  test('a size without end is none', () => {
    expect(parseSnapshot({ id: 1, size_mb: Infinity }).sizeMb).toBeNull();
  });

  test('a server with a uuid needs no status', () => {
    const uuid = '3f2b8c1e-0000-4000-8000-00000000abcd';
    expect(parseServer({ uuid })).toMatchObject({ id: null, uuid, status: '' });
  });
});
