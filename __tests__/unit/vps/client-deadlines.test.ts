import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';
import { createClient, type Call } from '../../../src/vps/client.ts';
import { VpsError } from '../../../src/vps/errors.ts';
import type { Method } from '../../../src/vps/transport.ts';
import { MINUTE, OK, play, status, TOKEN } from './scripted-client.ts';
import { createScriptedTransport, type Step } from './scripted-transport.ts';

describe('Retry-After holds for later calls too', () => {
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
    const send = createClient({
      apiUrl: 'https://a.example/api/v1',
      token: TOKEN,
      transport,
      clock,
      random: () => 0,
      retryPause: null,
      debug: () => undefined,
      cancelled: cancelled.signal,
    });
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

  const busy = (code: number, seconds: number): Step =>
    status(code, { headers: { 'retry-after': String(seconds) } });

  test.each<[string, readonly Step[], readonly number[], readonly number[], readonly string[]]>([
    ['the next call waits', [busy(503, 60), OK], [MINUTE * 9, MINUTE * 9], [0, 60_000], ['http 503', '200']],
    [
      'it counts from its answer',
      [{ ...busy(503, 60), afterMs: 5000 }, OK],
      [MINUTE * 9, MINUTE * 9],
      [0, 65_000],
      ['http 503', '200'],
    ],
    [
      'a call that ends at that very moment is not sent',
      [busy(503, 60), OK],
      [MINUTE * 9, MINUTE],
      [0],
      ['http 503', 'deadline'],
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
      [busy(503, 60), OK],
      [MINUTE * 9, 30_000],
      [0],
      ['http 503', 'deadline'],
    ],
    [
      'a call that gave up leaves it behind',
      [busy(429, 60), OK],
      [10_000, 40_000, MINUTE * 9],
      [0, 60_000],
      ['http 429', 'deadline', '200'],
    ],
    [
      'a shorter one does not cut a longer one short',
      [busy(503, 60), OK, OK],
      [MINUTE, MINUTE * 9, MINUTE * 9],
      [0, 60_000, 60_000],
      ['http 503', '200', '200'],
    ],
  ])('%s', async (_name, steps, untils, at, ends) => {
    const told = await converse(steps, untils);
    expect([told.at, told.ends]).toEqual([at, ends]);
  });

  test('a cancel ends the waiting, and nothing is sent', async () => {
    const { at, ends, tookMs } = await converse([busy(503, 60), OK], [MINUTE * 9, MINUTE * 9], 20_000);
    expect([at, ends, tookMs]).toEqual([[0], ['http 503', 'cancelled'], 20_000]);
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
    ['a Retry-After', status(429, { headers: { 'retry-after': '3600' } }), MINUTE],
    ['a Retry-After to the very end', status(429, { headers: { 'retry-after': '60' } }), MINUTE],
  ])('%s that reaches beyond the deadline is not begun', async (_name, step, until) => {
    const { sent, tookMs, error } = await play([step, OK], { until });
    expect([sent.length, tookMs, error?.status]).toEqual([1, 0, step.status]);
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

  test.each<[string, Method, Step]>([
    ['a POST that was not taken', 'POST', status(429, { afterMs: 2000 })],
    ['a DELETE whose answer was lost', 'DELETE', { fails: 'reset', afterMs: 2000 }],
  ])('%s is not sent again', async (_name, method, step) => {
    const { error, sent } = await play([step, OK], { method, cancelAt: 1000 });
    expect([error?.kind, sent.length]).toEqual(['cancelled', 1]);
  });
});
