/** The step of .github/actions/deploy: writes to the simulated server, where a rollback has to undo it. */
import { setTimeout as delay } from 'node:timers/promises';

const { INPUT_URL: url = '', INPUT_CONTENT: content = '', INPUT_ENDS: ends = '' } = process.env;
/** Longer than any time-out of the self-test. */
const FOREVER_MS = 1_800_000;

const response = await fetch(new URL('/_sim/deploy', url), {
  method: 'POST',
  body: JSON.stringify({ content }),
});
if (!response.ok) throw new Error(await response.text());
process.stdout.write(`deployed ${content}\n`);
if (ends === 'never') await delay(FOREVER_MS);
process.exitCode = ends === 'failure' ? 1 : 0;
