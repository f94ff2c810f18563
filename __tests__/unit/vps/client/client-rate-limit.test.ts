import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import type { Call } from '../../../../src/vps/client/call.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../../../src/vps/transport.ts';
import {
  createTestClient,
  MINUTE,
  OK,
  play,
  retryAfter,
  status,
  times,
  type Reported,
} from './scripted-client.ts';
import { parseJson } from '../../../../src/vps/schemas.ts';
import { createScriptedTransport, type Step } from '../scripted-transport.ts';

/** An API that takes so many requests in any 60 s, and says how long to wait in one of these forms. */
function createLimitedApi(
  clock: VirtualClock,
  limit: number,
  form: 'none' | 'zero' | 'seconds' | 'date',
): { readonly transport: Transport; readonly taken: number[]; readonly denied: number[] } {
  const taken: number[] = [];
  const denied: number[] = [];
  const headersOf = (freeAt: number): Record<string, string> => {
    const seconds = Math.ceil((freeAt - clock.now()) / 1000);
    if (form === 'zero') return { 'retry-after': '0' };
    if (form === 'seconds') return { 'retry-after': String(seconds) };
    if (form === 'date')
      return {
        'retry-after': new Date(Math.ceil((clock.wall() + seconds * 1000) / 1000) * 1000).toUTCString(),
      };
    return {};
  };
  const transport = async (_request: HttpRequest): Promise<HttpResponse> => {
    await clock.sleep(40);
    const oldest = taken.at(-limit);
    if (oldest !== undefined && oldest > clock.now() - MINUTE) {
      denied.push(clock.now());
      return { status: 429, headers: headersOf(oldest + MINUTE), body: '' };
    }
    taken.push(clock.now());
    await clock.sleep(40);
    return { status: 200, headers: {}, body: '{}' };
  };
  return { transport, taken, denied };
}

interface Fleet {
  /** Servers whose requests were all taken. */
  readonly done: number;
  /** When each change was taken. */
  readonly changes: readonly number[];
  readonly tookMs: number;
  /** When each request was taken. */
  readonly takenAt: readonly number[];
  readonly denied: number;
  readonly reported: Reported;
}

/** So many servers side by side in one process: two reads, a change, and then reads every 3 s. */
async function runFleet(
  servers: number,
  form: Parameters<typeof createLimitedApi>[2],
  options: { readonly limit?: number; readonly until?: number; readonly reads?: number } = {},
): Promise<Fleet> {
  const { limit = 60, until = 30 * MINUTE, reads = 6 } = options;
  const clock = new VirtualClock();
  const { transport, taken, denied } = createLimitedApi(clock, limit, form);
  const { send, reported } = createTestClient({ clock, transport });
  const changes: number[] = [];
  const call = async (method: 'GET' | 'POST', path: string): Promise<void> =>
    void (await send({ method, path, until, read: () => null }));
  const results = await clock.run(
    Promise.allSettled(
      Array.from({ length: servers }, async (_, server) => {
        await Promise.all([
          call('GET', `/snapshots/?server_id=${server}`),
          call('GET', `/servers/${server}/`),
        ]);
        await call('POST', `/snapshots/${server}/restore/`);
        changes.push(clock.now());
        for (let n = 0; n < reads; n += 1) {
          await clock.sleep(3000);
          await call('GET', `/servers/${server}/`);
        }
      }),
    ),
  );
  const done = results.filter((result) => result.status === 'fulfilled').length;
  return {
    done,
    changes,
    tookMs: clock.now(),
    takenAt: taken,
    denied: denied.length,
    reported,
  };
}

describe('60 requests a minute', () => {
  test.each([
    [25, 'none'],
    [25, 'zero'],
    [25, 'seconds'],
    [25, 'date'],
    [50, 'none'],
    [50, 'seconds'],
  ] as const)('for %i servers, Retry-After: %s: all are served within the budget', async (servers, form) => {
    const fleet = await runFleet(servers, form);
    const requests = servers * 9;
    expect([fleet.done, fleet.takenAt.length]).toEqual([servers, requests]);
    // What the API allows at the best, and some more for finding that out.
    expect(fleet.tookMs).toBeLessThan((requests / 60) * MINUTE * 1.5 + MINUTE);
    expect(fleet.changes.at(-1)).toBeLessThan(((servers * 3) / 60) * MINUTE * 1.5 + MINUTE);
  });

  test.each(['none', 'seconds'] as const)(
    'and 4 minutes, as after a cancel, Retry-After: %s: most of what they allow is used',
    async (form) => {
      const fleet = await runFleet(200, form, { until: 4 * MINUTE });
      expect(fleet.takenAt.length).toBeGreaterThan(180);
      expect(fleet.tookMs).toBeLessThanOrEqual(4 * MINUTE);
    },
  );

  test.each(['none', 'seconds'] as const)(
    'Retry-After: %s: requests that are denied stay the smaller part',
    async (form) => {
      const fleet = await runFleet(25, form);
      expect(fleet.denied).toBeLessThan(fleet.takenAt.length / 3);
    },
  );

  test.each(['none', 'seconds'] as const)(
    'Retry-After: %s: never are there 10 s in which nothing is taken and no wait is reported',
    async (form) => {
      const { reported, takenAt, tookMs } = await runFleet(50, form);
      const moments = [0, ...takenAt, ...reported.waiting.map(({ at }) => at), tookMs];
      moments.sort((one, other) => one - other);
      const gaps = moments.slice(1).map((at, index) => at - (moments[index] ?? 0));
      expect(Math.round(Math.max(...gaps))).toBeLessThanOrEqual(10_000);
      // Told again and again, and not as an outage that ends with each answer.
      expect(reported.answered.length).toBeLessThanOrEqual(takenAt.length / 50);
    },
  );
});

describe('a 429', () => {
  test('uses up nothing: a hundred of them, and then the answer', async () => {
    const { answer, sent } = await play([...times(100, status(429)), OK], { until: 60 * MINUTE });
    expect([answer?.value, sent.length]).toEqual([{ ok: true }, 101]);
  });

  test('with Retry-After: 0 is tried again until the deadline, ever more slowly', async () => {
    const { error, sent, tookMs } = await play([retryAfter(429, 0)], { until: 5 * MINUTE });
    expect(error).toMatchObject({ kind: 'deadline', cause: { status: 429 } });
    expect(sent.length).toBeGreaterThan(15);
    expect(sent.length).toBeLessThan(60);
    expect(tookMs).toBeGreaterThan(4.5 * MINUTE);
  });

  test.each(['GET', 'POST', 'DELETE'] as const)('to a %s: it is sent again', async (method) => {
    const { answer, sent } = await play([retryAfter(429, 7), OK], { method });
    expect([answer?.value, sent.map(({ at }) => at)]).toEqual([{ ok: true }, [0, 7000]]);
  });

  test('to a change that its caller repeats by itself is for the caller, who may not send before either', async () => {
    const { error, sent } = await play([retryAfter(429, 7), OK], { method: 'POST', call: { once: true } });
    expect([error?.status, error?.retryAfter, sent.length]).toEqual([429, 7000, 1]);
  });

  test.each<[string, number, number]>([
    ['what has to be sent before its turn is held back, and that is known at once', 5000, 0],
    ['so is what has to be sent by then', 7000, 0],
  ])('%s', async (_name, sendBy, at) => {
    const clock = new VirtualClock();
    const { transport, sent } = createScriptedTransport(clock, [retryAfter(429, 7), OK]);
    const { send } = createTestClient({ clock, transport });
    const call = { method: 'POST', path: '/x/', until: MINUTE, once: true, read: () => null } as const;
    await clock.run(send(call).catch(() => undefined));
    const error: unknown = await clock.run(send({ ...call, sendBy }).catch((reason: unknown) => reason));
    expect(error).toMatchObject({ kind: 'deadline' });
    expect([sent.length, clock.now()]).toEqual([1, at]);
    // Time enough to be sent is all that counts; its answer may come later.
    await clock.run(send({ ...call, sendBy: 7001 }));
    expect(sent.map(({ at: sentAt }) => sentAt)).toEqual([0, 7000]);
  });

  test('with 95 s of Retry-After is heard of at least every 10 s', async () => {
    const { waiting, answered, tookMs } = await play([retryAfter(429, 95), OK]);
    expect(tookMs).toBe(95_000);
    expect(waiting.map(({ at, elapsed }) => [at, elapsed])).toEqual(
      [10, 20, 30, 40, 50, 60, 70, 80, 90, 95].map((s) => [s * 1000, s * 1000]),
    );
    expect(waiting.every(({ what }) => what === 429)).toBe(true);
    expect(answered).toEqual([95_000]);
  });

  test('holds reads back longer than changes', async () => {
    const clock = new VirtualClock();
    const { transport, sent } = createScriptedTransport(clock, [retryAfter(429, 7), OK]);
    const { send } = createTestClient({ clock, transport });
    const call = { path: '/x/', until: MINUTE, read: () => null } as const;
    await clock.run(send({ ...call, method: 'POST', once: true }).catch(() => undefined));
    const methods = ['GET', 'GET', 'POST', 'DELETE'] as const;
    await clock.run(Promise.all(methods.map((method) => send({ ...call, method }))));
    expect(sent.slice(1).map(({ request }) => request.method)).toEqual(['POST', 'DELETE', 'GET', 'GET']);
  });

  test.each<[string, Step, boolean]>([
    ['an answer of the API', OK, true],
    ['its refusal', status(404), true],
    ['an outage', status(500), false],
    ['something in its place', { body: 'OK' }, false],
    ['silence', { fails: 'timeout' }, false],
  ])('pauses grow with each in a row; %s between them starts anew: %s', async (_name, between, isAnew) => {
    const clock = new VirtualClock();
    const { transport, sent } = createScriptedTransport(clock, [
      ...times(4, status(429)),
      between,
      status(429),
      OK,
    ]);
    const { send } = createTestClient({ clock, transport, random: 0 });
    const call: Call<unknown> = {
      method: 'GET',
      path: '/x/',
      until: 10 * MINUTE,
      read: ({ body }) => parseJson(body),
    };
    await clock.run(async () => {
      await send(call);
      if (sent.length < 7) await send(call);
    });
    const [denied = 0, taken = 0] = sent.slice(-2).map(({ at }) => at);
    expect(taken - denied < 1000).toBe(isAnew);
  });

  test('is reported as the reason where it leaves no time', async () => {
    const { error, tookMs } = await play([retryAfter(429, 3600), OK], { until: MINUTE });
    expect(tookMs).toBe(0);
    expect(error).toMatchObject({
      kind: 'deadline',
      status: 429,
      cause: { status: 429, retryAfter: 3_600_000 },
    });
    expect(error?.message).toContain('the API limits the number of requests and asked to wait');
  });
});
