import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../any-character.ts';
import {
  describeSnapshot,
  DESCRIPTION_LIMIT,
  formatMarker,
  isOwn,
  normalizeOrigin,
  parseMarker,
  PLAIN,
  type Marker,
  type MarkerFlags,
} from '../../../../src/snapshots/marker.ts';
import { KEY, ORIGIN, OTHER_KEY } from '../samples.ts';

const MARKER: Marker = { ...ORIGIN, ...PLAIN, key: KEY };
const TEXT = `[vps-snapshot key=${KEY} repo-id=7 repo=acme/shop run=900/2 job=deploy step=snapshot sha=0123456]`;
/** With every word that there is. */
const FULL: Marker = {
  ...MARKER,
  host: 'git.example.com',
  leg: '0a1b2c3d',
  use: 2,
  isProtected: true,
  isUnwaited: true,
  isUndo: true,
};
const FULL_TEXT = `[vps-snapshot key=${KEY} repo-id=7 host=git.example.com repo=acme/shop run=900/2 job=deploy leg=0a1b2c3d step=snapshot use=2 protect wait=false undo sha=0123456]`;

const anyText = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 300, size: 'max' }),
  fc.string({ maxLength: 40, size: 'max' }),
  fc.constantFrom('', ' ', ']', 'a b', '[x]'),
);
const anyMarker = fc.record<Marker>({
  key: fc.uuid(),
  host: anyText,
  repositoryId: anyText,
  repository: anyText,
  runId: anyText,
  runAttempt: fc.integer({ min: 0, max: 9999 }),
  job: anyText,
  leg: fc.oneof(fc.constant(''), fc.stringMatching(/^[0-9a-f]{8}$/)),
  step: anyText,
  use: fc.integer({ min: 1, max: 99 }),
  sha: anyText,
  isProtected: fc.boolean(),
  isUnwaited: fc.boolean(),
  isUndo: fc.boolean(),
});

describe('the marker', () => {
  test('reads like this', () => {
    expect(formatMarker(MARKER)).toBe(TEXT);
  });

  test('reads like this with every word that there is', () => {
    expect(formatMarker(FULL)).toBe(FULL_TEXT);
  });

  test.each<[string, Partial<Marker>, string]>([
    ['another forge', { host: 'git.example.com' }, ' host=git.example.com repo='],
    ['another forge in capitals', { host: 'GIT.example.com' }, ' host=git.example.com repo='],
    [
      'another forge with a long name, whole where there is room',
      { host: 'git.intern.corp.example:8443' },
      ' host=git.intern.corp.example-8443 repo=acme/shop ',
    ],
    ['a leg of a matrix', { leg: '0a1b2c3d' }, ' leg=0a1b2c3d step='],
    ['the second use', { use: 2 }, ' use=2 sha='],
    ['protected', { isProtected: true }, ' protect sha='],
    ['not waited for', { isUnwaited: true }, ' wait=false sha='],
    ['taken before a restore', { isUndo: true }, ' undo sha='],
    ['no commit', { sha: '' }, ' sha=-]'],
    ['odd characters are one hyphen, however many', { job: 'build && test' }, ' job=build-test '],
  ])('has a word for: %s', (_name, fields, word) => {
    const text = formatMarker({ ...MARKER, ...fields });
    expect(text).toContain(word);
    expect(text.length - TEXT.length).toBeLessThan(word.length);
  });

  test.each(['github.com', 'GitHub.com', ''])('has no word for the host %j', (host) => {
    expect(formatMarker({ ...MARKER, host })).toBe(TEXT);
  });

  test('comes back from a description with what decides, whatever its origin', () => {
    const flagsOf = ({ isProtected, isUnwaited, isUndo }: MarkerFlags): MarkerFlags => ({
      isProtected,
      isUnwaited,
      isUndo,
    });
    fc.assert(
      fc.property(anyMarker, anyText, (marker, text) => {
        const parsed = parseMarker(describeSnapshot(text, marker).description);
        expect(parsed?.key).toBe(marker.key);
        expect(parsed && normalizeOrigin(parsed)).toEqual(normalizeOrigin(marker));
        expect(parsed && flagsOf(parsed)).toEqual(flagsOf(marker));
      }),
      { numRuns: 1000 },
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

  test('has at most 245 characters with every value at its longest', () => {
    const long = 'v'.repeat(200);
    const longest: Marker = {
      ...FULL,
      ...{ host: long, repositoryId: long, repository: long, runId: long, job: long, step: long, sha: long },
      runAttempt: 9999,
      use: 99,
    };
    const text = formatMarker(longest);
    expect(text).toHaveLength(245);
    expect(parseMarker(text)).toMatchObject({ runAttempt: 9999, use: 99, isUndo: true });
  });

  test.each([
    ['repositoryId', 20],
    ['repository', 36],
    ['runId', 20],
    ['job', 24],
    ['step', 24],
  ] as const)(
    'keeps %s of %d characters as it is where there is room, and cuts a longer one',
    (field, limit) => {
      const marker = (length: number): Marker => ({ ...MARKER, [field]: 'v'.repeat(length) });
      expect(formatMarker(marker(limit))).toContain(`=${'v'.repeat(limit)} `.replace(/ $/, ''));
      expect(formatMarker(marker(limit + 1))).toMatch(new RegExp(`=${'v'.repeat(limit - 9)}~[0-9a-f]{8}\\b`));
    },
  );

  test('cuts a host only where it leaves no room to the others at their shortest', () => {
    const host = `git.${'x'.repeat(150)}.example`;
    const text = formatMarker({ ...MARKER, host });
    expect(text).toMatch(/ host=git\.xxx~[0-9a-f]{8} repo=acme\/shop /);
    expect(isOwn(parseMarker(text), { repositoryId: '7', host })).toBe(true);
  });

  test('cuts repository, job and step evenly where there is no room, and never what decides', () => {
    const marker: Marker = {
      ...FULL,
      repository: `acme/${'r'.repeat(31)}`,
      job: 'j'.repeat(24),
      step: 's'.repeat(24),
      runId: '16400000001',
    };
    const text = formatMarker(marker);
    expect(text.length).toBeLessThanOrEqual(245);
    expect(text.length).toBeGreaterThan(240);
    const { repository = '', job = '', step = '', ...rest } = parseMarker(text) ?? {};
    expect([repository, job, step]).toEqual([
      expect.stringMatching(/^acme\/r+~[0-9a-f]{8}$/),
      expect.stringMatching(/^j+~[0-9a-f]{8}$/),
      expect.stringMatching(/^s+~[0-9a-f]{8}$/),
    ]);
    expect(job).toHaveLength(step.length);
    expect(rest).toMatchObject({ repositoryId: '7', host: 'git.example.com', runId: '16400000001' });
  });

  test.each(['job', 'step', 'repository', 'repositoryId', 'runId', 'host'] as const)(
    'keeps two long values of %s apart that begin alike',
    (field) => {
      const long = 'j'.repeat(60);
      const [one, two] = [`${long}-one`, `${long}-two`].map((value) =>
        formatMarker({ ...FULL, [field]: value }),
      );
      expect(one).not.toBe(two);
    },
  );
});

describe('a marker counts', () => {
  test.each<[string, string | null, boolean]>([
    ['alone', TEXT, true],
    ['at the end of a text', `before the update ${TEXT}`, true],
    ['without a space before it', `x${TEXT}`, true],
    ['before white space that an API appended', `${TEXT} \n`, true],
    ['not in the middle of a text', `${TEXT} and more`, false],
    ['not at the beginning of a longer bracket', `${TEXT}]`, false],
    ['with every word', FULL_TEXT, true],
    ['not with words in another order', FULL_TEXT.replace('protect wait=false', 'wait=false protect'), false],
    ['not with a word that nobody knows', TEXT.replace(' sha=', ' keep sha='), false],
    ['not with a leg that is no hash', FULL_TEXT.replace('0a1b2c3d', 'x'), false],
    ['not with a use of three digits', FULL_TEXT.replace('use=2', 'use=200'), false],
    ['not with wait=true, which is never written', FULL_TEXT.replace('wait=false', 'wait=true'), false],
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
    const older = formatMarker({ ...FULL, key: OTHER_KEY, repositoryId: '8' });
    expect(parseMarker(`${older} ${TEXT}`)).toMatchObject({ key: KEY, repositoryId: '7' });
  });

  test.each([TEXT, FULL_TEXT])('cut at any place it does not', (text) => {
    for (let length = 0; length < text.length; length += 1) {
      expect(parseMarker(text.slice(0, length))).toBeNull();
    }
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
      false,
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
          FULL_TEXT,
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
