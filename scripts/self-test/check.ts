/** Post step of .github/actions/simulator, the last one of its job: compares what was done to the simulated server. */
import { differences, type Expectation } from './differences.ts';

const {
  STATE_url: url = '',
  INPUT_CHANGES: changes = '',
  INPUT_CONTENT: content = '',
  INPUT_DESCRIPTION: description = '',
} = process.env;

async function ask(what: string): Promise<unknown> {
  return await (await fetch(new URL(`/_sim/${what}`, url))).json();
}

const expected: Expectation = { changes, content, description };
const found = differences(expected, await ask('requests'), await ask('state'));
for (const difference of found) process.stdout.write(`::error title=Self-test::${difference}\n`);
if (found.length === 0) process.stdout.write('The simulated server saw what was expected.\n');
else process.exitCode = 1;
