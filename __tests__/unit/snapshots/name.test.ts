import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addKeySuffix,
  cleanValue,
  formatInstant,
  NAME_LIMIT,
  parseTemplate,
  PLACEHOLDERS,
  renderName,
  type NameValues,
} from '../../../src/snapshots/name.ts';
import { KEY } from './samples.ts';

const VALUES: NameValues = {
  owner: 'acme',
  repo: 'shop',
  ref: 'feature/#441',
  sha: '0123456789abcdef0123456789abcdef01234567',
  sha7: '0123456',
  run_id: '16400000001',
  run_number: '17',
  run_attempt: '2',
  job: 'deploy',
  workflow: 'Deploy to production!',
  server_id: '12345',
  date: '20260115',
  time: '120000',
};
const render = (template: string, values: Partial<NameValues> = {}): string =>
  renderName(parseTemplate(template), { ...VALUES, ...values });

describe('a name', () => {
  test.each([
    ['deploy-{repo}-{run_id}-{run_attempt}', 'deploy-shop-16400000001-2'],
    ['{owner}_{repo}', 'acme_shop'],
    ['{ref}', 'feature-441'],
    ['{sha}', '0123456789abcdef0123456789abcdef01234567'],
    ['{sha7}', '0123456'],
    ['{run_number}{run_attempt}', '172'],
    ['{job}-{workflow}', 'deploy-Deploy-to-production'],
    ['{server_id}', '12345'],
    ['{date}T{time}Z', '20260115T120000Z'],
    ['before_update-7', 'before_update-7'],
    ['{repo}{repo}', 'shopshop'],
    ['x'.repeat(NAME_LIMIT), 'x'.repeat(NAME_LIMIT)],
  ])('%s gives %s', (template, name) => {
    expect(render(template)).toBe(name);
  });

  test('every placeholder is replaced', () => {
    for (const placeholder of PLACEHOLDERS) {
      expect(render(`{${placeholder}}`)).toBe(cleanValue(VALUES[placeholder]));
    }
    expect(PLACEHOLDERS.toSorted()).toEqual(Object.keys(VALUES).toSorted());
  });
});

describe('a template is refused', () => {
  test.each([
    ['an empty one', '', /empty/],
    [
      'one unknown placeholder, which is not called empty as well',
      '{branch}',
      /^unknown placeholder \{branch\}; known ones are [^;]*$/,
    ],
    [
      'an unknown placeholder',
      'a-{branch}',
      /unknown placeholder \{branch\}; known ones are \{owner\} .*\{time\}$/,
    ],
    ['a placeholder in capitals', '{REPO}', /unknown placeholder \{REPO\}/],
    ['a placeholder with spaces', '{ repo }', /unknown placeholder \{ repo \}/],
    ['an empty placeholder', '{}', /unknown placeholder \{\}/],
    ['a word of every object', '{constructor}', /unknown placeholder \{constructor\}/],
    ['an open brace', 'a{repo', /"\{"/],
    ['a closing brace', 'a}', /"\}"/],
    ['a space', 'my backup', /" "; only letters, digits, '-' and '_'/],
    ['a slash and a dot', 'a/b.c', /"\/", "\."/],
    ['an umlaut', 'bäckup', /"ä"/],
    ['an emoji', 'a🧀', /"🧀"/],
    ['an expression of the runner', '${{ github.run_id }}', /"\$"/],
    ['text of its own beyond the limit', 'x'.repeat(NAME_LIMIT + 1), /longer than 100/],
    ['text of its own that leaves no room', `${'x'.repeat(NAME_LIMIT)}{sha7}`, /longer than 100/],
  ])('%s', (_name, template, message) => {
    expect(() => parseTemplate(template)).toThrow(message);
  });

  test('with every mistake at once', () => {
    expect(() => parseTemplate('a b{x}c.d{y}')).toThrow(/" ".*"\.".*\{x\}, \{y\}/s);
  });
});

describe('a value as it stands in a name', () => {
  test.each([
    ['feature/#441', 'feature-441'],
    ['441/merge', '441-merge'],
    ['a  b//c', 'a-b-c'],
    ['-a-', 'a'],
    ['__a__', '__a__'],
    ['a--b', 'a--b'],
    ['Größe', 'Gr-e'],
    ['', 'x'],
    ['///', 'x'],
    ['日本', 'x'],
    ['../../x', 'x'],
    ['--a--', 'a'],
  ])('%j gives %s', (value, clean) => {
    expect(cleanValue(value)).toBe(clean);
  });
});

describe('a name that is too long', () => {
  const long = (letter: string, count: number): string => letter.repeat(count);

  test('is shortened in its longest value', () => {
    const name = render('{repo}-{ref}-{run_id}', { ref: long('r', 120) });
    expect(name).toBe(`shop-${long('r', 83)}-16400000001`);
    expect(name).toHaveLength(100);
  });

  test('is shortened evenly in several long values', () => {
    const name = render('{owner}-{repo}-{ref}', { owner: long('o', 90), repo: long('p', 60), ref: 'main' });
    expect(name).toBe(`${long('o', 47)}-${long('p', 47)}-main`);
  });

  test('keeps one character of each value where there is no room for more', () => {
    expect(render(`{sha}{sha}${long('x', 15)}{owner}{repo}{ref}{job}{workflow}`)).toBe(
      `${VALUES.sha}${VALUES.sha}${long('x', 15)}asfdD`,
    );
  });

  test('never ends a shortened value with a hyphen', () => {
    expect(render('{ref}', { ref: `${long('a', 99)}-${long('b', 40)}` })).toBe(long('a', 99));
    expect(render('{ref}', { ref: `${long('a', 98)}--${long('b', 40)}` })).toBe(long('a', 98));
  });

  test('keeps the hyphens inside a shortened value', () => {
    expect(render('{ref}', { ref: `feature-${long('b', 140)}` })).toBe(`feature-${long('b', 92)}`);
  });

  test.each(['sha', 'sha7', 'run_id', 'run_number', 'run_attempt', 'server_id', 'date', 'time'] as const)(
    'keeps {%s} whole',
    (id) => {
      const value = long('7', 40);
      expect(
        render(`{ref}{${id}}{repo}`, { [id]: value, ref: long('r', 90), repo: long('p', 90) }),
      ).toContain(value);
    },
  );

  test('is an error where ids and fixed text alone are too long', () => {
    expect(() => render('{sha}{sha}{sha}')).toThrow(/120 characters.*limit of 100/);
    // It counts what would be left at least.
    expect(() => render('{sha}{sha}{sha}{repo}')).toThrow('the name would have 121 characters');
  });

  test('whatever the values, a name has at most 100 characters of those that the API allows', () => {
    const values = fc.record(
      Object.fromEntries(PLACEHOLDERS.map((p) => [p, fc.string({ unit: 'grapheme', maxLength: 130 })])),
    ) as fc.Arbitrary<NameValues>;
    const ids = { run_id: '16400000001', run_attempt: '12' };
    fc.assert(
      fc.property(values, (given) => {
        const name = render('{owner}-{repo}-{ref}-{job}-{workflow}-{run_id}-{run_attempt}', {
          ...given,
          ...ids,
        });
        expect(name).toMatch(/^[A-Za-z0-9_-]{1,100}$/);
        expect(name).toMatch(/-16400000001-12$/);
      }),
    );
  });
});

describe('the second name, with six characters of the key', () => {
  test.each([
    ['deploy-shop-1', 'deploy-shop-1-111111'],
    ['x'.repeat(100), `${'x'.repeat(93)}-111111`],
    ['x'.repeat(93), `${'x'.repeat(93)}-111111`],
  ])('of %s', (name, second) => {
    expect(addKeySuffix(name, KEY)).toBe(second);
  });
});

test('the time is UTC', () => {
  expect(formatInstant(Date.UTC(2026, 0, 5, 3, 7, 9))).toEqual({ date: '20260105', time: '030709' });
});

test('whatever the template, it is refused with an Error or gives a name that the API allows', () => {
  const pieces = fc.constantFrom('{repo}', '{run_id}', '{', '}', '{x}', 'a', '-', '_', ' ', '$');
  const template = fc.oneof(
    fc.string(),
    fc.array(pieces).map((texts) => texts.join('')),
  );
  fc.assert(
    fc.property(template, (text) => {
      let name: unknown;
      try {
        name = render(text);
      } catch (error) {
        name = error instanceof Error ? 'refused' : error;
      }
      expect(name).toMatch(/^[A-Za-z0-9_-]{1,100}$/);
    }),
  );
});
