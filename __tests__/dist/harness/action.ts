import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { actionOf, type EntryName, hasInput, type JobStatus } from '../../../scripts/runner/actions.ts';
import {
  type RunningStep,
  startStep,
  type StepOptions,
  type StepResult,
} from '../../../scripts/runner/step.ts';
import { DEMO_TOKEN, describeRequests, type TestEnvironment } from './test-environment.ts';

export interface StartOptions {
  /** Beside the token, the address, a short `poll_interval` and, for main and post, server 12345. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What main saved. */
  readonly state?: Readonly<Record<string, string>>;
  /** What `${{ job.status }}` says; `success` when left out. */
  readonly job?: JobStatus;
  readonly brokenFiles?: NonNullable<StepOptions['brokenFiles']>;
  readonly nodeArguments?: NonNullable<StepOptions['nodeArguments']>;
}

export interface ActionResult extends StepResult {
  /** What it requested of the API, see `describeRequests`. */
  readonly requests: readonly string[];
  /** How many requests that were. */
  readonly requestCount: number;
}

export interface RunningAction extends Omit<RunningStep, 'ended'> {
  readonly result: Promise<ActionResult>;
  /** Resolves when this many requests of it have arrived, or when it has ended. */
  readonly requested: (count: number) => Promise<void>;
}

/** Starts a built bundle as the runner does. */
export async function startAction(
  testEnv: TestEnvironment,
  entry: EntryName,
  options: StartOptions = {},
): Promise<RunningAction> {
  const { inputs = {}, job = 'success', ...rest } = options;
  const before = testEnv.requests.length;
  const step = await startStep(entry, {
    ...rest,
    folder: await mkdtemp(path.join(testEnv.temp, `${entry}-`)),
    temp: testEnv.temp,
    inputs: { ...usualInputs(testEnv, entry), ...inputs },
    jobStatus: job,
  });
  async function addRequests(): Promise<ActionResult> {
    const result = await step.ended;
    const records = testEnv.requests.slice(before);
    return { ...result, requests: describeRequests(records), requestCount: records.length };
  }
  let hasEnded = false;
  const result = addRequests().finally(() => (hasEnded = true));
  const { ended: _ended, ...running } = step;
  return {
    ...running,
    result,
    async requested(count) {
      while (!hasEnded && testEnv.requests.length - before < count) await delay(5);
    },
  };
}

export function usualInputs(
  testEnv: Pick<TestEnvironment, 'url'>,
  entry: EntryName,
): Readonly<Record<string, string>> {
  const usual = {
    api_token: DEMO_TOKEN,
    api_url: testEnv.url,
    poll_interval: '100ms',
    ...(actionOf(entry).name === 'main' && { server_id: '12345' }),
  };
  return Object.fromEntries(Object.entries(usual).filter(([name]) => hasInput(entry, name)));
}

/** Runs a bundle to its end. */
export async function runAction(
  testEnv: TestEnvironment,
  entry: EntryName,
  options: StartOptions = {},
): Promise<ActionResult> {
  return await (
    await startAction(testEnv, entry, options)
  ).result;
}
