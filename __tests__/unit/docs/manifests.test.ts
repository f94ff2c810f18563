import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parse } from 'yaml';

interface Manifest {
  readonly description: string;
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly default?: string; readonly required?: boolean }>
  >;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string };
}

const asked = new Set<string>();
let given: Readonly<Record<string, string>> = {};

jest.unstable_mockModule('@actions/core', () => ({
  getInput: (name: string) => {
    asked.add(name);
    return given[name] ?? '';
  },
  setSecret: () => undefined,
}));

const inputs = await import('../../../src/github/inputs/actions.ts');

const root = path.resolve(import.meta.dirname, '../../..');
const load = (file: string): Manifest => parse(readFileSync(path.join(root, file), 'utf8')) as Manifest;

/** What a user has to give so that nothing is wrong. */
const REQUIRED = { api_token: 'vps_x', server_id: '1', snapshot_id: '2', older_than: '3d' };

const FAMILY = [
  ['action.yml', inputs.readRootInputs],
  ['wait/action.yml', inputs.readWaitInputs],
  ['restore/action.yml', inputs.readRestoreInputs],
  ['delete/action.yml', inputs.readDeleteInputs],
  ['prune/action.yml', inputs.readPruneInputs],
] as const;

beforeEach(() => {
  asked.clear();
});

afterEach(() => {
  given = {};
});

describe.each(FAMILY)('%s', (file, read) => {
  const manifest = load(file);
  const defaults = Object.fromEntries(
    Object.entries(manifest.inputs).map(([name, input]) => [name, input.default ?? '']),
  );

  test('has exactly the inputs that the code reads', () => {
    given = REQUIRED;
    read();
    expect([...asked].toSorted()).toEqual(Object.keys(manifest.inputs).toSorted());
  });

  test('has the defaults that the code has', () => {
    given = { ...defaults, ...REQUIRED, job_status: '' };
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

  test('runs a bundle of its own on node24', () => {
    const name = path.dirname(file) === '.' ? 'main' : path.dirname(file);
    expect(manifest.runs.using).toBe('node24');
    expect(path.join(path.dirname(file), manifest.runs.main)).toBe(`dist/${name}/index.js`);
  });
});

test('what destroys data says so', () => {
  const { inputs: main } = load('action.yml');
  const { inputs: restore } = load('restore/action.yml');
  const destructive = [main['on_failure'], main['restore_if'], restore['snapshot_id']];
  for (const input of destructive) {
    expect(input?.description).toContain(
      'everything written to it since the snapshot was taken is lost for good',
    );
  }
  expect(main['on_cancel']?.description).toMatch(/cannot be told apart.*overwrites.*best effort/s);
});

test('main of the root action learns the status of the job', () => {
  expect(load('action.yml').inputs['job_status']?.default).toBe('${{ job.status }}');
});
