import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { isDenied, isTransient } from '../../../../src/vps/errors.ts';
import type { RefusalPatience } from '../../../../src/vps/client/retry.ts';
import { createTestClient, kinds, MINUTE, OK, play, retryAfter, status, times } from './scripted-client.ts';
import { createScriptedTransport, type Step } from '../scripted-transport.ts';

describe('a refusal of a read', () => {
  const STRAY: readonly (readonly [string, Step])[] = [
    ['401', status(401)],
    ['403', status(403)],
    ['404', status(404)],
    ['405', status(405)],
    ['a redirect', status(302)],
    ['JSON of another shape', { body: 'OK' }],
    ['a body that is too large', { fails: 'too_large' }],
  ];

  test.each(STRAY)('%s that comes once is no verdict', async (_name, step) => {
    const { answer, sent } = await play([step, OK]);
    expect([answer?.value, sent.map(({ at }) => at)]).toEqual([{ ok: true }, [0, 3000]]);
  });

  test.each(STRAY)('%s is believed when it has stood for 60 s', async (_name, step) => {
    const { error, sent, tookMs } = await play([step]);
    expect([sent.length, tookMs, error?.isStray]).toEqual([21, MINUTE, false]);
    expect(error?.message).toMatch(/\(tried 21 times\)$/);
  });

  test.each<[RefusalPatience, tries: number, tookMs: number]>([
    ['at_once', 1, 0],
    ['twice', 2, 3000],
    ['standing', 21, MINUTE],
  ])('is believed %s: after %i tries', async (patience, tries, tookMs) => {
    const played = await play([status(404)], { call: { patience } });
    expect([played.sent.length, played.tookMs, played.error?.status]).toEqual([tries, tookMs, 404]);
  });

  test('is never believed where nothing but the budget ends the read', async () => {
    const { sent, tookMs, error } = await play([status(404)], { call: { patience: 'never' } });
    expect([sent.length, tookMs]).toEqual([200, 10 * MINUTE - 3000]);
    expect(error).toMatchObject({ status: 404, isStray: true });
  });

  test('stands anew after anything else', async () => {
    const gap: Step = { fails: 'timeout', afterMs: 20_000 };
    const { error, sent } = await play([...times(20, status(404)), gap, status(404)], { random: 0 });
    expect(error?.status).toBe(404);
    // Twenty, which stood for 57 s, what came between, and 21 more.
    expect(sent).toHaveLength(42);
  });

  test('shrinks its span for an API on this machine, and rests on four tries anyway', async () => {
    const { sent, tookMs } = await play([status(404)], { pollInterval: 300 });
    expect([sent.length, tookMs]).toEqual([21, 6000]);
    const slow = await play([status(404, { afterMs: 20_000 })], {});
    expect(slow.sent).toHaveLength(4);
  });

  test('that did not stand long enough when the time is up is marked as such, and proves nothing', async () => {
    const { error, tookMs } = await play([status(403)], { until: 20_000 });
    expect(tookMs).toBeLessThan(20_000);
    expect(error).toMatchObject({ kind: 'http', status: 403, isStray: true });
    expect(error && [isTransient(error), isDenied(error)]).toEqual([true, false]);
  });

  test('obeys a Retry-After that is longer than its pause', async () => {
    const { sent } = await play([retryAfter(404, 9), OK]);
    expect(sent.map(({ at }) => at)).toEqual([0, 9000]);
  });
});

describe('waiting is reported', () => {
  test('at least every 10 s, with the time since the first failure, until there is an answer', async () => {
    const { waiting, answered } = await play([retryAfter(503, 25), ...kinds('reset'), OK], { random: 0.9 });
    expect(waiting).toEqual([
      { at: 10_000, what: 503, elapsed: 10_000 },
      { at: 20_000, what: 503, elapsed: 20_000 },
      { at: 25_000, what: 503, elapsed: 25_000 },
      { at: 28_600, what: 'reset', elapsed: 28_600 },
    ]);
    expect(answered).toEqual([28_600]);
  });

  test('not where there is nothing to wait for', async () => {
    const { waiting, answered } = await play([OK]);
    expect([waiting, answered]).toEqual([[], []]);
  });

  interface Party {
    readonly steps: readonly Step[];
    /** When its call begins. */
    readonly at?: number;
    readonly until?: number;
  }

  /** Several calls of one client, each over its own steps. */
  async function playTogether(parties: readonly Party[]): Promise<{
    readonly waiting: readonly (readonly [at: number, what: number | string, elapsed: number])[];
    readonly answered: readonly number[];
  }> {
    const clock = new VirtualClock();
    const transports = parties.map(({ steps }) => createScriptedTransport(clock, steps).transport);
    const { send, reported } = createTestClient({
      clock,
      random: 0,
      transport: (request) => {
        const transport = transports[Number(new URL(request.url).pathname.split('/').at(-2))];
        if (transport === undefined) throw new Error(`nobody plays ${request.url}`);
        return transport(request);
      },
    });
    await clock.run(
      Promise.allSettled(
        parties.map(async ({ at = 0, until = 10 * MINUTE }, index) => {
          await clock.sleep(at);
          await send({ method: 'GET', path: `/${index}/`, until, read: () => null });
        }),
      ),
    );
    return {
      waiting: reported.waiting.map(({ at, what, elapsed }) => [at, what, elapsed]),
      answered: reported.answered,
    };
  }

  const at = ({ waiting }: { readonly waiting: readonly (readonly [number, ...unknown[]])[] }): number[] =>
    waiting.map(([moment]) => moment);

  test.each<[string, Step]>([
    ['a 503', retryAfter(503, 40)],
    ['a 429', retryAfter(429, 40)],
  ])('of one call after %s, although another one has its answer meanwhile', async (_name, step) => {
    const together = await playTogether([{ steps: [step, OK] }, { steps: [{ ...OK, afterMs: 500 }] }]);
    expect(at(together)).toEqual([10_000, 20_000, 30_000, 40_000]);
    expect(together.answered).toEqual([40_000]);
  });

  test('of a call that waits for its turn because of another one, which has given up', async () => {
    const together = await playTogether([
      { steps: [retryAfter(429, 40), OK], until: 5000 },
      { steps: [OK], at: 1000 },
    ]);
    expect(at(together)).toEqual([11_000, 21_000, 31_000, 40_000]);
    expect(together.answered).toEqual([40_000]);
  });

  test('although what was under way before that had its answer meanwhile', async () => {
    const together = await playTogether([
      { steps: [{ ...retryAfter(429, 40), afterMs: 100 }, OK], until: 5000 },
      { steps: [{ ...OK, afterMs: 500 }] },
      { steps: [OK], at: 1000 },
    ]);
    expect(at(together)).toEqual([11_000, 21_000, 31_000, 40_100]);
    expect(together.answered).toEqual([40_100]);
  });

  test('as of the call that waits longest', async () => {
    const { waiting } = await playTogether([
      { steps: [retryAfter(503, 30), OK] },
      { steps: [retryAfter(502, 12), OK], at: 5000 },
    ]);
    expect(new Set(waiting.map(([, what]) => what))).toEqual(new Set([503]));
    expect(waiting.every(([moment, , elapsed]) => moment === elapsed)).toBe(true);
  });

  test('over calls that follow each other, as one outage', async () => {
    const { waiting, answered } = await playTogether([
      { steps: [retryAfter(503, 30)], until: 10_000 },
      { steps: [retryAfter(503, 30), OK], at: 10_000 },
    ]);
    expect(waiting.at(-1)).toEqual([40_000, 503, 40_000]);
    expect(answered).toEqual([40_000]);
  });

  test('as a new outage after an answer', async () => {
    const { waiting } = await playTogether([
      { steps: [retryAfter(503, 10), OK] },
      { steps: [retryAfter(503, 10), OK], at: 100_000 },
    ]);
    expect(waiting).toEqual([
      [10_000, 503, 10_000],
      [110_000, 503, 10_000],
    ]);
  });
});
