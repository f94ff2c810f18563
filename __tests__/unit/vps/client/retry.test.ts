import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VpsError } from '../../../../src/vps/errors.ts';
import {
  causeOf,
  decideRetry,
  isLasting,
  isRefusal,
  parseRetryAfter,
  type FailedTry,
  type FailureCause,
  type RefusalPatience,
} from '../../../../src/vps/client/retry.ts';
import type { Method } from '../../../../src/vps/transport.ts';
import { NOW } from '../../snapshots/samples.ts';

const SPANS = { twice: 3000, standing: 60_000 };
const CHANGES: readonly Method[] = ['POST', 'DELETE'];
const PATIENCES: readonly RefusalPatience[] = ['at_once', 'twice', 'standing', 'never'];

function decide(tried: Partial<FailedTry>): ReturnType<typeof decideRetry> {
  const first = { refusedFor: 0, refusals: 1, once: false, persistent: false } as const;
  return decideRetry({ method: 'GET', cause: 503, patience: 'standing', ...first, ...tried }, SPANS);
}

/**
 * What follows a failed read and a failed change: `retry` it is repeated · `refusal` the patience decides · `setting`
 * it is repeated only where somebody may change a setting meanwhile · `final` it is for the caller to decide.
 */
type ChangeRule = 'retry' | 'setting' | 'final';
type ReadRule = ChangeRule | 'refusal';

const TABLE: readonly (readonly [FailureCause, read: ReadRule, change: ChangeRule, because: string])[] = [
  ['refused', 'retry', 'retry', 'nobody saw the request'],
  ['unresolved', 'retry', 'retry', 'nobody saw the request'],
  ['connect_timeout', 'retry', 'retry', 'nobody saw the request'],
  ['handshake', 'retry', 'retry', 'nobody saw the request'],
  ['proxy', 'retry', 'retry', 'the proxy opened no tunnel'],
  [423, 'retry', 'retry', 'the API said that it did nothing'],
  [429, 'retry', 'retry', 'the API said that it did nothing'],
  ['certificate', 'setting', 'setting', 'nobody saw the request, and it will not pass by itself'],
  ['proxy_auth', 'setting', 'setting', 'nobody saw the request, and it will not pass by itself'],
  ['reset', 'retry', 'final', 'a change may have been carried out'],
  ['timeout', 'retry', 'final', 'a change may have been carried out'],
  ['cut', 'retry', 'final', 'a change was carried out, most likely'],
  ['html', 'retry', 'final', 'a proxy’s page may pass'],
  [408, 'retry', 'final', 'a change may have been carried out'],
  [409, 'retry', 'final', 'why a change was refused is for its caller to find out'],
  [500, 'retry', 'final', 'a change may have been carried out'],
  [502, 'retry', 'final', 'a change may have been carried out'],
  [503, 'retry', 'final', 'a proxy says it too, while the server behind is at work'],
  [504, 'retry', 'final', 'a change may be carried out right now'],
  [599, 'retry', 'final', 'whatever it means'],
  [300, 'refusal', 'final', 'a redirect is not followed'],
  [301, 'refusal', 'final', 'a redirect is not followed'],
  [302, 'refusal', 'final', 'a redirect is not followed'],
  [304, 'refusal', 'final', 'it makes no sense here'],
  [399, 'refusal', 'final', 'a redirect is not followed'],
  [400, 'refusal', 'final', 'an answer, or a stray one'],
  [401, 'refusal', 'final', 'an answer, or a stray one'],
  [403, 'refusal', 'final', 'an answer, or a stray one'],
  [404, 'refusal', 'final', 'an answer, or a stray one'],
  [405, 'refusal', 'final', 'an answer, or a stray one'],
  [410, 'refusal', 'final', 'an answer, or a stray one'],
  [422, 'refusal', 'final', 'an answer, or a stray one'],
  [499, 'refusal', 'final', 'an answer, or a stray one'],
  ['malformed', 'refusal', 'final', 'JSON of another shape may be a proxy’s'],
  ['too_large', 'refusal', 'final', 'it may be a proxy’s'],
  ['deadline', 'final', 'final', 'the time is up'],
  ['cancelled', 'final', 'final', 'nothing new is sent'],
  ['unsafe_id', 'final', 'final', 'it was never sent'],
  [199, 'final', 'final', 'no answer at all'],
];

describe('the retry table', () => {
  test.each(TABLE)('a read that met %s: %s (a change: %s), because: %s', (cause, read) => {
    for (const patience of PATIENCES) {
      for (const persistent of [false, true]) {
        const expected = {
          retry: 'retry',
          final: 'final',
          setting: persistent ? 'retry' : 'final',
          refusal: patience === 'at_once' ? 'final' : 'retry_refusal',
        } as const;
        expect([patience, persistent, decide({ cause, patience, persistent })]).toEqual([
          patience,
          persistent,
          expected[read],
        ]);
      }
    }
  });

  test.each(TABLE)('a change that met %s (a read: %s): %s, because: %s', (cause, _read, change) => {
    for (const method of CHANGES) {
      for (const persistent of [false, true]) {
        const expected = { retry: 'retry', final: 'final', setting: persistent ? 'retry' : 'final' } as const;
        expect([method, decide({ method, cause, persistent })]).toEqual([method, expected[change]]);
        // Its caller repeats it, after a check of its own.
        expect(decide({ method, cause, persistent, once: true })).toBe('final');
      }
    }
  });

  test.each(TABLE)('%s is a refusal, or nothing but a setting ends it: %s', (cause, read) => {
    expect([isRefusal(cause), isLasting(cause)]).toEqual([read === 'refusal', read === 'setting']);
  });

  test('a web page is not waited out where another address may have the answer', () => {
    expect(decide({ cause: 'html', patience: 'elsewhere' })).toBe('final');
    expect(decide({ cause: 503, patience: 'elsewhere' })).toBe('retry');
  });

  test('a change is sent again only where nothing can have been carried out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), fc.constantFrom(...CHANGES), (status, method) => {
        expect(decide({ method, cause: status, patience: 'never', persistent: true })).toBe(
          status === 423 || status === 429 ? 'retry' : 'final',
        );
      }),
    );
  });
});

describe('a refusal of a read is believed', () => {
  test.each<[RefusalPatience, refusals: number, seconds: number, believed: boolean]>([
    ['elsewhere', 1, 0, true],
    ['at_once', 1, 0, true],
    ['twice', 1, 0, false],
    ['twice', 1, 3, false],
    ['twice', 2, 2.9, false],
    ['twice', 2, 3, true],
    ['standing', 1, 0, false],
    ['standing', 3, 60, false],
    ['standing', 4, 59.9, false],
    ['standing', 4, 60, true],
    ['never', 1000, 100_000, false],
  ])('%s, after %i of them in %d s: %s', (patience, refusals, seconds, believed) => {
    const tried = { cause: 404, patience, refusals, refusedFor: seconds * 1000 } as const;
    expect(decide(tried)).toBe(believed ? 'final' : 'retry_refusal');
  });

  test('however long it stands, what is no refusal is none', () => {
    expect(decide({ cause: 503, patience: 'at_once', refusals: 50, refusedFor: 1e9 })).toBe('retry');
  });
});

describe('what the table is asked about', () => {
  const failed = (fields: Partial<ConstructorParameters<typeof VpsError>[0]>): VpsError =>
    new VpsError({ kind: 'http', method: 'GET', path: '/x/', ...fields });
  test.each<[string, VpsError, FailureCause]>([
    ['a status', failed({ status: 404 }), 404],
    ['a kind of failure', failed({ kind: 'reset' }), 'reset'],
    ['a page with a 403', failed({ status: 403, isHtml: true }), 'html'],
    ['a page with a 200', failed({ kind: 'malformed', status: 200, isHtml: true }), 'html'],
    ['a page with a 302', failed({ status: 302, isHtml: true }), 'html'],
    ['a page with a 499', failed({ status: 499, isHtml: true }), 'html'],
    ['a page with a 503, which is an outage anyway', failed({ status: 503, isHtml: true }), 503],
    ['a page with a 500', failed({ status: 500, isHtml: true }), 500],
    ['a page in answer to a POST', failed({ status: 403, isHtml: true, method: 'POST' }), 403],
    [
      'a page in answer to a DELETE',
      failed({ kind: 'malformed', status: 200, isHtml: true, method: 'DELETE' }),
      'malformed',
    ],
  ])('%s', (_name, error, cause) => {
    expect(causeOf(error)).toBe(cause);
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
    ['a date that does not begin with a weekday', 'soon, Thu, 15 Jan 2026 12:00:00 GMT', undefined],
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
