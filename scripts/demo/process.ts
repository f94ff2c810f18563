import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** No step of the demo takes a tenth of this; one that hangs must not hang the demo. */
const LONGEST_MS = 60_000;

const fastTime = fileURLToPath(import.meta.resolve('./fast-time.ts'));

export interface BundleRun {
  readonly bundle: string;
  readonly env: NodeJS.ProcessEnv;
  /** Each line as it comes; `signal` sends one to the process, as a runner does when somebody cancels. */
  readonly onLine: (line: string, signal: (name: NodeJS.Signals) => void) => void;
}

/** Runs a bundle to its end, with nothing in its environment but what is given; gives its exit code. */
export async function runBundle({ bundle, env, onLine }: BundleRun): Promise<number> {
  const child = spawn(process.execPath, ['--import', fastTime, bundle], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  const lines = [child.stdout, child.stderr].map((input) => createInterface({ input }));
  for (const source of lines) source.on('line', (line) => onLine(line, (name) => void child.kill(name)));
  const ends = [once(child, 'close'), ...lines.map((source) => once(source, 'close'))];
  const [[code]] = (await Promise.all(ends)) as [[number | null]];
  clearTimeout(timer);
  return code ?? 137;
}
