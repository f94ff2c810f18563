import type { Job } from '../../../src/github/job.ts';
import { type PostInputs, rootInputs, type RootInputs } from './inputs.ts';
import type { Signal, StepProcess, Use } from './step-process.ts';
import { SERVER, TestEnvironment, type TestEnvironmentOptions } from './test-environment.ts';

/** What happens in a job, one after the other. */
export interface Scenario extends TestEnvironmentOptions {
  /** With commands, main runs only where it is given. */
  readonly main?: Partial<RootInputs>;
  readonly post?: Partial<PostInputs>;
  /** The signal that main gets, and after how many milliseconds. */
  readonly signal?: readonly [Signal, number];
  readonly commands?: readonly Use[];
  readonly job?: Job;
  readonly between?: (testEnv: TestEnvironment) => void;
}

export interface Played {
  readonly testEnv: TestEnvironment;
  /** The processes in their order. */
  readonly steps: readonly { readonly name: string; readonly process: StepProcess }[];
}

export async function play(scenario: Scenario): Promise<Played> {
  const { main, post, signal, commands, job, between, ...options } = scenario;
  const testEnv = new TestEnvironment(options);
  const steps: { name: string; process: StepProcess }[] = [];
  const started =
    main !== undefined || commands === undefined
      ? testEnv.start({ use: 'main', inputs: rootInputs(main) }, job && { job })
      : null;
  if (started !== null) {
    if (signal) {
      await testEnv.pass(signal[1]);
      started.signal(signal[0]);
    }
    await testEnv.clock.run(started.done);
    steps.push({ name: 'main', process: started });
  }
  for (const command of commands ?? []) {
    steps.push({ name: command.use, process: await testEnv.run(command) });
  }
  between?.(testEnv);
  if (started !== null && post) {
    steps.push({ name: 'post', process: await testEnv.post(started, post, job && { job }) });
  }
  return { testEnv, steps };
}

/** A snapshot, a deploy that changes the server, and the post step. */
export async function deployAndPost(
  inputs: Partial<RootInputs>,
  post: Partial<PostInputs>,
  options: TestEnvironmentOptions = {},
  between: (testEnv: TestEnvironment) => void = () => {},
): Promise<{
  readonly testEnv: TestEnvironment;
  readonly main: StepProcess;
  readonly post: StepProcess;
}> {
  const testEnv = new TestEnvironment(options);
  const main = await testEnv.main(inputs);
  testEnv.api.deploy(SERVER, 'broken');
  between(testEnv);
  return { testEnv, main, post: await testEnv.post(main, post) };
}
