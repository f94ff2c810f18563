import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import type { Call } from '../../../../src/vps/client/call.ts';
import { VpsError } from '../../../../src/vps/errors.ts';
import type { Method } from '../../../../src/vps/transport.ts';
import { createTestClient, kinds, MINUTE, OK, play, retryAfter, status } from './scripted-client.ts';
import { createScriptedTransport, type Step } from '../scripted-transport.ts';

describe('Retry-After holds for later calls of the same request too', () => {
  /** When each call was sent and how it ended: one call for each deadline, one after the other. */
  async function converse(
    steps: readonly Step[],
    untils: readonly number[],
    cancelAt?: number,
  ): Promise<{ readonly at: readonly number[]; readonly ends: readonly string[]; readonly tookMs: number }> {
    const clock = new VirtualClock();
    const { transport, sent } = createScriptedTransport(clock, steps);
    const cancelled = new AbortController();
    if (cancelAt !== undefined) clock.at(cancelAt, () => cancelled.abort());
    const { send } = createTestClient({ clock, transport, random: 0, cancelled: cancelled.signal });
    const ends: string[] = [];
    await clock.run(async () => {
      for (const until of untils) {
        const call = {
          method: 'POST',
          path: '/x/',
          until,
          read: ({ status: code }) => code,
        } as const satisfies Call<number>;
        ends.push(
          await send(call).then(
            ({ value }) => `${value}`,
            (error: unknown) =>
              error instanceof VpsError ? `${error.kind} ${error.status ?? ''}`.trim() : 'other',
          ),
        );
      }
    });
    return { at: sent.map(({ at }) => at), ends, tookMs: clock.now() };
  }

  test.each<[string, readonly Step[], readonly number[], readonly number[], readonly string[]]>([
    [
      'the next call waits',
      [retryAfter(503, 60), OK],
      [MINUTE * 9, MINUTE * 9],
      [0, 60_000],
      ['http 503', '200'],
    ],
    [
      'it counts from its answer',
      [{ ...retryAfter(503, 60), afterMs: 5000 }, OK],
      [MINUTE * 9, MINUTE * 9],
      [0, 65_000],
      ['http 503', '200'],
    ],
    [
      'a call that ends at that very moment is not sent',
      [retryAfter(503, 60), OK],
      [MINUTE * 9, MINUTE],
      [0],
      ['http 503', 'deadline 503'],
    ],
    [
      'a call whose time is over by then is not sent',
      [{ ...OK, afterMs: 20_000 }],
      [MINUTE, 20_000],
      [0],
      ['200', 'deadline'],
    ],
    [
      'a call that ends before is not sent',
      [retryAfter(503, 60), OK],
      [MINUTE * 9, 30_000],
      [0],
      ['http 503', 'deadline 503'],
    ],
    [
      'a call that gave up leaves it behind',
      [retryAfter(429, 60), OK],
      [10_000, 40_000, MINUTE * 9],
      [0, 60_000],
      ['deadline 429', 'deadline 429', '200'],
    ],
    [
      'a shorter one does not cut a longer one short',
      [retryAfter(503, 60), OK, OK],
      [MINUTE, MINUTE * 9, MINUTE * 9],
      [0, 60_000, 60_000],
      ['http 503', '200', '200'],
    ],
  ])('%s', async (_name, steps, untils, at, ends) => {
    const sent = await converse(steps, untils);
    expect([sent.at, sent.ends]).toEqual([at, ends]);
  });

  test('a cancel ends the waiting, and nothing is sent', async () => {
    const { at, ends, tookMs } = await converse([retryAfter(503, 60), OK], [MINUTE * 9, MINUTE * 9], 20_000);
    expect([at, ends, tookMs]).toEqual([[0], ['http 503', 'cancelled'], 20_000]);
  });

  /** When the second of two calls is sent, after a first one that was asked to wait for a minute. */
  async function sendAfter(first: Step, second: Partial<Call<null>>): Promise<number | undefined> {
    const clock = new VirtualClock();
    const { transport, sent } = createScriptedTransport(clock, [first, OK]);
    const { send } = createTestClient({ clock, transport });
    const call = { method: 'POST', path: '/x/', until: 9 * MINUTE, read: () => null } as const;
    await clock.run(async () => {
      await send({ ...call, once: true }).catch(() => undefined);
      await send({ ...call, ...second }).catch(() => undefined);
    });
    return sent[1]?.at;
  }

  test.each<[string, Step, Partial<Call<null>>, number | undefined]>([
    ['after a 503, not for another request', retryAfter(503, 60), { method: 'GET' }, 0],
    ['nor for the same one on another path', retryAfter(503, 60), { path: '/y/' }, 0],
    ['but where its caller repeats it, too', retryAfter(503, 60), { once: true }, MINUTE],
    [
      'not at all where it would be too late then',
      retryAfter(503, 60),
      { once: true, sendBy: MINUTE },
      undefined,
    ],
    ['after a 429, for every request', retryAfter(429, 60), { method: 'GET', path: '/y/' }, MINUTE],
  ])('%s', async (_name, first, second, at) => {
    expect(await sendAfter(first, second)).toBe(at);
  });

  test('and whoever waits gets the failure that it was', async () => {
    const clock = new VirtualClock();
    const { transport } = createScriptedTransport(clock, [retryAfter(503, 25), OK]);
    const { send, reported } = createTestClient({ clock, transport });
    const call = { method: 'POST', path: '/x/', until: 9 * MINUTE, read: () => null } as const;
    await clock.run(async () => {
      await send(call).catch(() => undefined);
      await send(call);
      expect(reported.waiting.map(({ at, what }) => [at, what])).toEqual([
        [10_000, 503],
        [20_000, 503],
        [25_000, 503],
      ]);
      expect(reported.answered).toEqual([25_000]);
    });
  });

  test('but not of one that is over', async () => {
    const clock = new VirtualClock();
    const { transport } = createScriptedTransport(clock, [retryAfter(503, 25), OK]);
    const { send, reported } = createTestClient({ clock, transport });
    const call = { method: 'POST', path: '/x/', until: 9 * MINUTE, read: () => null } as const;
    await clock.run(async () => {
      await send(call).catch(() => undefined);
      await clock.sleep(25_000);
      await send(call);
    });
    expect([reported.waiting, reported.answered]).toEqual([[], []]);
  });

  test('which is known at once', async () => {
    const clock = new VirtualClock();
    const { transport } = createScriptedTransport(clock, [retryAfter(503, 60)]);
    const { send } = createTestClient({ clock, transport });
    const call = { method: 'POST', path: '/x/', until: 9 * MINUTE, once: true, read: () => null } as const;
    await clock.run(send(call).catch(() => undefined));
    const late = send({ ...call, sendBy: 59_000 }).catch((error: unknown) => error);
    expect(await clock.run(late)).toMatchObject({ kind: 'deadline', status: 503 });
    expect(clock.now()).toBe(0);
  });

  test('a call that is not sent because of it says so', async () => {
    const clock = new VirtualClock();
    const { transport } = createScriptedTransport(clock, [retryAfter(503, 60)]);
    const { send } = createTestClient({ clock, transport });
    const call = { method: 'GET', path: '/x/', until: 20_000, read: () => null } as const;
    await clock.run(send(call).catch(() => undefined));
    await expect(clock.run(send(call))).rejects.toMatchObject({
      kind: 'deadline',
      status: 503,
      message: expect.stringContaining('the API asked to wait') as unknown,
      cause: { status: 503 },
    });
  });
});

describe('deadlines', () => {
  test('a try has 30 s', async () => {
    const { sent, tookMs } = await play([{ silent: true }], { method: 'POST' });
    expect([sent.length, tookMs]).toEqual([1, 30_000]);
  });

  test('a try has no more than what is left of the call', async () => {
    const { sent, tookMs, error } = await play([{ silent: true }], { until: 12_000 });
    expect(sent.map(({ request }) => request.timeoutMs)).toEqual([12_000]);
    expect([error?.kind, tookMs]).toEqual(['timeout', 12_000]);
  });

  test('the last try has the rest', async () => {
    const { sent, tookMs, error } = await play([{ silent: true }], { until: 45_000, random: 0 });
    expect(sent.map(({ request }) => request.timeoutMs)).toEqual([30_000, 15_000]);
    expect([error?.kind, tookMs]).toEqual(['timeout', 45_000]);
  });

  test('a call whose time is over sends nothing', async () => {
    const { sent, error } = await play([OK], { until: 0 });
    expect([sent.length, error?.kind]).toEqual([0, 'deadline']);
  });

  test.each<[string, Step, number]>([
    ['a pause', status(503), 900],
    ['a Retry-After', retryAfter(503, 3600), MINUTE],
    ['a Retry-After to the very end', retryAfter(503, 60), MINUTE],
    ['the pause after a refusal', status(404), 3000],
  ])('%s that reaches beyond the deadline is not begun', async (_name, step, until) => {
    const { sent, tookMs, error } = await play([step, OK], { until });
    expect([sent.length, tookMs, error?.status]).toEqual([1, 0, step.status]);
    // Only a refusal could have been a stray answer.
    expect(error?.isStray).toBe(step.status === 404);
  });

  test.each([60, 3600])('nor is a wait of %i s for the gate, and nothing was sent then', async (seconds) => {
    const { sent, tookMs, error } = await play([retryAfter(429, seconds), OK], { until: MINUTE });
    expect([sent.length, tookMs, error?.kind]).toEqual([1, 0, 'deadline']);
    expect(error?.cause).toMatchObject({ status: 429 });
  });

  test('what may not be sent any more after so many tries says how many they were', async () => {
    const { sent, error } = await play(kinds('refused'), { method: 'POST', call: { sendBy: 9000 } });
    expect(sent.length).toBeGreaterThan(2);
    expect(sent.at(-1)?.at).toBeLessThan(9000);
    expect([error?.kind, error?.message]).toEqual([
      'refused',
      expect.stringMatching(new RegExp(`\\(tried ${sent.length} times\\)$`)),
    ]);
  });

  test('the last failure is reported where the time ran out in the pause after it', async () => {
    const { error } = await play([...kinds('reset'), { fails: 'cut', afterMs: 5000 }], { until: 6500 });
    expect([error?.kind, error?.message]).toEqual(['cut', expect.stringMatching(/\(tried 2 times\)$/)]);
  });
});

describe('cancelled', () => {
  test('before the call: nothing is sent', async () => {
    const { sent, error } = await play([OK], { cancelAt: 0, method: 'POST' });
    expect([sent.length, error?.kind]).toEqual([0, 'cancelled']);
  });

  test('while a GET is in flight: it ends at once', async () => {
    const { sent, tookMs, error } = await play([{ silent: true }], { cancelAt: 400 });
    expect([sent.length, tookMs, error?.kind]).toEqual([1, 400, 'cancelled']);
  });

  test.each(['POST', 'DELETE'] as const)(
    'while a %s is in flight: its answer is waited for',
    async (method) => {
      const { answer, tookMs, sent } = await play([{ ...OK, afterMs: 4000 }], { method, cancelAt: 1000 });
      expect([answer?.value, tookMs, sent.length]).toEqual([{ ok: true }, 4000, 1]);
    },
  );

  test('the answer to a change is waited for at most 5 s, and then it is not known', async () => {
    const { error, tookMs, sent } = await play([{ silent: true }], { method: 'POST', cancelAt: 1000 });
    expect([error?.kind, tookMs, sent.length]).toEqual(['reset', 6000, 1]);
  });

  test('in a pause: nothing is sent any more', async () => {
    const { error, tookMs, sent } = await play([status(503)], { cancelAt: 500 });
    expect([error?.kind, tookMs, sent.length]).toEqual(['cancelled', 500, 1]);
    expect(error?.cause).toMatchObject({ status: 503 });
  });

  test.each<[string, Method, Step, string]>([
    ['a POST that was not taken', 'POST', status(429, { afterMs: 2000 }), 'cancelled'],
    ['a DELETE that nobody saw', 'DELETE', { fails: 'refused', afterMs: 2000 }, 'cancelled'],
    ['a DELETE whose answer was lost', 'DELETE', { fails: 'reset', afterMs: 2000 }, 'reset'],
  ])('%s is not sent again', async (_name, method, step, kind) => {
    const { error, sent } = await play([step, OK], { method, cancelAt: 1000 });
    expect([error?.kind, sent.length]).toEqual([kind, 1]);
  });
});
