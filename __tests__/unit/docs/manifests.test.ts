import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { actionOf, ACTIONS, bundleOf, ENTRIES, readManifest } from '../../../scripts/runner/actions.ts';
import { PLACEHOLDERS } from '../../../src/snapshots/name.ts';

const asked = new Set<string>();
let given: Readonly<Record<string, string>> = {};

jest.unstable_mockModule('@actions/core', () => ({
  getInput: (name: string) => {
    asked.add(name);
    return given[name] ?? '';
  },
  setSecret: () => undefined,
}));

const { READERS } = await import('../github/inputs/input-readers.ts');

const root = path.resolve(import.meta.dirname, '../../..');

/** What a user has to give so that nothing is wrong. */
const REQUIRED = { api_token: 'vps_x', server_id: '1', snapshot_id: '2', older_than: '3d' };

beforeEach(() => {
  asked.clear();
});

afterEach(() => {
  given = {};
});

test('the table of actions has every manifest and every entry', () => {
  const found = ['action.yml', '*/action.yml'].flatMap((pattern) => globSync(pattern, { cwd: root }));
  expect(ACTIONS.map(({ manifest }) => manifest).toSorted()).toEqual(found.toSorted());
  const entries = globSync('src/entry/*.ts', { cwd: root }).map((file) => path.basename(file, '.ts'));
  expect([...ENTRIES, 'start'].toSorted()).toEqual(entries.toSorted());
});

test.each(ENTRIES)('%s is a bundle of its own', (entry) => {
  expect(path.relative(root, bundleOf(entry))).toBe(`dist/${entry}/index.js`);
});

describe.each(ACTIONS)('$manifest', (action) => {
  const manifest = readManifest(action);
  const read = READERS[action.name];
  const defaults = Object.fromEntries(
    Object.entries(manifest.inputs).map(([name, input]) => [name, input.default ?? '']),
  );

  test('has exactly the inputs that the code reads', () => {
    given = REQUIRED;
    read();
    expect([...asked].toSorted()).toEqual(Object.keys(manifest.inputs).toSorted());
  });

  test('has the defaults that the code has', () => {
    const plain = Object.entries(defaults).filter(([, value]) => !value.includes('${{'));
    given = { ...Object.fromEntries(plain), ...REQUIRED };
    const fromManifest = read();
    given = REQUIRED;
    expect(fromManifest).toEqual(read());
  });

  test('has an expression in no description, where it would break the manifest', () => {
    const texts = [manifest, ...Object.values(manifest.inputs), ...Object.values(manifest.outputs)];
    expect(texts.filter(({ description }) => description.includes('${{'))).toEqual([]);
  });

  test('gives every input that is not required a default, as text', () => {
    const wrong = Object.entries(manifest.inputs).filter(([, input]) =>
      input.required === true ? input.default !== undefined : typeof input.default !== 'string',
    );
    expect(wrong).toEqual([]);
  });

  test('says what it is in a line that the Marketplace shows whole', () => {
    expect(manifest.description.trim().length).toBeLessThan(125);
  });

  test('runs on node24, with a post step only if the table has one', () => {
    const [, post] = action.entries;
    expect(manifest.runs.using).toBe('node24');
    expect(manifest.runs.post !== undefined).toBe(post !== undefined);
  });
});

test('what destroys data says so', () => {
  const { inputs: main } = readManifest(actionOf('main'));
  const { inputs: restore } = readManifest(actionOf('restore'));
  const destructive = [main['on_failure'], main['restore_if'], restore['snapshot_id']];
  for (const input of destructive) {
    expect(input?.description).toContain(
      'everything written to it since the snapshot was taken is lost for good',
    );
  }
  expect(main['on_cancel']?.description).toMatch(/cannot be told apart.*overwrites.*best effort/s);
});

test('the placeholders of a name are those that the code knows', () => {
  const { description = '' } = readManifest(actionOf('main')).inputs['name_template'] ?? {};
  expect([...description.matchAll(/`\{(\w+)\}`/g)].map(([, name]) => name)).toEqual([...PLACEHOLDERS]);
});

test.each([
  ['main', 'job_status', '${{ job.status }}'],
  ['wait', 'job_status', '${{ job.status }}'],
  ['main', 'matrix', '${{ toJSON(matrix) }}'],
] as const)('%s learns %s from the runner, and nobody is to set it', (action, name, expression) => {
  const input = readManifest(actionOf(action)).inputs[name];
  expect(input?.default).toBe(expression);
  expect(input?.description).toMatch(/^Set by the runner; do not set\. \S/);
});

test('no other default is an expression', () => {
  const inputs = ACTIONS.flatMap((action) => Object.entries(readManifest(action).inputs));
  const names = inputs.filter(([, input]) => input.default?.includes('${{') === true).map(([name]) => name);
  expect(new Set(names)).toEqual(new Set(['job_status', 'matrix']));
});

test('the outputs are those that the code sets', () => {
  const sources = globSync('src/**/*.ts', { cwd: root }).map((file) =>
    readFileSync(path.join(root, file), 'utf8'),
  );
  const set = sources.flatMap((text) => [...text.matchAll(/setOutput\(\s*'(\w+)'/g)].map(([, name]) => name));
  const named = ACTIONS.flatMap((action) => Object.keys(readManifest(action).outputs));
  expect(new Set(set)).toEqual(new Set(named));
});
