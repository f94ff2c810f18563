import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { DEMO_TOKEN } from '../../../simulator/api/simulated-api.ts';
import { checkEnding } from './promises.ts';
import { type ActionName, bundleOf, hasInput, inputVariables, type JobStatus } from './manifest.ts';
import { type Annotation, annotationsOf, type Command, parseCommands, parseFile } from './runner-files.ts';
import { showRequests, type Stage } from './stage.ts';

export interface StartOptions {
  /** Beside the token, the address, a short `poll_interval` and, for the root action, server 12345. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What main saved. */
  readonly state?: Readonly<Record<string, string>>;
  /** What `${{ job.status }}` says; `success` when left out. */
  readonly job?: JobStatus;
}

export interface Ended {
  readonly action: ActionName;
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly commands: readonly Command[];
  readonly annotations: readonly Annotation[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What it asked the API, see `showRequests`. */
  readonly requests: readonly string[];
  /** How many requests that were. */
  readonly requestCount: number;
}

export interface Running {
  readonly ended: Promise<Ended>;
  readonly kill: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => void;
  /** Resolves when this many requests of it have arrived, or when it has ended. */
  readonly asked: (count: number) => Promise<void>;
}

/** The run that all tests are part of; everything else of the environment is left out. */
export const GITHUB_ENV = {
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  GITHUB_ACTION: 'snapshot',
  GITHUB_JOB: 'deploy',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REF_NAME: 'main',
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_REPOSITORY_ID: '4711',
  GITHUB_REPOSITORY_OWNER: 'acme',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_RUN_ID: '1001',
  GITHUB_RUN_NUMBER: '17',
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
  GITHUB_WORKFLOW: 'Deploy',
} as const;

/** Starts a built bundle as the runner does. */
export async function startAction(
  stage: Stage,
  action: ActionName,
  options: StartOptions = {},
): Promise<Running> {
  const { inputs = {}, env = {}, state = {}, job = 'success' } = options;
  const folder = await mkdtemp(path.join(stage.temp, `${action}-`));
  const files = {
    GITHUB_OUTPUT: path.join(folder, 'output'),
    GITHUB_STATE: path.join(folder, 'state'),
    GITHUB_STEP_SUMMARY: path.join(folder, 'summary'),
  };
  for (const file of Object.values(files)) await writeFile(file, '');
  const usual = {
    api_token: DEMO_TOKEN,
    api_url: stage.server.url,
    poll_interval: '100ms',
    ...((action === 'main' || action === 'post') && { server_id: '12345' }),
  };
  const known = Object.fromEntries(Object.entries(usual).filter(([name]) => hasInput(action, name)));
  const before = stage.server.requests.length;
  const child = spawn(process.execPath, [bundleOf(action)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: path.dirname(process.execPath),
      ...GITHUB_ENV,
      RUNNER_TEMP: stage.temp,
      ...files,
      ...inputVariables(action, { ...known, ...inputs }, job),
      ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
      ...env,
    },
  });
  let hasEnded = false;
  const ended = collect(child, action, files, stage, before).finally(() => (hasEnded = true));
  return {
    ended,
    kill: (signal) => void child.kill(signal),
    async asked(count) {
      while (!hasEnded && stage.server.requests.length - before < count) await delay(5);
    },
  };
}

async function collect(
  child: ChildProcess,
  action: ActionName,
  files: Readonly<Record<'GITHUB_OUTPUT' | 'GITHUB_STATE' | 'GITHUB_STEP_SUMMARY', string>>,
  stage: Stage,
  before: number,
): Promise<Ended> {
  if (child.stdout === null || child.stderr === null) throw new Error('no pipes');
  const [exit, stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    readText(child.stdout),
    readText(child.stderr),
  ]);
  const commands = parseCommands(stdout);
  const records = stage.server.requests.slice(before);
  const ended: Ended = {
    action,
    code: exit[0],
    stdout,
    stderr,
    commands,
    annotations: annotationsOf(commands),
    outputs: parseFile(await readFile(files.GITHUB_OUTPUT, 'utf8')),
    state: parseFile(await readFile(files.GITHUB_STATE, 'utf8')),
    summary: await readFile(files.GITHUB_STEP_SUMMARY, 'utf8'),
    requests: showRequests(records),
    requestCount: records.length,
  };
  checkEnding(ended);
  return ended;
}

/** Runs a bundle to its end. */
export async function runAction(
  stage: Stage,
  action: ActionName,
  options: StartOptions = {},
): Promise<Ended> {
  return await (
    await startAction(stage, action, options)
  ).ended;
}
