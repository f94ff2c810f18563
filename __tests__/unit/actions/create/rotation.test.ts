import { describe, expect, test } from '@jest/globals';
import type { ServerPlan } from '../../../../src/actions/create/plan.ts';
import { rotateSlot } from '../../../../src/actions/create/rotation.ts';
import { createProgress } from '../../../../src/actions/creating/progress.ts';
import { rootInputs } from '../../../integration/harness/inputs.ts';
import { KEY, markerOf, ORIGIN } from '../../snapshots/samples.ts';
import {
  createTestDeps,
  fails,
  listOf,
  outcomeOf,
  SAVES_NOTHING,
  SECOND,
  serverOf,
  snapshotOf,
} from '../test-deps.ts';

const FULL = [1, 2, 3, 4, 5].map((n) =>
  snapshotOf(`80${n}`, {
    created: n * SECOND,
    description: markerOf(),
    ...(n === 2 && { status: 'failed' }),
  }),
);

/** When the list was read that a plan rests on. */
const READ_AT = 10 * SECOND;

interface Script {
  /** How old the list is that the plan rests on, in milliseconds. */
  readonly age?: number;
  readonly stopServer?: boolean;
  /** Nothing has shown yet that the typed server is the one that the list is about. */
  readonly assumed?: boolean;
  readonly status?: string;
  /** What a fresh list shows. */
  readonly listed?: typeof FULL;
  readonly refusal?: Error;
}

/** Carries out a plan to delete snapshot 801; by a list of now it is 802 that goes. */
async function rotate(script: Script) {
  const { age = 0, stopServer = false, assumed = false, status = 'active', listed = FULL, refusal } = script;
  const requests: string[] = [];
  const { deps, clock } = createTestDeps({
    api: {
      listSnapshots() {
        requests.push('list');
        return Promise.resolve(listOf(listed));
      },
      getServer(id) {
        requests.push(`server ${id}`);
        return Promise.resolve(serverOf(status));
      },
      deleteSnapshot(id) {
        requests.push(`delete ${id}`);
        return refusal ? Promise.reject(refusal) : Promise.resolve('deleted');
      },
    },
    more: SAVES_NOTHING,
  });
  await clock.run(clock.sleep(READ_AT));
  const progress = createProgress(deps, 0, { server: '12345', key: KEY, name: 'deploy' });
  const toDelete = { ...snapshotOf('801'), id: '801' };
  const plan: ServerPlan = {
    ...{ kind: 'rotate', progress, server: null, assumed, list: listOf(FULL), readAt: clock.now() },
    ...{ toDelete, reason: 'it is the oldest', isLastRestorePoint: false },
  };
  await clock.run(clock.sleep(age));
  const inputs = rootInputs({ whenFull: 'rotate', stopServer });
  const { value, error } = await outcomeOf(clock, rotateSlot(plan, deps, { inputs, origin: ORIGIN }));
  return { requests, rotatedAt: value, error, rotated: progress.rotated };
}

describe('a rotation', () => {
  test.each<[string, Script, string[]]>([
    ['the list is fresh: what was planned', {}, ['delete 801']],
    ['the list is 15 s old: the same', { age: 15 * SECOND }, ['delete 801']],
    ['the list is older: checked again', { age: 15 * SECOND + 1 }, ['server 12345', 'list', 'delete 802']],
    ['the server was stopped meanwhile: checked again', { stopServer: true }, ['list', 'delete 802']],
    ['the server was only assumed to be the typed one', { assumed: true }, ['server 12345', 'delete 801']],
  ])('%s', async (_, script, requests) => {
    const { rotated, rotatedAt, ...done } = await rotate(script);
    expect(done).toEqual({ requests, error: undefined });
    expect(rotatedAt).toBe(READ_AT + (script.age ?? 0));
    expect(rotated).toMatchObject({ isCertain: true });
  });

  test('that a fresh list makes needless deletes nothing', async () => {
    const done = await rotate({ age: 16 * SECOND, listed: FULL.slice(1) });
    expect(done).toEqual({
      requests: ['server 12345', 'list'],
      rotatedAt: null,
      error: undefined,
      rotated: null,
    });
  });

  test('of an assumed server that shows itself as being restored when it is confirmed: nothing is deleted', async () => {
    const { requests, error, rotated } = await rotate({ assumed: true, status: 'restoring' });
    expect(requests).toEqual(['server 12345']);
    expect(error).toMatchObject({ title: 'No slot was freed' });
    expect((error as Error).message).toContain('is being restored, so nothing is deleted');
    expect(rotated).toBeNull();
  });

  test('that is refused is none, also for the summary', async () => {
    const { error, rotated } = await rotate({ refusal: fails('http', 403) });
    expect(error).toMatchObject({ title: 'No slot was freed' });
    expect(rotated).toBeNull();
  });
});
