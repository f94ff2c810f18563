import { createRequire } from 'node:module';
import path from 'node:path';
import type Sequencer from '@jest/test-sequencer';

// Its types are those of the CommonJS half.
const { default: TestSequencer } = createRequire(import.meta.url)('@jest/test-sequencer') as typeof Sequencer;
type Tests = Parameters<InstanceType<typeof TestSequencer>['sort']>[0];

/** Where tests mostly wait: for bundles, and for the commands of `scripts/`. */
const WAITING = ['dist', 'unit/scripts'].map((folder) => path.normalize(`/__tests__/${folder}/`));

/**
 * The order of a jest run: what waits goes first, so that what computes fills its pauses and no core rests at the end.
 * Within both it is the usual one, the longest first as far as jest has seen them run.
 */
export default class WaitingFirst extends TestSequencer {
  override sort(tests: Tests): Tests {
    // oxlint-disable-next-line unicorn/no-array-sort -- jest's own
    const sorted = super.sort(tests) as Tests;
    const isWaiting = ({ path: file }: Tests[number]): boolean =>
      WAITING.some((folder) => file.includes(folder));
    return [...sorted.filter(isWaiting), ...sorted.filter((test) => !isWaiting(test))];
  }
}
