import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';
import { ACTIONS, readManifest, referenceOf, REPOSITORY } from '../../../scripts/runner/actions.ts';

let given: Readonly<Record<string, string>> = {};

jest.unstable_mockModule('@actions/core', () => ({
  getInput: (name: string) => given[name] ?? '',
  setSecret: () => undefined,
}));

const { READERS } = await import('../github/inputs/input-readers.ts');

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const readme = read('README.md');

type Fields = Readonly<Record<string, unknown>>;

interface Step extends Fields {
  readonly uses?: string;
  readonly with?: Fields;
}

/** The YAML of the README, by the heading that it stands under. */
const snippets = [...readme.matchAll(/^(?:#+ (?<heading>.+)|```yaml\n(?<yaml>[^]*?)^```$)/gm)].reduce<
  readonly { readonly heading: string; readonly yaml: string }[]
>((found, { groups }) => {
  const heading = groups?.['heading'] ?? found.at(-1)?.heading ?? '';
  return [...found, { heading, yaml: groups?.['yaml'] ?? '' }];
}, []);
const recipes = new Map(snippets.filter(({ yaml }) => yaml !== '').map((each) => [each.heading, each.yaml]));

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every mapping of a document, the outermost first. */
function mappings(value: unknown): Fields[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = isFields(value) ? [value] : [];
  return [...own, ...Object.values(value).flatMap(mappings)];
}

function stepsOf(document: unknown): Step[] {
  return mappings(document).filter((each) => typeof each['uses'] === 'string');
}

/** What an expression may become when the step runs. */
const VALUES: readonly (readonly [RegExp, string])[] = [
  [/^\$\{\{ secrets\.\w+ \}\}$/, 'vps_x'],
  [/^\$\{\{ github\.token \}\}$/, 'ghs_x'],
  [/^\$\{\{ (steps|needs)\.snapshot\.outputs\.snapshot_id \}\}$/, '801'],
  [/^\$\{\{ inputs\.allow_older \}\}$/, 'false'],
  [/^\$\{\{ inputs\.snapshot_id \}\}$/, '801'],
  [/^\$\{\{ steps\.\w+\.outcome == 'failure'( \|\| steps\.\w+\.outcome == 'failure')? \}\}$/, 'false'],
  [/^[^$]*$/, '$&'],
];

function evaluate(value: unknown): string {
  const text = String(value);
  const [pattern, replacement] = VALUES.find(([pattern]) => pattern.test(text)) ?? [];
  if (pattern === undefined || replacement === undefined) throw new Error(`what is ${text} when it runs?`);
  return text.replace(pattern, replacement);
}

test('each piece of YAML has a heading of its own', () => {
  expect(recipes.size).toBe(readme.match(/^```yaml$/gm)?.length);
});

/** A recipe that is no step shows inputs of the snapshot action, whose required ones are in the first example. */
function usesOf(document: unknown): { readonly uses: string; readonly given: Fields }[] {
  const steps = stepsOf(document).filter(({ uses = '' }) => uses.startsWith(REPOSITORY));
  if (steps.length === 0)
    return [{ uses: `${REPOSITORY}@v1`, given: { ...REQUIRED, ...(document as Fields) } }];
  return steps.map(({ uses = '', with: given = {} }) => ({ uses, given }));
}

const REQUIRED = { api_token: 'vps_x', server_id: '12345' };

function findAction(uses: string): { readonly known: readonly string[]; readonly readInputs: () => unknown } {
  const action = ACTIONS.find((each) => referenceOf(each) === uses);
  if (action === undefined) throw new Error(`${uses} is no action of the family`);
  return { known: Object.keys(readManifest(action).inputs), readInputs: READERS[action.name] };
}

describe.each([...recipes])('%s', (_heading, yaml) => {
  test.each(usesOf(parse(yaml)))('gives $uses inputs that it takes', ({ uses, given: values }) => {
    const { known, readInputs } = findAction(uses);
    expect(known).toEqual(expect.arrayContaining(Object.keys(values)));
    given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, evaluate(value)]));
    expect(readInputs).not.toThrow();
  });
});

/** A step under any of its references, and a recipe's commands and addresses, which are the reader's own. */
const OWN = new Set(['run', 'name', 'health_url']);

function isSameReference(wanted: string, found: string): boolean {
  const nameOf = (reference: string): string => reference.replace(/@.*$/, '');
  return nameOf(wanted) === nameOf(found) || (nameOf(wanted) === REPOSITORY && found === './');
}

/** Whether a part of a workflow has all that a recipe says there. */
function has(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return Array.isArray(actual) && hasItems(actual, wanted);
  if (isFields(wanted)) {
    return (
      isFields(actual) &&
      Object.entries(wanted).every(([key, value]) => {
        if (key === 'uses') return isSameReference(String(value), String(actual[key]));
        return key in actual && (OWN.has(key) || has(actual[key], value));
      })
    );
  }
  return actual === wanted;
}

/** Among steps a workflow may have more of its own; any other list is the same. */
function hasItems(actual: readonly unknown[], wanted: readonly unknown[]): boolean {
  if (!wanted.every(isFields)) return isDeepStrictEqual(actual, wanted);
  let from = 0;
  return wanted.every((item) => {
    const at = actual.findIndex((each, index) => index >= from && has(each, item));
    from = at + 1;
    return at !== -1;
  });
}

/** The recipes, and the workflow under a real runner that has each. */
const TESTED = {
  'Quick start': 'examples/one-job.yml',
  'The second choice: `on_failure: restore`': '__tests__/workflows/failed-deploy.yml',
  'Keep the last three snapshots': 'examples/one-job.yml',
  'Keep a snapshot for good': '__tests__/workflows/protect.yml',
  'A smoke test that decides': 'examples/smoke-test.yml',
  'A deploy that waits': '__tests__/workflows/approval.yml',
  'Use the id in a later job': 'examples/rollback-job.yml',
  'Build while the snapshot is made': 'examples/build-meanwhile.yml',
  'Roll back in another job': 'examples/rollback-job.yml',
  'A rollback button': 'examples/rollback-button.yml',
  'Roll back to the latest': '__tests__/workflows/rollback-alert.yml',
  'A restore that can be undone': '__tests__/workflows/undo.yml',
  'Prune every night': 'examples/prune-nightly.yml',
  'A consistent file system': '__tests__/workflows/stop-start.yml',
  'Tell people on GitHub': '__tests__/workflows/github-comment.yml',
};

test('every recipe runs under a real runner', () => {
  expect([...recipes.keys()].toSorted()).toEqual(Object.keys(TESTED).toSorted());
});

test.each(Object.entries(TESTED))('%j is what the workflow %s runs', (heading, workflow) => {
  const recipe = parse(recipes.get(heading) ?? '') as unknown;
  const document = parse(read(workflow)) as Fields;
  // A recipe may be a whole workflow, some jobs, one job, its steps or the inputs of one.
  const places = [document, ...mappings(document), ...mappings(document).map(({ steps }) => steps)];
  expect(places.some((place) => has(place, recipe))).toBe(true);
});

/** Settings that the text mentions, as `name: value`. */
const mentioned = [...readme.matchAll(/`(?<name>[a-z]+_[a-z_]+|wait): (?<value>[^`]+)`/g)].map(
  ({ 0: text, groups }) => ({ text, setting: { [groups?.['name'] ?? '']: groups?.['value'] ?? '' } }),
);

test.each(mentioned)('$text is taken by an action', ({ setting }) => {
  const takers = ACTIONS.map(referenceOf).filter((uses) => {
    const { known, readInputs } = findAction(uses);
    if (!known.includes(Object.keys(setting)[0] ?? '')) return false;
    given = { ...REQUIRED, snapshot_id: '801', ...setting };
    return noThrow(readInputs);
  });
  expect(takers).not.toEqual([]);
});

function noThrow(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
