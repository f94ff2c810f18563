import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  MAX_TRIES,
  mayRetry,
  parseRetryAfter,
  retryDelay,
  type FailureCause,
} from '../../../src/vps/retry.ts';
import type { Method } from '../../../src/vps/transport.ts';
import { NOW } from '../snapshots/samples.ts';

/** Which methods are sent again after it. */
const TABLE: readonly (readonly [FailureCause, readonly Method[], string])[] = [
  ['refused', ['GET', 'POST', 'DELETE'], 'nobody saw the request'],
  ['unresolved', ['GET', 'POST', 'DELETE'], 'nobody saw the request'],
  [429, ['GET', 'POST', 'DELETE'], 'the API said that it did nothing'],
  ['reset', ['GET', 'DELETE'], 'a POST may have been carried out'],
  ['timeout', ['GET', 'DELETE'], 'a POST may have been carried out'],
  ['cut', ['GET', 'DELETE'], 'a POST was carried out, most likely'],
  ['malformed', ['GET', 'DELETE'], 'a proxy’s page may pass; a POST was carried out, most likely'],
  [408, ['GET', 'DELETE'], 'a POST may have been carried out'],
  [500, ['GET', 'DELETE'], 'a POST may have been carried out'],
  [502, ['GET', 'DELETE'], 'a POST may have been carried out'],
  [503, ['GET', 'DELETE'], 'a proxy says it too, while the server behind is at work'],
  [504, ['GET', 'DELETE'], 'a POST may be carried out right now'],
  [599, ['GET', 'DELETE'], 'whatever it means'],
  ['certificate', [], 'it will not become better'],
  ['too_large', [], 'it will not become smaller'],
  ['deadline', [], 'the time is over'],
  ['cancelled', [], 'nothing new is sent'],
  [301, [], 'a redirect is not followed'],
  [302, [], 'a redirect is not followed'],
  [304, [], 'it makes no sense here'],
  [400, [], 'an answer'],
  [401, [], 'an answer'],
  [403, [], 'an answer'],
  [404, [], 'an answer'],
  [405, [], 'an answer'],
  [409, [], 'an answer'],
  [410, [], 'an answer'],
  [422, [], 'an answer'],
  [499, [], 'an answer'],
];

describe('the retry table', () => {
  test.each(TABLE)('%s: %j, because: %s', (happening, methods) => {
    const all: readonly Method[] = ['GET', 'POST', 'DELETE'];
    expect(all.filter((method) => mayRetry(method, happening))).toEqual(methods);
  });

  test('a POST is sent again only where nothing can have been carried out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), (status) => {
        expect(mayRetry('POST', status)).toBe(status === 429);
      }),
    );
  });
});

describe('the pause before the next try', () => {
  test.each([
    ['of the first, at most', 1, undefined, 0.999, null, 1998],
    ['of the first, at least', 1, undefined, 0, null, 0],
    ['doubles', 2, undefined, 0.5, null, 2000],
    ['doubles again', 3, undefined, 0.5, null, 4000],
    ['is at most 20 s', 10, undefined, 0.5, null, 10_000],
    ['is the poll_interval', 4, undefined, 0.5, 100, 100],
    ['is what the API asked for', 1, 7000, 0.5, null, 7000],
    ['is what the API asked for, whatever the poll_interval', 1, 7000, 0.5, 100, 7000],
    ['is none where the API asked for none', 1, 0, 0.5, null, 0],
  ] as const)('%s', (_name, tries, retryAfter, random, fixed, ms) => {
    expect(retryDelay(tries, retryAfter, random, fixed)).toBe(ms);
  });

  test('has full jitter: any part of its span, never more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_TRIES }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (tries, random) => {
          const delay = retryDelay(tries, undefined, random, null);
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThan(1000 * 2 ** tries);
          expect(delay).toBeLessThan(20_000);
        },
      ),
    );
  });
});

describe('Retry-After', () => {
  test.each<[string, string | undefined, number | undefined]>([
    ['seconds', '120', 120_000],
    ['none', '0', 0],
    ['with white space', ' 5 ', 5000],
    ['a date', new Date(NOW + 90_000).toUTCString(), 90_000],
    ['a date that is past', new Date(NOW - 90_000).toUTCString(), 0],
    ['absent', undefined, undefined],
    ['empty', '', undefined],
    ['negative', '-5', undefined],
    ['a fraction', '1.5', undefined],
    ['a word', 'soon', undefined],
    ['a number with a word', '5 seconds', undefined],
    ['hexadecimal', '0x10', undefined],
    ['more digits than make sense', '9'.repeat(30), undefined],
    ['an ISO date, which HTTP does not know', new Date(NOW).toISOString(), undefined],
    ['what looks like a date', 'Mon, soon', undefined],
    ['a year', '2026', 2_026_000],
  ])('%s', (_name, value, ms) => {
    expect(parseRetryAfter(value, NOW)).toBe(ms);
  });

  test('whatever it says, a pause is a time that can be waited', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer().map(String),
          fc.date({ noInvalidDate: true }).map((d) => d.toUTCString()),
        ),
        (value) => {
          const ms = parseRetryAfter(value, NOW);
          expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true);
        },
      ),
    );
  });
});
