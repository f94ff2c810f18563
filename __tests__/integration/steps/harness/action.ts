import { createLog } from '../../../../src/github/log.ts';
import { createCompletionProofs } from '../../../../src/github/job-files/completion-proof.ts';
import {
  readDeleteInputs,
  readPruneInputs,
  readRestoreInputs,
  readWaitInputs,
} from '../../../../src/github/inputs/commands.ts';
import { InputError } from '../../../../src/github/inputs/reader.ts';
import { readPostInputs, readRootInputs } from '../../../../src/github/inputs/root.ts';
import { countUse, noteFirstPost } from '../../../../src/github/job-files/job-files.ts';
import { type Job, readJob } from '../../../../src/github/job.ts';
import { createDeletionRecords } from '../../../../src/github/job-files/deletion-record.ts';
import { createRestoreRecords } from '../../../../src/github/job-files/restore-record.ts';
import { type EntryName, inputVariables } from '../../../../scripts/runner/actions.ts';
import { annotationsOf, parseCommands } from '../../../../scripts/runner/runner-files.ts';
import { GITHUB_ENV } from '../../../../scripts/runner/step.ts';
import { checkStep } from '../../../../scripts/runner/step-invariants.ts';
import { createSimulatedTransport } from '../../../../simulator/transports/in-process.ts';
import { type ActionResult, type StartOptions, usualInputs } from '../../../dist/harness/action.ts';
import { describeRequests } from '../../../dist/harness/test-environment.ts';
import { FakeRunner } from '../../harness/fake-runner.ts';
import { createFakeHealth } from '../../harness/test-environment.ts';
import { reportFailure, StepProcess, type Use } from '../../harness/step-process.ts';
import { type TestEnvironment } from './test-environment.ts';

export type { ActionResult, StartOptions };

/** One round trip. */
const LATENCY_MS = 5;
let keys = 0;

/** Runs a step as its entry in `src/entry` does, in this process and in virtual time. */
export async function runAction(
  testEnv: TestEnvironment,
  entry: EntryName,
  options: StartOptions = {},
): Promise<ActionResult> {
  const { inputs = {}, job: jobStatus = 'success', env = {}, state: saved = {} } = options;
  const job = readJob({ ...GITHUB_ENV, RUNNER_TEMP: testEnv.temp, ...env });
  const before = testEnv.requests.length;
  const state = new Map(Object.entries(saved));
  const variables = inputVariables(entry, { ...usualInputs(testEnv, entry), ...inputs }, jobStatus);
  const step = await start(testEnv, entry, { job, state, variables: { ...variables, ...env } });
  const { runner } = step;
  const stdout = runner.printed.map((line) => `${line}\n`).join('');
  const commands = parseCommands(stdout);
  const records = testEnv.requests.slice(before);
  const result = {
    entry,
    code: step.code,
    stdout,
    stderr: '',
    commands,
    annotations: annotationsOf(commands),
    outputs: Object.fromEntries(runner.outputs),
    state: Object.fromEntries(state),
    summary: runner.summary,
    requests: describeRequests(records),
    requestCount: records.length,
  };
  checkStep(result, false);
  return result;
}

interface Ended {
  readonly runner: FakeRunner;
  readonly code: number;
}

async function start(
  testEnv: TestEnvironment,
  entry: EntryName,
  { job, state, variables }: { job: Job; state: Map<string, string>; variables: Record<string, string> },
): Promise<Ended> {
  const { api, clock, faults, requests, url } = testEnv;
  let use: Use;
  try {
    use = readUse(entry, job, variables);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const runner = new FakeRunner(() => clock.now(), state);
    reportFailure(error, createLog(runner, clock, job), false);
    return { runner, code: 1 };
  }
  const process = new StepProcess(use, {
    clock,
    job: entry === 'main' ? { ...job, origin: { ...job.origin, use: countUse(job) } } : job,
    state,
    completionProofs: createCompletionProofs(job, url),
    restoreRecords: createRestoreRecords(job, url),
    deletionRecords: createDeletionRecords(job, url),
    firstPostAt: (now) => noteFirstPost(job, now),
    random: () => 0.5,
    newKey: () => `10000000-0000-4000-8000-${String((keys += 1)).padStart(12, '0')}`,
    health: (processClock) => createFakeHealth(processClock, () => 200),
    transport: (processClock) =>
      createSimulatedTransport({
        api,
        clock: processClock,
        apiClock: clock,
        faults,
        requests,
        latencyMs: LATENCY_MS,
      }),
  });
  await clock.run(process.done);
  return { runner: process.runner, code: process.exitCode };
}

/** The inputs as the entry reads them, from the environment that the runner gives. */
function readUse(entry: EntryName, job: Job, variables: Readonly<Record<string, string>>): Use {
  const around = { ...process.env };
  const write = process.stdout.write.bind(process.stdout);
  try {
    Object.assign(process.env, variables);
    // Masks, which a runner would take out of the log.
    process.stdout.write = () => true;
    switch (entry) {
      case 'main':
        return { use: 'main', inputs: readRootInputs(job) };
      case 'post':
        return { use: 'post', inputs: readPostInputs() };
      case 'wait':
        return { use: 'wait', inputs: readWaitInputs() };
      case 'restore':
        return { use: 'restore', inputs: readRestoreInputs(job.eventName) };
      case 'delete':
        return { use: 'delete', inputs: readDeleteInputs() };
      case 'prune':
        return { use: 'prune', inputs: readPruneInputs() };
    }
  } finally {
    process.stdout.write = write;
    process.env = around;
  }
}
