import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { BUDGETS, LEAST_READS, LOST_ANSWER_READS, SPANS } from '../../../src/snapshots/polling/schedule.ts';

/** `docs/timing.md` beside the numbers in the sources. */

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const SCHEDULE = 'src/snapshots/polling/schedule.ts';

interface Row {
  readonly value: string;
  readonly kind: string;
}

/** The rows of a table whose last cell names a number; those of inputs and of nothing are no constants. */
function readRows(): ReadonlyMap<string, Row> {
  const rows = [...read('docs/timing.md').matchAll(/^\| .+ \|$/gm)].map(([line]) =>
    line.split('|').map((cell) => cell.trim()),
  );
  return new Map(
    rows.flatMap((cells) => {
      const name = cells.at(-2) ?? '';
      return name.startsWith('`') ? [[name, { value: cells[2] ?? '', kind: cells[3] ?? '' }] as const] : [];
    }),
  );
}

const ROWS = readRows();

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

function toMs(value: string): number {
  const [, number = '', unit = ''] = /^([\d.]+) (ms|s|min|h)$/.exec(value) ?? [];
  return Number(number) * (UNITS[unit] ?? Number.NaN);
}

test.each(Object.entries(BUDGETS))('BUDGETS.%s is in the table, as a budget', (name, ms) => {
  const row = ROWS.get(`\`BUDGETS.${name}\``);
  expect({ ms: toMs(row?.value ?? ''), kind: row?.kind }).toEqual({ ms, kind: 'budget' });
});

test.each(Object.entries(SPANS))('SPANS.%s is in the table, as a span', (name, ms) => {
  const row = ROWS.get(`\`SPANS.${name}\``);
  expect({ ms: toMs(row?.value ?? ''), kind: row?.kind }).toEqual({ ms, kind: 'span' });
});

test.each([
  ['LEAST_READS', LEAST_READS],
  ['LOST_ANSWER_READS.usual', LOST_ANSWER_READS.usual],
  ['LOST_ANSWER_READS.slow', LOST_ANSWER_READS.slow],
])('%s is in the table of reads', (name, reads) => {
  expect(Number(ROWS.get(`\`${name}\``)?.value)).toBe(reads);
});

/** The number that a file gives a constant: `30_000`, `4.75 * SECOND`, `24 * HOUR`. */
function constantIn(file: string, name: string): number {
  const text = new RegExp(String.raw`^(?:export )?const ${name} = (.+);$`, 'm').exec(read(file))?.[1];
  if (text === undefined) throw new Error(`${file} has no ${name}`);
  return text
    .split(' * ')
    .map((factor) =>
      /^[\d_.]+$/.test(factor) ? Number(factor.replaceAll('_', '')) : constantIn(file, factor),
    )
    .reduce((product, factor) => product * factor, 1);
}

const CONSTANTS = [...ROWS].flatMap(([name, { value }]) => {
  const [, constant, file = SCHEDULE] = /^`([A-Z_]+)`(?: in `(.+)`)?$/.exec(name) ?? [];
  return constant === undefined ? [] : [{ constant, file, value }];
});

test.each(CONSTANTS)('$constant in $file is $value', ({ constant, file, value }) => {
  const number = constantIn(file, constant);
  expect(/^\d+$/.test(value) ? Number(value) : toMs(value)).toBe(number);
});

test('the documented times are in the table', () => {
  const from = [
    ...read(SCHEDULE).matchAll(/^ {2}(\w+): \{ from: (\d+) \* MINUTE, to: (\d+) \* MINUTE \},$/gm),
  ];
  expect(from.map(([, name, start, end]) => [`\`EXPECTED.${name}\``, `${start} min to ${end} min`])).toEqual(
    [...ROWS].filter(([name]) => name.startsWith('`EXPECTED')).map(([name, { value }]) => [name, value]),
  );
});

test('every name of the table is in the sources', () => {
  const known = [
    ...Object.keys(BUDGETS).map((name) => `BUDGETS.${name}`),
    ...Object.keys(SPANS).map((name) => `SPANS.${name}`),
    ...CONSTANTS.map(({ constant }) => constant),
  ];
  const other = [...ROWS.keys()].filter((row) => !known.includes(/^`(.+?)`/.exec(row)?.[1] ?? ''));
  expect(other).toEqual([
    '`EXPECTED.snapshot`',
    '`EXPECTED.restore`',
    '`LOST_ANSWER_READS.usual`',
    '`LOST_ANSWER_READS.slow`',
  ]);
});

test('no pause of the schedule and no constant in milliseconds is missing', () => {
  const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const constants = files.flatMap((file) => {
    const found = [...read(`src/${file}`).matchAll(/^(?:export )?const ([A-Z_]+) = .+;$/gm)];
    const isTime = (name: string, text: string): boolean =>
      name.endsWith('_MS') || (`src/${file}` === SCHEDULE && / \* SECOND|= SECOND/.test(text));
    return found
      .filter(([text, name = '']) => isTime(name, text) && name !== 'MINUTE')
      .map(([, name = '']) => `${name} in src/${file}`);
  });
  const listed = CONSTANTS.map(({ constant, file }) => `${constant} in ${file}`);
  expect(constants.length).toBeGreaterThan(15);
  expect(constants.filter((name) => !listed.includes(name))).toEqual([]);
});
