import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { bundleOf, type EntryName, inputVariables, type JobStatus } from './actions.ts';
import { type Annotation, annotationsOf, type Command, parseCommands, parseFile } from './runner-files.ts';
import { noteStart } from './started-steps.ts';
import { checkStep } from './step-invariants.ts';

export interface StepOptions {
  /** An empty one, for this process alone. */
  readonly folder: string;
  /** `RUNNER_TEMP`, the same for all steps of a job. */
  readonly temp: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** What main saved. */
  readonly state?: Readonly<Record<string, string>>;
  /** What `${{ job.status }}` says. */
  readonly jobStatus: JobStatus;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArguments?: readonly string[] | undefined;
  /** Another Node than the one that runs this, and another copy of the bundle. */
  readonly node?: string | undefined;
  readonly bundle?: string | undefined;
  /** What a path is called where that Node runs. */
  readonly toPath?: ((file: string) => string) | undefined;
  /** Files that cannot be written from the start. */
  readonly brokenFiles?: readonly RunnerFile[] | undefined;
  /** Hears each line of the log as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface StepResult {
  readonly entry: EntryName;
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly commands: readonly Command[];
  readonly annotations: readonly Annotation[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
}

export type RunnerFile = 'GITHUB_OUTPUT' | 'GITHUB_STATE' | 'GITHUB_STEP_SUMMARY';

export interface RunningStep {
  readonly ended: Promise<StepResult>;
  readonly kill: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => void;
  /** From now on the file cannot be written: a folder stands in its place, which stops even root. */
  readonly breakFile: (file: RunnerFile) => void;
  /** Whoever read the log has gone away; annotations after that are seen by nobody. */
  readonly closeLog: () => void;
  /** The job summary as it is now. */
  readonly readSummary: () => Promise<string>;
  /** Resolves when the log has this, or when the step has ended. */
  readonly logged: (text: RegExp) => Promise<void>;
}

/** The run that a step is part of; nothing else of this process's environment reaches it. */
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

/** Starts a built bundle as the runner does; what holds for every step is checked when it has ended. */
export async function startStep(entry: EntryName, options: StepOptions): Promise<RunningStep> {
  const { folder, temp, inputs, state = {}, jobStatus, env, nodeArguments = [], onLine } = options;
  const { brokenFiles = [], node = process.execPath, bundle = bundleOf(entry), toPath = String } = options;
  const files = {
    GITHUB_OUTPUT: path.join(folder, 'output'),
    GITHUB_STATE: path.join(folder, 'state'),
    GITHUB_STEP_SUMMARY: path.join(folder, 'summary.md'),
  };
  for (const file of Object.values(files)) await writeFile(file, '');
  const breakFile = (file: RunnerFile): void => {
    rmSync(files[file]);
    mkdirSync(files[file]);
  };
  brokenFiles.forEach(breakFile);
  noteStart(entry);
  const child = spawn(node, [...nodeArguments, toPath(bundle)], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: path.dirname(process.execPath),
      ...GITHUB_ENV,
      RUNNER_TEMP: toPath(temp),
      ...Object.fromEntries(Object.entries(files).map(([name, file]) => [name, toPath(file)])),
      ...inputVariables(entry, inputs, jobStatus),
      ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
      ...env,
    },
  });
  let [stdout, stderr] = ['', ''];
  let isLogClosed = false;
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (stdout += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece));
  if (onLine) createInterface({ input: child.stdout }).on('line', onLine);

  async function collect(): Promise<StepResult> {
    const [code] = (await once(child, 'close')) as [number | null];
    const commands = parseCommands(stdout);
    const result: StepResult = {
      entry,
      code,
      stdout,
      stderr,
      commands,
      annotations: annotationsOf(commands),
      outputs: parseFile(await readOrNothing(files.GITHUB_OUTPUT)),
      state: parseFile(await readOrNothing(files.GITHUB_STATE)),
      summary: await readOrNothing(files.GITHUB_STEP_SUMMARY),
    };
    checkStep(result, isLogClosed);
    return result;
  }
  return {
    ended: collect(),
    kill: (signal) => void child.kill(signal),
    breakFile,
    closeLog() {
      isLogClosed = true;
      child.stdout.destroy();
    },
    readSummary: () => readOrNothing(files.GITHUB_STEP_SUMMARY),
    async logged(text) {
      while (child.exitCode === null && child.signalCode === null && !text.test(stdout)) await delay(5);
    },
  };
}

/** What the runner finds; nothing where the file was broken. */
async function readOrNothing(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EISDIR') return '';
    throw error;
  });
}
