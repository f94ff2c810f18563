/** Main step of .github/actions/simulator: starts a simulator that stays until the job ends, and gives its address. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** It ends by itself where the runner does not end it. */
const LIFETIME_SECONDS = 1800;
/** Virtual seconds per second: a snapshot of ten minutes takes one second. */
const TIME_SCALE = 600;

const { INPUT_OPTIONS: options = '', GITHUB_OUTPUT: outputs = '', GITHUB_STATE: state = '' } = process.env;

const cli = path.resolve(import.meta.dirname, '../../simulator/cli.ts');
const given = options.split(/\r?\n/).filter((line) => line !== '');
const child = spawn(
  process.execPath,
  [cli, `--ttl=${LIFETIME_SECONDS}`, `--time-scale=${TIME_SCALE}`, ...given],
  // In a session of its own, or it would end with this step.
  { detached: true, windowsHide: true, stdio: ['ignore', 'pipe', 'inherit'] },
);
const ended = once(child, 'exit').then(([code]) => {
  throw new Error(`the simulator ended with ${code} before it listened`);
});
const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [
  string,
];
const url = /http:\S+$/.exec(line)?.[0];
if (url === undefined) throw new Error(`the simulator said "${line}"`);
process.stdout.write(`${line}\n`);
appendFileSync(outputs, `url=${url}\n`);
appendFileSync(state, `url=${url}\n`);
// The simulator goes on, and nothing here waits for it any more.
process.exit();
