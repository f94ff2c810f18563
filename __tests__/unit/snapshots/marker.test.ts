import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  describeSnapshot,
  DESCRIPTION_LIMIT,
  formatMarker,
  isOwn,
  normalizeOrigin,
  parseMarker,
  type Marker,
} from '../../../src/snapshots/marker.ts';
import { KEY, ORIGIN, OTHER_KEY } from './samples.ts';

const MARKER: Marker = { ...ORIGIN, key: KEY };
const TEXT = `[vps-snapshot key=${KEY} repo-id=7 repo=acme/shop run=900/2 job=deploy step=snapshot sha=0123456789ab]`;

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('', ' ', ']', 'a b', '[x]'),
);
const anyMarker = fc.record<Marker>({
  key: fc.uuid(),
  repositoryId: anyText,
  repository: anyText,
  runId: anyText,
  runAttempt: fc.integer({ min: 0, max: 9999 }),
  job: anyText,
  step: anyText,
  sha: anyText,
});

describe('the marker', () => {
  test('reads like this', () => {
    expect(formatMarker(MARKER)).toBe(TEXT);
  });

  test('has key and repository id first, then repository, run and attempt, job, step and commit', () => {
    expect([...TEXT.matchAll(/([a-z-]+)=/g)].map(([, name]) => name)).toEqual([
      'key',
      'repo-id',
      'repo',
      'run',
      'job',
      'step',
      'sha',
    ]);
  });

  test('comes back whole from a description, whatever its origin', () => {
    fc.assert(
      fc.property(anyMarker, anyText, (marker, text) => {
        const { description } = describeSnapshot(text, marker);
        expect(parseMarker(description)).toEqual({ key: marker.key, ...normalizeOrigin(marker) });
      }),
      { numRuns: 500 },
    );
  });

  test('is plain printable ASCII without line breaks, and leaves room for a few words', () => {
    fc.assert(
      fc.property(anyMarker, (marker) => {
        const text = formatMarker(marker);
        expect(text).toMatch(/^\[vps-snapshot [\x21-\x5a\x5e-\x7e ]+\]$/);
        expect(text.length).toBeLessThanOrEqual(DESCRIPTION_LIMIT - 10);
      }),
    );
  });

  test('keeps values that fit as they are, and cuts longer ones', () => {
    const fits = { repositoryId: 32, repository: 36, runId: 20, job: 24, step: 24 } as const;
    for (const [field, limit] of Object.entries(fits)) {
      const marker = (length: number): Marker => ({ ...MARKER, [field]: 'v'.repeat(length) });
      expect(formatMarker(marker(limit))).toContain(`=${'v'.repeat(limit)}`);
      expect(formatMarker(marker(limit + 1))).toMatch(new RegExp(`=${'v'.repeat(limit - 9)}~[0-9a-f]{8}\\b`));
    }
  });

  test('keeps two long values apart that begin alike', () => {
    const long = 'j'.repeat(60);
    const [one, two] = [`${long}-one`, `${long}-two`].map((job) => formatMarker({ ...MARKER, job }));
    expect(one).not.toBe(two);
  });
});

describe('a marker counts', () => {
  test.each<[string, string | null, boolean]>([
    ['alone', TEXT, true],
    ['at the end of a text', `before the update ${TEXT}`, true],
    ['without a space before it', `x${TEXT}`, true],
    ['before white space that an API appended', `${TEXT} \n`, true],
    ['not in the middle of a text', `${TEXT} and more`, false],
    ['not at the beginning of a longer bracket', `${TEXT}]`, false],
    ['not without its last character', TEXT.slice(0, -1), false],
    ['not with half of its commit', TEXT.slice(0, -6), false],
    ['not cut and closed again', '[vps-snapshot key=11111111-1111-4111-8111-111111111111 repo-id=7]', false],
    ['not without its first character', TEXT.slice(1), false],
    ['not with a key that is no UUID', TEXT.replace(KEY, '1'), false],
    ['not with an attempt that is no number', TEXT.replace('900/2', '900/x'), false],
    ['not with line breaks for spaces', TEXT.replaceAll(' ', '\n'), false],
    ['not another tool’s', TEXT.replace('vps-snapshot', 'snapshot'), false],
    ['not in other letters', TEXT.toUpperCase(), false],
    ['not an empty description', '', false],
    ['not a missing description', null, false],
  ])('%s', (_name, description, counts) => {
    expect(parseMarker(description) !== null).toBe(counts);
  });

  test('the last one, where an older one stands before it', () => {
    const older = formatMarker({ ...MARKER, key: OTHER_KEY, repositoryId: '8' });
    expect(parseMarker(`${older} ${TEXT}`)).toMatchObject({ key: KEY, repositoryId: '7' });
  });

  test('cut at any place it does not', () => {
    for (let length = 0; length < TEXT.length; length += 1) {
      expect(parseMarker(TEXT.slice(0, length))).toBeNull();
    }
  });
});

describe('own', () => {
  test.each<[string, Partial<Marker>, boolean]>([
    ['this repository’s id', {}, true],
    ['this repository under another name, after a rename', { repository: 'acme/store' }, true],
    ['another run, job and step', { runId: '1', job: 'x', step: 'y' }, true],
    ['another repository of the same name', { repositoryId: '8' }, false],
    ['an id that begins alike', { repositoryId: '77' }, false],
  ])('%s', (_name, fields, own) => {
    expect(isOwn(parseMarker(formatMarker({ ...MARKER, ...fields })), ORIGIN)).toBe(own);
  });

  test('never without a marker', () => {
    expect(isOwn(null, ORIGIN)).toBe(false);
  });

  test('by the full name where the runner gives no id', () => {
    const named = (repositoryId: string): Marker | null =>
      parseMarker(formatMarker({ ...MARKER, repositoryId }));
    const long = `acme/${'shop'.repeat(30)}`;
    expect(isOwn(named('acme/shop'), { repositoryId: 'acme/shop' })).toBe(true);
    expect(isOwn(named('acme/shop-2'), { repositoryId: 'acme/shop' })).toBe(false);
    expect(isOwn(named(long), { repositoryId: long })).toBe(true);
    expect(isOwn(named(`${long}2`), { repositoryId: `${long}3` })).toBe(false);
  });
});

describe('the description that is sent', () => {
  const room = DESCRIPTION_LIMIT - TEXT.length - 1;
  test.each<[string, string, string, boolean]>([
    ['no text', '', '', false],
    ['white space', ' \n\t ', '', false],
    ['a text', 'before the update', 'before the update ', false],
    ['an umlaut and an emoji', 'vor dem Käse 🧀', 'vor dem Käse 🧀 ', false],
    ['line breaks and escapes', 'a\r\nb\u001b[31mc\u0000', 'a b [31mc ', false],
    ['what turns text round', 'a\u202eb\u2066c', 'a b c ', false],
    [
      'a marker',
      formatMarker({ ...MARKER, repositoryId: '8' }),
      expect.stringMatching(/^\(vps-snapshot key=/) as unknown as string,
      true,
    ],
    ['the beginning of a marker', 'see [vps-snapshot', 'see (vps-snapshot ', false],
    ['a marker in capitals', '[VPS-Snapshot x]', '(vps-snapshot x] ', false],
    ['a marker with spaces inside', '[ \n vps-snapshot x]', '(vps-snapshot x] ', false],
    ['a marker with an invisible character inside', '[\u200bvps-snapshot x]', '(vps-snapshot x] ', false],
    ['as much as fits', 'x'.repeat(room), `${'x'.repeat(room)} `, false],
    ['one character more', `${'x'.repeat(room)}y`, `${'x'.repeat(room)} `, true],
    ['an emoji across the cut', `${'x'.repeat(room - 1)}🧀`, `${'x'.repeat(room - 1)} `, true],
    ['a space at the cut', `${'x'.repeat(room - 1)} yy`, `${'x'.repeat(room - 1)} `, true],
  ])('%s', (_name, text, before, cut) => {
    const described = describeSnapshot(text, MARKER);
    expect(described.description.endsWith(TEXT)).toBe(true);
    expect(described.description.slice(0, -TEXT.length)).toEqual(before);
    expect(described.cut).toBe(cut);
  });

  test('is at most 255 characters, with only the marker that belongs to it', () => {
    const hostile = fc.array(
      fc.oneof(
        anyText,
        fc.constantFrom(
          '[vps-snapshot ',
          '[',
          TEXT,
          'vps-snapshot',
          ' \u0000',
          '\u2029',
          TEXT.slice(0, 60),
          ']',
        ),
      ),
    );
    fc.assert(
      fc.property(hostile, anyMarker, (pieces, marker) => {
        const { description } = describeSnapshot(pieces.join(''), marker);
        expect(description.length).toBeLessThanOrEqual(255);
        expect(description.match(/\[\s*vps-snapshot\b/gi)).toHaveLength(1);
        expect(description).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(parseMarker(description)?.key).toBe(marker.key);
      }),
      { numRuns: 500 },
    );
  });
});
