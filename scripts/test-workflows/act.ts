import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { REPOSITORY } from '../runner/actions.ts';
import { ROOT } from './sources.ts';
import { CLONE_ADDRESS, COMMANDS, LIBRARY, RUNNER_LABELS, SECRETS } from './substitutions.ts';

const act = path.resolve(import.meta.dirname, '../../.tools/bin/act');
/** On a busy machine: the longest takes some 20 s on one without other work. */
const TIME_LIMIT_MS = 180_000;

/** What the workflows may know of the place they run in. */
export interface Run {
  /** The exported repository. */
  readonly repository: string;
  /** The exported repository of reusable workflows. */
  readonly library: string;
  readonly workflow: string;
  /** Holds act's caches and the jobs' folders. */
  readonly home: string;
  readonly apiUrl: string;
  /** Base of GitHub's API, where a stand-in of it runs. */
  readonly githubUrl: string | undefined;
  readonly event: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** 1, or more where the workflow is started again. */
  readonly run: number;
  /** 1, or more for a re-run. */
  readonly attempt: number;
  /** The only leg of a matrix that runs; empty for all. */
  readonly leg: string;
  /** A part of the command that breaks, of those that are stood for; empty for none. */
  readonly breaks: string;
  /** Whether the workflow is about this repository itself, with its packages. */
  readonly isOwn: boolean;
}

/** act says less than the real runner about where a workflow runs. */
const RUNNER = {
  GITHUB_REPOSITORY: 'acme/web-shop',
  GITHUB_REPOSITORY_ID: '4711',
};

const pairs = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).map(([name, value]) => `${name}=${value}`);

const STAND_IN = path.join(import.meta.dirname, 'stand-in.ts');

/** act takes node from here, and this one is Node 24. */
const searchPath = (): string => [path.dirname(process.execPath), process.env['PATH']].join(path.delimiter);

/** A script that calls the stand-in by the name of a command. */
export const standInFor = (command: string): string =>
  `#!/bin/sh\nexec '${process.execPath}' '${STAND_IN}' ${command} "$@"\n`;

/**
 * npm itself, but for `npm ci`: what that leaves is in this folder already, and no registry that is slow for a moment
 * may decide how a workflow ends. Without links where the job's folder is on another disk.
 */
const npmWithPackages = (modules: string): string =>
  `#!/bin/sh
if [ "$1" = ci ]; then
  cp -al '${modules}' . || cp -a '${modules}/.' node_modules
else
  PATH='${searchPath()}' exec npm "$@"
fi
`;

/** A folder with the commands that are stood for; a workflow of this repository itself has its own but for npm. */
function putStandIns({ home, isOwn }: Pick<Run, 'home' | 'isOwn'>): string {
  const folder = path.join(home, 'bin');
  mkdirSync(folder, { recursive: true });
  const scripts = isOwn
    ? { npm: npmWithPackages(path.join(ROOT, 'node_modules')) }
    : Object.fromEntries(COMMANDS.map((command) => [command, standInFor(command)]));
  for (const [command, script] of Object.entries(scripts))
    writeFileSync(path.join(folder, command), script, { mode: 0o755 });
  return folder;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A simulator that a job has started outlives it, and would keep its port. */
function endSimulator(home: string): void {
  const file = path.join(home, 'simulator.pid');
  if (!existsSync(file)) return;
  try {
    process.kill(Number(readFileSync(file, 'utf8')));
  } catch {
    // It has ended by itself.
  }
}

/** Runs one workflow on this machine, without containers; gives act's log and its exit code. */
export async function runWorkflow(run: Run): Promise<{ exitCode: number | null; log: string }> {
  mkdirSync(run.home, { recursive: true });
  const runner = {
    ...RUNNER,
    GITHUB_RUN_ID: String(9_000_000_000 + run.run),
    GITHUB_RUN_NUMBER: String(16 + run.run),
    GITHUB_RUN_ATTEMPT: String(run.attempt),
    // Nothing may reach the real one.
    GITHUB_API_URL: run.githubUrl ?? 'http://127.0.0.1:9',
    // For the commands that are stood for.
    VPS_API_URL: run.apiUrl,
    STAND_IN_BREAKS: run.breaks,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${run.repository}.insteadOf`,
    GIT_CONFIG_VALUE_0: CLONE_ADDRESS,
  };
  const options = {
    workflows: [run.workflow],
    platform: RUNNER_LABELS.map((label) => `${label}=-self-hosted`),
    'local-repository': [`${REPOSITORY}@v1=${run.repository}`, `${LIBRARY.repository}@v1=${run.library}`],
    secret: [...pairs(SECRETS), 'GITHUB_TOKEN=ghs_demo_token'],
    // Any address that answers 2xx will do for an application that is well.
    var: [
      `FREE_PORT=${await findFreePort()}`,
      `VPS_API_URL=${run.apiUrl}`,
      `HEALTH_URL=${new URL('/_sim/switches', run.apiUrl).href}`,
    ],
    env: pairs(runner),
    matrix: run.leg === '' ? [] : [run.leg],
    input: pairs(run.inputs),
  };
  const args = [run.event, '--no-cache-server'];
  for (const [option, values] of Object.entries(options)) {
    args.push(...values.flatMap((value) => [`--${option}`, value]));
  }
  // A home of its own, and nothing else of this environment: no .actrc may change a result.
  const env = {
    HOME: run.home,
    PATH: [putStandIns(run), searchPath()].join(path.delimiter),
  };
  const child = spawn(act, args, { cwd: run.repository, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIME_LIMIT_MS);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  clearTimeout(timer);
  endSimulator(run.home);
  if (exitCode === null) log += `\nact was stopped after ${TIME_LIMIT_MS / 1000} s\n`;
  return { exitCode, log };
}
