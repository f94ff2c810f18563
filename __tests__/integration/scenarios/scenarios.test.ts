import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { play, type Scenario } from '../harness/scenario.ts';
import { COMMANDS } from './commands.ts';
import { CREATE } from './create.ts';
import { POST } from './post.ts';
import { recordOf } from './record.ts';
import { SERVER } from './server.ts';

/**
 * What a user sees of each scenario, so that nothing of it changes unnoticed.
 *
 * `UPDATE_SCENARIOS=1 npm test -- scenarios` writes them anew; the difference is to be read.
 */
const FOLDER = new URL('recorded/', import.meta.url);

/** The main step of a rollback is like that of any good deploy. */
const GROUPS: readonly { scenarios: Readonly<Record<string, Scenario>>; brief: readonly string[] }[] = [
  { scenarios: CREATE, brief: [] },
  { scenarios: SERVER, brief: [] },
  { scenarios: POST, brief: ['main'] },
  { scenarios: COMMANDS, brief: ['main'] },
];
const ALL = GROUPS.flatMap(({ scenarios, brief }) =>
  Object.entries(scenarios).map(([name, scenario]) => ({ name, scenario, brief })),
);

describe('the recorded text of', () => {
  test.each(ALL)('$name', async ({ name, scenario, brief }) => {
    const text = recordOf(await play(scenario), brief);
    const file = new URL(`${name.replaceAll(/[^a-z_]+/g, '-')}.txt`, FOLDER);
    if (process.env['UPDATE_SCENARIOS'] === '1') {
      await mkdir(FOLDER, { recursive: true });
      await writeFile(file, text);
    }
    expect(text).toBe(await readFile(file, 'utf8'));
  });
});
