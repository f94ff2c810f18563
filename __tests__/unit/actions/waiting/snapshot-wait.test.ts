import { expect, test } from '@jest/globals';
import { createSnapshotWaiter } from '../../../../src/actions/waiting/snapshot-wait.ts';
import type { WaitTarget } from '../../../../src/actions/waiting/wait-target.ts';
import type { Snapshot } from '../../../../src/vps/model.ts';
import { KEY, markerOf } from '../../snapshots/samples.ts';
import { createTestDeps, listOf, SECOND, snapshotOf } from '../test-deps.ts';

interface Waited {
  /** When lists were read, in seconds. */
  readonly reads: readonly number[];
  readonly lines: readonly string[];
  readonly events: readonly string[];
}

/** Waits for snapshots, each with the key of this step, while lists show `shown`. */
async function wait(ids: readonly string[], shown: (second: number) => readonly Snapshot[]): Promise<Waited> {
  const reads: number[] = [];
  const events: string[] = [];
  const { deps, clock, lines } = createTestDeps({
    api: {
      listSnapshots() {
        reads.push(clock.now() / SECOND);
        return Promise.resolve(listOf(shown(clock.now() / SECOND)));
      },
    },
  });
  const waiter = createSnapshotWaiter(deps, {
    timeout: '30m',
    timeoutInput: 'wait_timeout',
    firstPatience: 'standing',
  });
  const targetOf = (id: string, index: number): WaitTarget => ({
    id,
    key: index === 0 ? KEY : null,
    serverId: '12345',
    label: () => 'web',
    onSeen: ({ status }) => void events.push(`${id} ${status}`),
    onDuplicates: (_snapshot, duplicates) =>
      void events.push(`${id} beside ${duplicates.map((each) => each.id).join()}`),
    onCompleted: () => void events.push(`${id} is there`),
  });
  await clock.run(Promise.all(ids.map((id, index) => waiter.wait(targetOf(id, index)))));
  return { reads, lines, events };
}

const running = (id: string, fields: Partial<Snapshot> = {}): Snapshot =>
  snapshotOf(id, { status: 'in_progress', ...fields });

test('what is complete is not called waited for any more', async () => {
  const { lines } = await wait(['801', '802'], (second) => [
    second < 100 ? running('801') : snapshotOf('801'),
    second < 200 ? running('802') : snapshotOf('802'),
  ]);
  const heartbeats = lines.filter((line) => line.includes('Still waiting'));
  const since = heartbeats.findIndex((line) => Number.parseInt(line, 10) > 110);
  expect(since).toBeGreaterThan(0);
  for (const [index, line] of heartbeats.entries()) expect(line.includes('snapshot 801')).toBe(index < since);
  expect(heartbeats.every((line) => line.endsWith("snapshot 802 of web: 'in_progress'"))).toBe(true);
});

test('each word is passed on once, and so is each change of the duplicates', async () => {
  const duplicate = (id: string): Snapshot => running(id, { description: markerOf({ key: KEY }) });
  const { events } = await wait(['801'], (second) => {
    if (second < 10) return [running('801')];
    if (second < 30) return [running('801'), duplicate('802')];
    return [second < 60 ? running('801') : snapshotOf('801'), duplicate('803')];
  });
  expect(events).toEqual([
    '801 in_progress',
    '801 beside 802',
    '801 beside 803',
    '801 completed',
    '801 is there',
  ]);
});

test('one that no list shows yet is looked for every 3 s, however long another one has been seen', async () => {
  const { reads } = await wait(['801', '802'], (second) => [
    second < 120 ? running('801') : snapshotOf('801'),
    ...(second < 60 ? [] : [snapshotOf('802')]),
  ]);
  expect(reads.filter((second) => second <= 60)).toEqual(Array.from({ length: 21 }, (_, n) => 3 * n));
  expect(reads.filter((second) => second > 60).length).toBeLessThan(15);
});
