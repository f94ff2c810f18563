import { describe, expect, test } from '@jest/globals';
import { ageOf, mayBeNewer, newestFirst } from '../../../src/snapshots/age.ts';
import { checkAskedRestore, checkRollback, type RestoreFacts } from '../../../src/snapshots/interlocks.ts';
import {
  cleanValue,
  parseTemplate,
  PLACEHOLDERS,
  renderName,
  type NameValues,
} from '../../../src/snapshots/name.ts';
import { readRestoreIf } from '../../../src/snapshots/policy.ts';
import { observeServer, startRestoration } from '../../../src/snapshots/restoration.ts';
import { planRetention } from '../../../src/snapshots/retention.ts';
import { contradicts } from '../../../src/snapshots/server.ts';
import { planSlot } from '../../../src/snapshots/slots.ts';
import { observeList, startWatch } from '../../../src/snapshots/waiting.ts';
import { HOUR, KEY, list, mark, NOW, ORIGIN, server, snapshot } from './samples.ts';

/** Places at which a change of the domain went unnoticed: each row is one of them. */

describe('times at the edge', () => {
  test('without the API’s time no age is known, not even since 1970', () => {
    expect(ageOf({ created: 0 }, null)).toBeNull();
  });

  test('where mine has no readable time, one from before 1970 may be newer too', () => {
    expect(mayBeNewer({ created: -1 }, { created: null })).toBe(true);
  });

  test('two without a readable time are equally new', () => {
    expect(newestFirst({ created: null }, { created: null })).toBe(0);
  });
});

describe('interlocks at the edge', () => {
  const mine = snapshot({
    id: '801',
    age: 2 * HOUR,
    description: mark({ runId: '900', runAttempt: 2, key: KEY }),
  });
  const FACTS: RestoreFacts = {
    snapshotId: '801',
    key: KEY,
    serverIds: ['12345'],
    list: list([mine]),
    serverStatus: 'active',
    seenCompleted: 'the snapshot step',
  };
  const beside = (fields: Parameters<typeof snapshot>[0]): Partial<RestoreFacts> => ({
    list: list([mine, snapshot({ id: '802', ...fields })]),
  });

  test('a person who restores is warned of a newer snapshot that nobody marked', () => {
    const facts = { ...FACTS, key: null, ...beside({ description: 'by hand' }) };
    expect(checkAskedRestore(facts, ORIGIN, false)).toMatchObject({
      refusals: [],
      warnings: [expect.stringContaining('802')],
    });
  });

  test('a snapshot that is not listed is a refusal and no warning', () => {
    expect(checkRollback({ ...FACTS, list: list([]) }).warnings).toEqual([]);
  });

  test('a newer marked snapshot of a server that is known by another uuid alone is another server’s', () => {
    const other = { id: null, uuid: '0f2b8c1e-0000-4000-8000-00000000ef01', name: 'db' };
    expect(checkRollback({ ...FACTS, ...beside({ server: other }) }).refusals).toEqual([]);
  });
});

describe('names at the edge', () => {
  const VALUES = Object.fromEntries(PLACEHOLDERS.map((p) => [p, 'v'])) as NameValues;
  const render = (template: string, values: Partial<NameValues>): string =>
    renderName(parseTemplate(template), { ...VALUES, ...values });

  test('a template of one unknown placeholder is not called empty as well', () => {
    expect(() => parseTemplate('{branch}')).toThrow(/^unknown placeholder \{branch\}; known ones are [^;]*$/);
  });

  test('a value loses all hyphens at both its ends', () => {
    expect(cleanValue('--a--')).toBe('a');
  });

  test('a shortened value loses all hyphens at its end', () => {
    expect(render('{ref}', { ref: `${'a'.repeat(98)}--${'b'.repeat(40)}` })).toBe('a'.repeat(98));
  });

  test('a shortened value keeps the hyphens inside', () => {
    expect(render('{ref}', { ref: `feature-${'b'.repeat(140)}` })).toBe(`feature-${'b'.repeat(92)}`);
  });

  test('the error of a name that cannot be shortened counts what would be left at least', () => {
    expect(() => render('{sha}{sha}{sha}{repo}', { sha: 'a'.repeat(40), repo: 'shop' })).toThrow(
      'the name would have 121 characters',
    );
  });
});

test('each run of odd characters is one hyphen in a marker, however long it is', () => {
  expect(mark({ job: 'build && test' })).toContain(' job=build-test ');
});

test.each(['false positive', 'a false', 'true false', 'truely', 'untrue'])(
  'restore_if %j is neither true nor false',
  (value) => {
    expect(readRestoreIf(value)).toBeNull();
  },
);

test('a server that could not be read before the restore, and then is broken, is broken', () => {
  expect(observeServer(startRestoration(null), server('failed')).phase).toBe('broken');
});

test('retention of several says how many it keeps', () => {
  const snapshots = [1, 2, 3].map((age) => snapshot({ age: age * HOUR }));
  const verdicts = planRetention({
    snapshots,
    origin: ORIGIN,
    now: NOW,
    rule: { keepLast: 2, olderThan: null },
  });
  expect(verdicts.map(({ action, why }) => [action, why])).toEqual([
    ['delete', 'beyond the newest 2 completed'],
    ['keep', 'among the newest 2 completed'],
    ['keep', 'among the newest 2 completed'],
  ]);
});

test('two long numbers that differ are two servers', () => {
  expect(contradicts({ id: '12346', uuid: null, name: null }, ['12345'])).toBe(true);
});

test('a failed snapshot of this run is no restore point beside the one that a rotation deletes', () => {
  const failed = snapshot({ status: 'failed', description: mark({ runId: '900' }) });
  const foreign = [1, 2, 3].map(() => snapshot({ description: mark({ repositoryId: '8' }) }));
  const planned = planSlot({
    snapshots: [snapshot({ id: '1' }), failed, ...foreign],
    complete: true,
    whenFull: 'rotate',
    origin: ORIGIN,
    now: NOW,
  });
  expect(planned).toMatchObject({ kind: 'rotate', toDelete: { id: '1' }, lastRestorePoint: true });
});

describe('twins at the edge', () => {
  const keyed = (id: string): ReturnType<typeof snapshot> =>
    snapshot({ id, description: mark({ key: KEY }) });
  const duplicates = (...ids: string[]): string[] =>
    observeList(startWatch('801', KEY), list(ids.map(keyed))).duplicates.map(({ id }) => id);

  test.each<[string, string[], string[]]>([
    ['none while the snapshot is not listed', [], []],
    ['not the same one listed twice', ['801', '801'], []],
    ['not the snapshot itself, although it has no usable id', [''], []],
    ['another one without a usable id', ['801', ''], ['']],
    ['none where nothing has a usable id', ['', ''], []],
  ])('%s', (_name, listed, expected) => {
    // Not `toEqual`, which takes a list of nothing for an empty one.
    expect(duplicates(...listed)).toStrictEqual(expected);
  });
});
