import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { selectSnapshots } from '../../../src/actions/restoring/selection.ts';
import { checkRequestedRestore, checkRollback } from '../../../src/snapshots/interlocks.ts';
import { type Kind, treat } from '../../../src/snapshots/kinds.ts';
import { findExtras } from '../../../src/snapshots/lookup.ts';
import { type MarkerFlags, PLAIN } from '../../../src/snapshots/marker.ts';
import { planRetention } from '../../../src/snapshots/retention.ts';
import { findReusable } from '../../../src/snapshots/reuse.ts';
import { planSlot } from '../../../src/snapshots/slots.ts';
import type { Snapshot } from '../../../src/vps/model.ts';
import { setUp, tearDown, problems } from '../github/inputs/input-readers.ts';
import { beside, FACTS } from './interlocks/interlock-cases.ts';
import { HOUR, list, markerOf, NOW, ORIGIN, snapshot } from './samples.ts';

/** The whole table of kinds, against what the code does with each, and against the documentation. */

const FLAGS: Readonly<Record<Kind, MarkerFlags>> = {
  ordinary: PLAIN,
  protected: { ...PLAIN, isProtected: true },
  undo: { ...PLAIN, isUndo: true },
  unwaited: { ...PLAIN, isUnwaited: true },
};
const ALL = Object.keys(FLAGS) as Kind[];
const manifestOfRestore = readFileSync('restore/action.yml', 'utf8');

const made = (kind: Kind, age: number, fields: Partial<Snapshot> = {}): Snapshot =>
  snapshot({ id: kind, description: markerOf(FLAGS[kind]), age: age * HOUR, ...fields });
const ordinary = (id: string, age: number): Snapshot => snapshot({ id, age: age * HOUR });

const pruned = (...snapshots: Snapshot[]): (string | null)[] =>
  planRetention({
    snapshots,
    origin: ORIGIN,
    now: NOW,
    rule: { keepLast: 1, olderThan: null },
    by: 'prune',
    used: null,
  })
    .filter(({ action }) => action === 'delete')
    .map((verdict) => verdict.snapshot.id);

function rotated(...snapshots: Snapshot[]): string | null {
  const plan = planSlot({ snapshots, complete: true, whenFull: 'rotate', origin: ORIGIN, now: NOW });
  return plan.kind === 'rotate' ? plan.toDelete.id : null;
}

/** Whether a step that makes snapshots of one kind reuses what an earlier attempt made of another. */
function isReused(kind: Kind, wanted: Kind): boolean {
  const earlier = made(kind, 1, { description: markerOf({ ...FLAGS[kind], runId: '900' }) });
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

beforeEach(setUp);
afterEach(tearDown);

interface Row {
  /** How the row of the documentation starts. */
  readonly title: string;
  /** In the order of `FLAGS`. */
  readonly cells: readonly [string, string, string, string];
  /** What the code does with a snapshot of a kind, in the words of the cells. */
  readonly observe: (kind: Kind) => string;
}

/** `–`: what makes undo snapshots, the `restore` action, has neither these inputs nor a post step. */
const NONE = '–';

const TABLE: readonly Row[] = [
  {
    title: 'counts towards N',
    cells: ['yes', 'no', 'no', 'yes'],
    observe: (kind) => (pruned(made(kind, 2), ordinary('older', 3)).includes('older') ? 'yes' : 'no'),
  },
  {
    title: '`keep_last` and `prune` delete it',
    cells: ['beyond N', 'never', 'once older than 24 hours', 'beyond N'],
    observe: (kind) => {
      const isGone = [24, 25].map((age) => pruned(ordinary('newest', 2), made(kind, age)).length > 0);
      const words: Readonly<Record<string, string>> = {
        'true,true': 'beyond N',
        'false,true': 'once older than 24 hours',
        'false,false': 'never',
      };
      return words[isGone.join()] ?? isGone.join();
    },
  },
  {
    title: '`rotate` deletes it',
    cells: ['the oldest', 'never', 'after failed and dead ones, before others', 'the oldest'],
    observe: (kind) => {
      const rest = [2, 3, 4].map((age) => ordinary(`hours-${age}`, age));
      const failed = snapshot({ id: 'failed', age: HOUR, status: 'failed' });
      const chosen = [
        rotated(made(kind, 9), ...rest, ordinary('hours-5', 5)),
        rotated(made(kind, 1), ...rest, ordinary('hours-5', 5)),
        rotated(made(kind, 1), ...rest, failed),
      ];
      const words: Readonly<Record<string, string>> = {
        [`${kind},hours-5,failed`]: 'the oldest',
        [`${kind},${kind},failed`]: 'after failed and dead ones, before others',
        'hours-5,hours-5,failed': 'never',
      };
      return words[chosen.join()] ?? chosen.join();
    },
  },
  {
    title: '`on_success`, `on_failure`, `on_cancel: delete`',
    cells: ["the step's own", 'an input error', NONE, "the step's own"],
    observe: (kind) => {
      if (kind === 'undo') return manifestOfRestore.includes('on_') ? 'has such inputs' : NONE;
      const { isProtected, isUnwaited } = FLAGS[kind];
      const given = { protect: String(isProtected), wait: String(!isUnwaited) };
      const found = ['on_success', 'on_failure', 'on_cancel'].map(
        (option) => problems('main', { ...given, [option]: 'delete' }).length > 0,
      );
      if (found.every(Boolean)) return 'an input error';
      return found.some(Boolean) ? found.join() : "the step's own";
    },
  },
  {
    title: 'the second of two with one key',
    cells: ['deleted', 'deleted, one stays', NONE, 'deleted'],
    observe: (kind) => {
      if (kind === 'undo') return manifestOfRestore.includes('post:') ? 'has a post step' : NONE;
      const [first, second] = [made(kind, 26, { id: 'first' }), made(kind, 25, { id: 'second' })];
      const extras = findExtras(first, [second])?.map(({ id }) => id);
      if (extras?.join() !== 'second') return String(extras);
      return pruned(ordinary('newest', 2), first).length > 0 ? 'deleted' : 'deleted, one stays';
    },
  },
  {
    title: '`on_rerun: reuse` takes it',
    cells: ['yes', 'with `protect: true` only', 'never', 'with `wait: false` only'],
    observe: (kind) => {
      const reused = ALL.filter((wanted) => wanted !== 'undo' && isReused(kind, wanted));
      const alike = {
        ordinary: 'yes',
        protected: 'with `protect: true` only',
        unwaited: 'with `wait: false` only',
        undo: 'with an undo only',
      };
      return reused.length === 0 ? 'never' : reused.map((wanted) => alike[wanted]).join();
    },
  },
  {
    title: '`latest` may be it',
    cells: ['yes', 'yes', 'never', 'yes, with a warning'],
    observe: (kind) => {
      const mine = made(kind, 1);
      if (latest([mine, ordinary('older', 2)])[0] === 'older') return 'never';
      const facts = { ...FACTS, key: null, snapshotId: kind, list: list([mine]) };
      const { refusals, isUnwaited } = checkRequestedRestore(facts, ORIGIN, false);
      expect(refusals).toEqual([]);
      return isUnwaited ? 'yes, with a warning' : 'yes';
    },
  },
  {
    title: 'refuses the restore of an older one',
    cells: ['yes', 'yes', 'in post; in `restore` a notice, its own not even that', 'yes'],
    observe: (kind) => {
      const facts = { ...FACTS, ...beside({ age: 1, description: markerOf(FLAGS[kind]) }) };
      const asked = checkRequestedRestore({ ...facts, key: null }, ORIGIN, false);
      // The one that a `restore` has just taken itself.
      const own = { ...facts, key: null, undoSnapshotId: '900' };
      expect(checkRequestedRestore(own, ORIGIN, false)).toMatchObject({ refusals: [], undos: [] });
      const post = checkRollback(facts).refusals.length;
      const words: Readonly<Record<string, string>> = {
        '1,1,0': 'yes',
        '1,0,1': 'in post; in `restore` a notice, its own not even that',
      };
      const found = [post, asked.refusals.length, asked.undos.length].join();
      return words[found] ?? found;
    },
  },
];

describe.each(TABLE)('$title', ({ title, cells, observe }) => {
  test('is what the code does', () => {
    expect(ALL.map(observe)).toEqual(cells);
  });

  test('is what the documentation says', () => {
    expect(rowsOfPage().find(([start]) => start === title)).toEqual([title, ...cells]);
  });
});

test('the documentation has no other rows', () => {
  const [head, , ...rows] = rowsOfPage();
  expect(head?.slice(1)).toEqual(['ordinary', '`protect`ed', 'undo', '`wait: false`']);
  expect(rows.map(([start]) => start)).toEqual(TABLE.map(({ title }) => title));
});

/** The table of the page, cell by cell. */
function rowsOfPage(): string[][] {
  const page = readFileSync('docs/how-it-works/retention.md', 'utf8');
  const [, section = ''] = page.split('## Kinds of snapshots');
  const lines = section.split('\n## ')[0]?.match(/^\|.*$/gm) ?? [];
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

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
  const rows = Object.keys(expected) as Parameters<typeof treat>[0][];
  const treated = rows.map((row) => [row, treat(row, { ...PLAIN, ...flags })]);
  expect(Object.fromEntries(treated)).toEqual(expected);
});
