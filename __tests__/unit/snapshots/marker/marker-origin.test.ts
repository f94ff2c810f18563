import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatMarker,
  hashCalledLeg,
  hashLeg,
  isOfRun,
  isOfStep,
  isOwn,
  parseMarker,
  PLAIN,
  type Marker,
  type Origin,
} from '../../../../src/snapshots/marker.ts';
import { FIRST_FORM, KEY, ORIGIN, OTHER_KEY } from '../samples.ts';

const written = (fields: Partial<Marker>): Marker | null =>
  parseMarker(formatMarker({ ...ORIGIN, ...PLAIN, key: KEY, ...fields }));

describe('whose a marker is', () => {
  /** Of this repository, of this run, of this step. */
  test.each<[string, Partial<Marker>, boolean, boolean, boolean]>([
    ['this very one', {}, true, true, true],
    ['an earlier attempt', { runAttempt: 1 }, true, true, true],
    ['another commit', { sha: 'fedcba9876' }, true, true, true],
    ['this repository under another name, after a rename', { repository: 'acme/store' }, true, true, true],
    [
      'protected, not waited for, an undo',
      { isProtected: true, isUnwaited: true, isUndo: true },
      true,
      true,
      true,
    ],
    ['another job', { job: 'build' }, true, true, false],
    ['another step', { step: 'second' }, true, true, false],
    ['another leg of the matrix', { leg: '0a1b2c3d' }, true, true, false],
    ['another use of the step', { use: 2 }, true, true, false],
    ['another run', { runId: '901' }, true, false, false],
    ['a run that begins alike', { runId: '9001' }, true, false, false],
    ['another repository of the same name', { repositoryId: '8' }, false, false, false],
    ['a repository whose id begins alike', { repositoryId: '77' }, false, false, false],
    ['the same numbers on another forge', { host: 'git.example.com' }, false, false, false],
  ])('%s', (_name, fields, own, run, step) => {
    const marker = written(fields);
    expect([isOwn(marker, ORIGIN), isOfRun(marker, ORIGIN), isOfStep(marker, ORIGIN)]).toEqual([
      own,
      run,
      step,
    ]);
  });

  test('not of a step with another long name, even if that holds what looks like a piece of a hash', () => {
    const marker = written({ job: 'deploy~01234567-to-the-first-of-the-regions' });
    expect(isOfStep(marker, { ...ORIGIN, job: 'deploy~01234567-to-the-second-of-the-regions' })).toBe(false);
  });

  test('of the same step, whatever odd characters its names have and however long they are', () => {
    const odd = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '&', 'ü', '/', '~', '-'),
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(odd, odd, odd, (job, step, tail) => {
        const repositoryId = `7${tail}`;
        const origin = { ...ORIGIN, job, step, repositoryId };
        expect(isOfStep(written(origin), origin)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('nobody’s without a marker', () => {
    expect([isOwn(null, ORIGIN), isOfRun(null, ORIGIN), isOfStep(null, ORIGIN)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test.each<[string, string, string, boolean]>([
    ['the same forge', 'git.example.com', 'git.example.com', true],
    ['the same forge in capitals', 'git.example.com', 'GIT.Example.com', true],
    ['a forge with a port', 'git.example.com:3000', 'git.example.com:3000', true],
    ['another port', 'git.example.com:3000', 'git.example.com:3001', false],
    ['a long name', 'forge.intern.example.com', 'forge.intern.example.com', true],
    ['a long name that begins alike', 'forge.intern.example.com', 'forge.intern.example.org', false],
    ['a runner that says no host, on github.com', '', 'github.com', true],
    ['a runner that says no host, elsewhere', '', 'git.example.com', false],
  ])('by the host: %s', (_name, marked, host, own) => {
    expect(isOwn(written({ host: marked }), { ...ORIGIN, host })).toBe(own);
  });

  test.each<[string, string, string, boolean]>([
    ['the same', 'acme/shop', 'acme/shop', true],
    ['another', 'acme/shop-2', 'acme/shop', false],
    ['the same, longer than there is room', `acme/${'shop'.repeat(30)}`, `acme/${'shop'.repeat(30)}`, true],
    ['another that begins alike', `acme/${'shop'.repeat(30)}2`, `acme/${'shop'.repeat(30)}3`, false],
    ['the same, just longer than there is room', 'acme/shop-of-the-north', 'acme/shop-of-the-north', true],
    ['not where the runner gives neither an id nor a name', '', '', false],
  ])('by the full name where the runner gives no id: %s', (_name, marked, repositoryId, own) => {
    expect(isOwn(written({ repositoryId: marked }), { ...ORIGIN, repositoryId })).toBe(own);
  });
});

describe('the leg of a matrix', () => {
  test.each(['', ' ', 'null', '{}', '{ }', 'null\n', '{\n}\n'])('%j is none', (matrix) => {
    expect(hashLeg(matrix)).toBe('');
  });

  test.each(['{"os":"linux"}', '{"server":12345}', '[]', '"null"', 'true'])('%j is one', (matrix) => {
    expect(hashLeg(matrix)).toMatch(/^[0-9a-f]{8}$/);
  });

  test('two that differ are two, and white space makes no difference', () => {
    expect(hashLeg('{"os":"linux"}')).not.toBe(hashLeg('{"os":"windows"}'));
    expect(hashLeg('{\n  "os": "linux"\n}')).toBe(hashLeg('{"os":"linux"}'));
  });
});

describe('a leg in a reusable workflow', () => {
  const leg = hashLeg('{"os":"linux"}');

  test('is the same outside of one', () => {
    expect([hashCalledLeg(leg, ''), hashCalledLeg('', '')]).toEqual([leg, '']);
  });

  test('is another one in each call, and the same in each attempt', () => {
    const legs = ['first', 'second'].flatMap((call) => [hashCalledLeg(leg, call), hashCalledLeg('', call)]);
    expect(new Set([leg, ...legs]).size).toBe(5);
    expect(legs.every((each) => written({ leg: each })?.leg === each)).toBe(true);
    expect(hashCalledLeg(leg, 'first')).toBe(legs[0]);
  });
});

/** A marker as the first version wrote it: other limits, and no host, leg, use or flags. */
function formatFirst(origin: Origin, key: string): string {
  const fit = (value: string, limit: number): string => {
    const clean = value.replace(/[^A-Za-z0-9._/-]+/g, '-') || '-';
    if (clean.length <= limit) return clean;
    const hash = createHash('sha256').update(value).digest('hex').slice(0, 8);
    return `${clean.slice(0, limit - 9)}~${hash}`;
  };
  const { repositoryId, repository, runId, runAttempt, job, step, sha } = origin;
  return (
    `[vps-snapshot key=${key} repo-id=${fit(repositoryId, 32)} repo=${fit(repository, 36)} ` +
    `run=${fit(runId, 20)}/${runAttempt} job=${fit(job, 24)} step=${fit(step, 24)} sha=${fit(sha.slice(0, 12), 12)}]`
  );
}

describe('a marker of the first form', () => {
  test('is read, as one of github.com, of no leg and of the first use', () => {
    expect(formatFirst({ ...ORIGIN, runId: '800', runAttempt: 1 }, OTHER_KEY)).toBe(FIRST_FORM);
    expect(parseMarker(`before 1.2 ${FIRST_FORM}`)).toEqual({
      ...ORIGIN,
      ...PLAIN,
      key: OTHER_KEY,
      runId: '800',
      runAttempt: 1,
      sha: '0123456789ab',
    });
  });

  test.each<[string, Partial<Origin>, boolean]>([
    ['own on github.com', {}, true],
    ['own where the runner says no host', { host: '' }, true],
    ['foreign on another forge', { host: 'git.example.com' }, false],
    ['foreign in another repository', { repositoryId: '8' }, false],
  ])('is %s', (_name, fields, own) => {
    expect(isOwn(parseMarker(FIRST_FORM), { ...ORIGIN, ...fields })).toBe(own);
  });

  test('is of this step, and of no leg and no second use', () => {
    const marker = parseMarker(formatFirst(ORIGIN, KEY));
    expect(isOfStep(marker, ORIGIN)).toBe(true);
    expect(isOfStep(marker, { ...ORIGIN, leg: '0a1b2c3d' })).toBe(false);
    expect(isOfStep(marker, { ...ORIGIN, use: 2 })).toBe(false);
  });

  // What the runner gives: ids of repositories and runs, full names, and ids of jobs and steps.
  const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/, { size: 'max' });
  const origins = fc.record({
    repositoryId: fc.oneof(
      fc.stringMatching(/^[1-9]\d{0,11}$/),
      fc.tuple(word, word).map((pair) => pair.join('/')),
    ),
    repository: fc.tuple(word, word).map((pair) => pair.join('/')),
    runId: fc.stringMatching(/^[1-9]\d{0,18}$/),
    runAttempt: fc.integer({ min: 1, max: 9999 }),
    job: word,
    step: word,
    sha: fc.stringMatching(/^[0-9a-f]{40}$/),
  });
  const plain = { host: 'github.com', leg: '', use: 1 };

  test('is of the step that wrote it, whatever its names, and so is the new form', () => {
    fc.assert(
      fc.property(origins, (fields) => {
        const origin: Origin = { ...plain, ...fields };
        expect(isOfStep(parseMarker(formatFirst(origin, KEY)), origin)).toBe(true);
        expect(isOfStep(written(origin), origin)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('is of no other step, repository or run, however alike they begin', () => {
    const field = fc.constantFrom('repositoryId' as const, 'runId' as const, 'job' as const, 'step' as const);
    fc.assert(
      fc.property(origins, field, fc.nat({ max: 9 }), (fields, name, digit) => {
        const origin: Origin = { ...plain, ...fields };
        const other: Origin = { ...origin, [name]: `${origin[name]}${digit}` };
        expect(isOfStep(parseMarker(formatFirst(origin, KEY)), other)).toBe(false);
        expect(isOfStep(written(origin), other)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
