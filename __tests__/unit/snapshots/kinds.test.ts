import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { selectSnapshots } from '../../../src/actions/restoring/selection.ts';
import { checkRequestedRestore, checkRollback } from '../../../src/snapshots/interlocks.ts';
import { type Kind, KINDS, treat } from '../../../src/snapshots/kinds.ts';
import { findExtras } from '../../../src/snapshots/lookup.ts';
import { type MarkerFlags, PLAIN } from '../../../src/snapshots/marker.ts';
import { planRetention } from '../../../src/snapshots/retention.ts';
import { findReusable } from '../../../src/snapshots/reuse.ts';
import { planSlot } from '../../../src/snapshots/slots.ts';
import type { Snapshot } from '../../../src/vps/model.ts';
import { begin, end, problems } from '../github/inputs/input-readers.ts';
import { beside, FACTS } from './interlock-cases.ts';
import { HOUR, list, mark, NOW, ORIGIN, snapshot } from './samples.ts';

/** The table of kinds, against what each function that uses it does, and against the documentation. */

const FLAGS: Readonly<Record<Kind, MarkerFlags>> = {
  ordinary: PLAIN,
  protected: { ...PLAIN, isProtected: true },
  undo: { ...PLAIN, isUndo: true },
  unwaited: { ...PLAIN, isUnwaited: true },
};
const ALL = Object.keys(FLAGS) as Kind[];

const made = (kind: Kind, age: number, fields: Partial<Snapshot> = {}): Snapshot =>
  snapshot({ id: kind, description: mark(FLAGS[kind]), age: age * HOUR, ...fields });
const ordinary = (id: string, age: number): Snapshot => snapshot({ id, age: age * HOUR });

const pruned = (...snapshots: Snapshot[]): (string | null)[] =>
  planRetention({
    snapshots,
    origin: ORIGIN,
    now: NOW,
    rule: { keepLast: 1, olderThan: null },
    by: 'prune',
  })
    .filter(({ action }) => action === 'delete')
    .map((verdict) => verdict.snapshot.id);

function rotated(...snapshots: Snapshot[]): string | null {
  const plan = planSlot({ snapshots, complete: true, whenFull: 'rotate', origin: ORIGIN, now: NOW });
  return plan.kind === 'rotate' ? plan.toDelete.id : null;
}

/** Whether a step that makes snapshots of one kind reuses what an earlier attempt made of another. */
function isReused(kind: Kind, wanted: Kind): boolean {
  const earlier = made(kind, 1, { description: mark({ ...FLAGS[kind], runId: '900' }) });
  const facts = { snapshots: [earlier], complete: true, origin: ORIGIN, isCallKnown: true };
  return findReusable({ ...facts, flags: FLAGS[wanted], maxAge: null, now: NOW }).kind === 'reuse';
}

const latest = (snapshots: readonly Snapshot[]): (string | null)[] =>
  selectSnapshots({
    selection: { kind: 'latest' },
    serverIds: ['12345'],
    list: list(snapshots),
    origin: ORIGIN,
    now: NOW,
  }).targets.map(({ snapshotId }) => snapshotId);

beforeEach(begin);
afterEach(end);

describe.each(ALL)('%s', (kind) => {
  test('counts towards the newest N', () => {
    expect(pruned(made(kind, 2), ordinary('older', 3)).includes('older')).toBe(KINDS.counts[kind]);
  });

  test('keep_last and prune', () => {
    const gone = [24, 25].map((age) => pruned(ordinary('newest', 2), made(kind, age)).length > 0);
    const expected = { beyond_newest: [true, true], after_a_day: [false, true], never: [false, false] };
    expect(gone).toEqual(expected[KINDS.prune[kind]]);
  });

  test('rotate', () => {
    const rest = [2, 3, 4].map((age) => ordinary(`hours-${age}`, age));
    const failed = snapshot({ id: 'failed', age: HOUR, status: 'failed' });
    const chosen = [
      rotated(made(kind, 9), ...rest, ordinary('hours-5', 5)),
      rotated(made(kind, 1), ...rest, ordinary('hours-5', 5)),
      rotated(made(kind, 1), ...rest, failed),
    ];
    const expected = {
      oldest: [kind, 'hours-5', 'failed'],
      before: [kind, kind, 'failed'],
      never: ['hours-5', 'hours-5', 'failed'],
    };
    expect(chosen).toEqual(expected[KINDS.rotate[kind]]);
  });

  test.each(['on_success', 'on_failure', 'on_cancel'])('%s: delete', (option) => {
    const { isProtected, isUnwaited } = FLAGS[kind];
    const inputs = { protect: String(isProtected), wait: String(!isUnwaited), [option]: 'delete' };
    expect(problems('main', inputs).length > 0).toBe(KINDS.deleteOption[kind] === 'input_error');
  });

  test('the second of two with one key', () => {
    const [first, second] = [made(kind, 2, { id: 'first' }), made(kind, 1, { id: 'second' })];
    expect(findExtras(first, [second])).toEqual([second]);
  });

  test('reuse', () => {
    const reused = ALL.filter((wanted) => wanted !== 'undo' && isReused(kind, wanted));
    expect(reused).toEqual(KINDS.reuse[kind] === 'alike' ? [kind] : []);
  });

  test('latest', () => {
    const mine = made(kind, 1);
    expect(latest([mine, ordinary('older', 2)])).toEqual([KINDS.latest[kind] === 'never' ? 'older' : kind]);
    const facts = { ...FACTS, key: null, snapshotId: kind, list: list([mine]) };
    const { refusals, isUnwaited } = checkRequestedRestore(facts, ORIGIN, false);
    expect([refusals, isUnwaited]).toEqual([[], KINDS.latest[kind] === 'warned']);
  });

  test('refuses an older one', () => {
    const facts = { ...FACTS, ...beside({ age: 1, description: mark(FLAGS[kind]) }) };
    const asRefusal = ({ refusals }: { readonly refusals: readonly unknown[] }): string =>
      refusals.length > 0 ? 'refuse' : 'note';
    const asked = checkRequestedRestore({ ...facts, key: null }, ORIGIN, false);
    expect([asRefusal(checkRollback(facts)), asRefusal(asked)]).toEqual([
      KINDS.newerInPost[kind],
      KINDS.newerInRestore[kind],
    ]);
    expect(asked.undos).toHaveLength(KINDS.newerInRestore[kind] === 'note' ? 1 : 0);
    // Its own never stands against a restore.
    const own = { ...facts, key: null, undoSnapshotId: '900' };
    expect(checkRequestedRestore(own, ORIGIN, false)).toMatchObject({ refusals: [], undos: [] });
  });
});

test.each<[string, Partial<MarkerFlags>, object]>([
  [
    'protected and not waited for',
    { isProtected: true, isUnwaited: true },
    { counts: false, prune: 'never', rotate: 'never', latest: 'warned', newerInRestore: 'refuse' },
  ],
  [
    'a protected undo',
    { isProtected: true, isUndo: true },
    { counts: false, prune: 'never', rotate: 'never', latest: 'never', newerInRestore: 'note' },
  ],
])('of several kinds the stricter one decides: %s', (_name, flags, expected) => {
  const rows = Object.keys(expected) as (keyof typeof KINDS)[];
  const treated = rows.map((row) => [row, treat(row, { ...PLAIN, ...flags })]);
  expect(Object.fromEntries(treated)).toEqual(expected);
});

test('the documentation has the same table', () => {
  const page = readFileSync(path.resolve('docs/how-it-works/retention.md'), 'utf8');
  const cells = (start: string): string[] => {
    const line = page.split('\n').find((each) => each.startsWith(`| ${start}`)) ?? '';
    return line
      .split('|')
      .slice(2, 6)
      .map((cell) => cell.trim());
  };
  const columns = ['ordinary', 'protected', 'undo', 'unwaited'] as const;
  const says = (start: string, row: keyof typeof KINDS, words: Readonly<Record<string, RegExp>>): void => {
    for (const [at, kind] of columns.entries())
      expect(cells(start)[at]).toMatch(words[String(KINDS[row][kind])] ?? /^$/);
  };
  says('counts towards N', 'counts', { true: /^yes$/, false: /^no$/ });
  const prune = { beyond_newest: /^beyond N$/, never: /^never$/, after_a_day: /^once older than 24 hours$/ };
  says('`keep_last` and `prune` delete it', 'prune', prune);
  says('`rotate` deletes it', 'rotate', {
    oldest: /^the oldest$/,
    never: /^never$/,
    before: /^after failed/,
  });
  const own = { own: /^the step's own$/, input_error: /^an input error$/, null: /^–$/ };
  says('`on_success`', 'deleteOption', own);
  says('`on_rerun: reuse` takes it', 'reuse', { alike: /^(yes|with .* only)$/, never: /^never$/ });
  says('`latest` may be it', 'latest', { yes: /^yes$/, warned: /^yes, with a warning$/, never: /^never$/ });
  says('refuses the restore', 'newerInPost', { refuse: /^(yes|in post;.*)$/ });
  says('refuses the restore', 'newerInRestore', { refuse: /^yes$/, note: /in `restore` a (warning|notice)/ });
});
