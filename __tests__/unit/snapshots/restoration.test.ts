import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  observeServer,
  showsStart,
  startRestoration,
  type RestorePhase,
  type Restoration,
} from '../../../src/snapshots/restoration.ts';
import { POLL_LIMITS } from '../../../src/snapshots/schedule.ts';
import { server } from './samples.ts';

type Attempt = string | readonly [status: string, updatedAt: string | null];

/** What each of these looks said; a word alone has the `updated_at` from before the request. */
function watch(
  looks: readonly Attempt[],
  before: Restoration['before'] = server('active'),
  accepted?: boolean,
): RestorePhase[] {
  let state = startRestoration(before, accepted === undefined ? {} : { accepted });
  return looks.map((look) => {
    const [status, updatedAt] = typeof look === 'string' ? [look, 'before'] : look;
    const seen = observeServer(state, server(status, updatedAt));
    state = seen.state;
    return seen.phase;
  });
}

const times = (count: number, look: Attempt): Attempt[] => Array<Attempt>(count).fill(look);
/** The last phase, and at which look it was reached. */
const end = (looks: readonly Attempt[], before?: Restoration['before'], accepted?: boolean): string => {
  const phases = watch(looks, before, accepted);
  const first = phases.findIndex((phase) => phase !== 'requested' && phase !== 'begun');
  return first < 0 ? `${phases.at(-1)}` : `${phases[first]} at ${first + 1}`;
};

const CHANGED = ['active', 'after'] as const;

describe('looks at the server, and what they say', () => {
  test.each<[string, readonly Attempt[], string]>([
    ['active right after the request', ['active'], 'requested'],
    ['still active after a while', times(39, 'active'), 'requested'],
    ['active for 2 minutes: nothing shows that it began', times(40, 'active'), 'not_begun at 40'],
    ['restoring: it has begun', ['active', 'restoring'], 'begun'],
    ['active once after that may be a stale answer', ['restoring', 'active'], 'begun'],
    ['active twice in a row after that: ended', ['restoring', 'active', 'active'], 'active at 3'],
    ['active twice, but not in a row', ['restoring', 'active', 'restoring', 'active'], 'begun'],
    ['active twice, with an unknown word between', ['restoring', 'active', 'booting', 'active'], 'begun'],
    ['an unknown word is progress', ['restoring', ...times(50, 'rebuilding')], 'begun'],
    ['no word is progress', ['restoring', ...times(50, '')], 'begun'],
    ['stopped twice in a row: ended, to be started', ['restoring', 'stopped', 'stopped'], 'stopped at 3'],
    ['stopped and then active', ['restoring', 'stopped', 'active', 'active'], 'active at 4'],
    ['stopped before it begins ends nothing', times(39, 'stopped'), 'requested'],
    ['restoring shown late', [...times(39, 'active'), 'restoring', 'active', 'active'], 'active at 42'],
    ['restoring shown too late', times(40, 'active').concat('restoring'), 'not_begun at 40'],
    ['looks before the begin do not count as its end', ['active', 'active', 'restoring', 'active'], 'begun'],
    ['suspended', ['suspended'], 'broken at 1'],
    ['error after it began', ['restoring', 'error'], 'broken at 2'],
    ['failed', ['active', 'failed'], 'broken at 2'],
    ['restoring for hours is still begun', times(5000, 'restoring'), 'begun'],
  ])('%s', (_name, looks, expected) => {
    expect(end(looks)).toBe(expected);
  });
});

describe('a changed updated_at shows that it began', () => {
  test.each<[string, readonly Attempt[], string]>([
    ['begun, although it is active', [CHANGED], 'begun'],
    ['active is not its end while restoring may still appear', times(39, CHANGED), 'begun'],
    ['restoring follows, then active', [CHANGED, CHANGED, 'restoring', CHANGED, CHANGED], 'active at 5'],
    [
      'no restoring for 2 minutes: it was over sooner than anybody looked',
      times(40, CHANGED),
      'active at 40',
    ],
    ['the same with stopped', times(40, ['stopped', 'after']), 'stopped at 40'],
    ['changed at the last moment', [...times(39, 'active'), CHANGED], 'begun'],
    [
      'changed at the last moment, and active again',
      [...times(39, 'active'), CHANGED, CHANGED],
      'active at 41',
    ],
    ['a time that is missing now is no change', times(40, ['active', null]), 'not_begun at 40'],
  ])('%s', (_name, looks, expected) => {
    expect(end(looks)).toBe(expected);
  });

  test('but not where it was missing before the request', () => {
    expect(end(times(40, CHANGED), server('active', null))).toBe('not_begun at 40');
  });
});

describe('the API did not say that it took the request', () => {
  const unanswered = (looks: readonly Attempt[]): string => end(looks, server('active'), false);

  test.each<[string, readonly Attempt[], string]>([
    ['restoring shows that it did', ['restoring', 'active', 'active'], 'active at 3'],
    ['a changed time alone may be somebody else’s doing', times(40, CHANGED), 'not_begun at 40'],
    ['and is pending while restoring may still appear', times(39, CHANGED), 'begun'],
  ])('%s', (_name, looks, expected) => {
    expect(unanswered(looks)).toBe(expected);
  });
});

describe('what the server was before', () => {
  test('a server that could not be read shows its restore by the word alone', () => {
    expect(end(times(40, CHANGED), null)).toBe('not_begun at 40');
    expect(end(['restoring', 'active', 'active'], null)).toBe('active at 3');
  });

  test('a broken server may be exactly what is being rolled back', () => {
    expect(end(['error', 'error', 'restoring', 'active', 'active'], server('error'))).toBe('active at 5');
  });

  test('a broken server that is broken again after it began', () => {
    expect(end(['error', 'restoring', 'error'], server('error'))).toBe('broken at 3');
  });

  test('a broken server with another broken word', () => {
    expect(end(['failed'], server('error'))).toBe('broken at 1');
  });

  test('a restore that ran before is waited for', () => {
    expect(end(['active', 'active'], server('restoring'))).toBe('active at 2');
    expect(end(['stopped', 'stopped'], server('restoring'))).toBe('stopped at 2');
  });
});

describe('a single look shows the begin', () => {
  test.each([
    ['by the word', server('active'), server('restoring'), true],
    ['by the word alone', null, server('restoring', null), true],
    ['by a changed time', server('active'), server('active', 'after'), true],
    ['not by the same time', server('active'), server('active'), false],
    ['not by another word', server('active'), server('stopped'), false],
    ['not by a time that came', server('active', null), server('active', 'after'), false],
    ['not by a time that went', server('active'), server('active', null), false],
  ])('%s', (_name, before, now, started) => {
    expect(showsStart(before, now)).toBe(started);
  });
});

const anyLook = fc.constantFrom<Attempt>('active', 'active', 'stopped', 'restoring', 'odd', CHANGED, [
  'stopped',
  'after',
]);

test('whatever the looks, an end was preceded by a begin and seen twice in a row', () => {
  let ends = 0;
  fc.assert(
    fc.property(fc.array(anyLook, { minLength: 1, maxLength: POLL_LIMITS.begin + 4 }), (looks) => {
      const phases = watch(looks);
      const index = phases.findIndex((phase) => phase === 'active' || phase === 'stopped');
      if (index < 0) return;
      ends += 1;
      const word = phases[index];
      const words = looks.slice(0, index + 1).map((look) => (typeof look === 'string' ? look : look[0]));
      const started = looks.findIndex((look) => look === 'restoring' || typeof look !== 'string');
      expect(words.slice(-2)).toEqual([word, word]);
      expect(started).toBeGreaterThanOrEqual(0);
      expect(index).toBeGreaterThan(started);
    }),
    { numRuns: 500 },
  );
  expect(ends).toBeGreaterThan(0);
});

test('a look before the watch that said `restoring` counts: two `active` after it end the restore', () => {
  const started = startRestoration(server('active'), { accepted: false, sawRestoring: true });
  const first = observeServer(started, server('active', 'after'));
  const second = observeServer(first.state, server('active', 'after'));
  expect([first.phase, second.phase]).toEqual(['begun', 'active']);
});
