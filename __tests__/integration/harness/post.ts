import type { PostInputs, RootInputs } from '../../../src/github/inputs/actions.ts';
import type { StepProcess } from './step-process.ts';
import { SERVER, Stage, type StageOptions } from './test-environment.ts';

export const FAILED = { jobStatus: 'failure' };
export const RESTORE: Partial<RootInputs> = { onFailure: 'restore' };

interface Played {
  readonly stage: Stage;
  readonly main: StepProcess;
  readonly post: StepProcess;
}

/** Snapshot, a deploy that changes the server, and the post step. */
export async function play(
  inputs: Partial<RootInputs>,
  post: Partial<PostInputs>,
  options: StageOptions = {},
  between: (stage: Stage) => void = () => {},
): Promise<Played> {
  const stage = new Stage(options);
  const main = await stage.main(inputs);
  stage.machine.deploy(SERVER, 'broken');
  between(stage);
  return { stage, main, post: await stage.post(main, post) };
}
