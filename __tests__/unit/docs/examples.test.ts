import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { REPOSITORY } from '../../../scripts/runner/actions.ts';
import { blocks, examples, ROOT, sources } from '../../../scripts/test-workflows/sources.ts';
import { LIBRARY, LINTED_ONLY, substitute } from '../../../scripts/test-workflows/substitutions.ts';

/** What readers copy runs in the tests as they have it, but for a list of substitutions. */

/** The lines that a run has and the reader does not, and the other way round. */
function differing(text: string, runs: string): { readonly added: string[]; readonly gone: string[] } {
  const rest = text.split('\n');
  const gone: string[] = [];
  const added = runs.split('\n').filter((line) => {
    const at = rest.indexOf(line);
    if (at === -1) return true;
    gone.push(...rest.splice(0, at + 1).slice(0, -1));
    return false;
  });
  return { added: added.map((line) => line.trim()), gone: [...gone, ...rest].map((line) => line.trim()) };
}

/** Written out here: these lines are all that may be otherwise. */
const MAY_BE_ADDED = [
  'api_url: ${{ vars.VPS_API_URL }}',
  'poll_interval: 100ms',
  'health_url: ${{ vars.HEALTH_URL }}',
  // The reader's own simulator, on a port that is free here.
  'api_url: http://127.0.0.1:${{ vars.FREE_PORT }}/api/v1',
  'setsid npm run --silent simulator -- --port ${{ vars.FREE_PORT }} --time-scale 600 --ttl 300 > simulator.log 2>&1 &',
];
const MAY_BE_GONE = [
  /^health_url: https:\/\/(\S*\.example\.com|\$\{\{ \w+\.host \}\})\/healthz$/,
  /^api_url: http:\/\/127\.0\.0\.1:8799\/api\/v1$/,
  /^setsid npm run --silent simulator -- --port 8799 --time-scale 600 --ttl 300 > simulator\.log 2>&1 &$/,
];

/** What is round a list of steps, written out here too. */
const FRAME = `name: Block
on: push
permissions:
  contents: read
concurrency:
  group: deploy-web

jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
        with:
          persist-credentials: false
`;

test.each([...examples(), ...blocks()])(
  '$file runs as the reader has it, at another address',
  ({ workflow, runs }) => {
    const { added, gone } = differing(workflow, runs);
    expect(added.filter((line) => !MAY_BE_ADDED.includes(line))).toEqual([]);
    expect(gone.filter((line) => !MAY_BE_GONE.some((pattern) => pattern.test(line)))).toEqual([]);
  },
);

test.each(blocks())('$file is a workflow, or steps in a job of their own', ({ text, workflow }) => {
  const steps = text.trimEnd().replaceAll(/^(?=.)/gm, '      ');
  expect([text.trimEnd(), `${FRAME}${steps}`]).toContain(workflow.trimEnd());
});

test('each piece of YAML in a page has a heading of its own', () => {
  const names = blocks().map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

test('every step of these actions is sent to the simulator, and no other', () => {
  const text = [
    '- uses: actions/checkout@v7',
    '  with:',
    '    path: x',
    `- uses: ${REPOSITORY}@v1`,
    '  with:',
    '    health_url: https://www.example.com/healthz',
    `- uses: ${REPOSITORY}/delete@v1`,
    '  with:',
    '    snapshot_id: 801',
    '- run: curl https://www.example.com/healthz',
  ];
  expect(substitute(text.join('\n')).split('\n')).toEqual([
    ...text.slice(0, 5),
    '    api_url: ${{ vars.VPS_API_URL }}',
    '    poll_interval: 100ms',
    '    health_url: ${{ vars.HEALTH_URL }}',
    `- uses: ${REPOSITORY}/delete@v1`,
    '  with:',
    '    api_url: ${{ vars.VPS_API_URL }}',
    '    snapshot_id: 801',
    '- run: curl https://www.example.com/healthz',
  ]);
});

describe('every example runs', () => {
  const run = sources().map(({ file }) => file);

  test.each(examples().filter(({ file }) => !LINTED_ONLY.includes(file)))('$file', ({ file }) => {
    // A workflow that is called runs as a part of the one that calls it.
    expect([...run, LIBRARY.file]).toContain(file);
  });

  test.each(LINTED_ONLY)('%s does not, and says so', (file) => {
    expect(run).not.toContain(file);
    expect(readFileSync(path.join(ROOT, file), 'utf8')).toMatch(
      /^# .*checked by linters\n# only: it was never run/m,
    );
  });
});

test('no expectation is left over', () => {
  const expected = sources().map(({ expectation }) => expectation);
  const found = globSync('__tests__/workflows/**/*.expect.yml', { cwd: ROOT });
  expect(found.toSorted()).toEqual(expected.toSorted());
});
