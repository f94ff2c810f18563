import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { actionOf, type EntryName, hasInput, type JobStatus } from '../../../scripts/runner/actions.ts';
import { type RunningStep, startStep, type StepResult } from '../../../scripts/runner/step.ts';
import { DEMO_TOKEN } from '../../../simulator/machine.ts';
import { showRequests, type Stage } from './test-environment.ts';

export interface StartOptions {
  /** Beside the token, the address, a short `poll_interval` and, for main and post, server 12345. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What main saved. */
  readonly state?: Readonly<Record<string, string>>;
  /** What `${{ job.status }}` says; `success` when left out. */
  readonly job?: JobStatus;
}

export interface Ended extends StepResult {
  /** What it asked the API, see `showRequests`. */
  readonly requests: readonly string[];
  /** How many requests that were. */
  readonly requestCount: number;
}

export interface Running extends Pick<RunningStep, 'kill'> {
  readonly ended: Promise<Ended>;
  /** Resolves when this many requests of it have arrived, or when it has ended. */
  readonly asked: (count: number) => Promise<void>;
}

/** Starts a built bundle as the runner does. */
export async function startAction(
  stage: Stage,
  entry: EntryName,
  options: StartOptions = {},
): Promise<Running> {
  const { inputs = {}, job = 'success', ...rest } = options;
  const usual = {
    api_token: DEMO_TOKEN,
    api_url: stage.server.url,
    poll_interval: '100ms',
    ...(actionOf(entry).name === 'main' && { server_id: '12345' }),
  };
  const known = Object.fromEntries(Object.entries(usual).filter(([name]) => hasInput(entry, name)));
  const before = stage.server.requests.length;
  const step = await startStep(entry, {
    ...rest,
    folder: await mkdtemp(path.join(stage.temp, `${entry}-`)),
    temp: stage.temp,
    inputs: { ...known, ...inputs },
    jobStatus: job,
  });
  async function addRequests(): Promise<Ended> {
    const result = await step.ended;
    const records = stage.server.requests.slice(before);
    return { ...result, requests: showRequests(records), requestCount: records.length };
  }
  let hasEnded = false;
  const ended = addRequests().finally(() => (hasEnded = true));
  return {
    ended,
    kill: step.kill,
    async asked(count) {
      while (!hasEnded && stage.server.requests.length - before < count) await delay(5);
    },
  };
}

/** Runs a bundle to its end. */
export async function runAction(stage: Stage, entry: EntryName, options: StartOptions = {}): Promise<Ended> {
  return await (
    await startAction(stage, entry, options)
  ).ended;
}
