import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../simulator/fault.ts';
import { startAction } from '../harness/action.ts';
import { type Life, type LifeOptions, runLife, runPost } from '../harness/job.ts';
import { openStage, type Stage } from '../harness/test-environment.ts';
import { titlesOf } from '../harness/annotations.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';

/** The first create request is carried out, its answer is lost, and no list shows the snapshot for so many minutes. */
async function openDoubtful(minutes: number): Promise<Stage> {
  const stage = await openStage({ switches: { listed_late: minutes * 60 } });
  stage.server.faults.add(parseFaults({ kind: 'reset_after', method: 'POST', path: '/snapshots/', nth: 1 }));
  // Only the first one is listed late.
  stage.before(
    ({ method }) => method === 'POST',
    () =>
      stage.before(
        ({ method }) => method === 'POST',
        () => stage.server.machine.setSwitches({ listed_late: 0 }),
      ),
  );
  return stage;
}

function leftOn(stage: Stage): string[] {
  return stage.truth().snapshots.flatMap(({ id, deletedAt }) => (deletedAt === null ? [id] : []));
}

function saidBy({ main, post }: Life): string {
  return main.stdout + post.stdout;
}

describe('the API made two in the end: both are named, and post deletes one', () => {
  test.concurrent('the first turns up while the second is awaited', async () => {
    await using stage = await openDoubtful(8);
    const life = await runLife(stage);
    const { main, post } = life;

    expect(main.code).toBe(0);
    expect(stage.truth().snapshots.map(({ id }) => id)).toEqual(['801', '802']);
    // The oldest completed one is used.
    expect(main.outputs).toMatchObject({ snapshot_id: '801', snapshot_status: 'completed' });
    expect(titlesOf(main)).toEqual(['warning: Two snapshots were made']);
    expect(post.code).toBe(0);
    expect(post.requests.filter((line) => line.startsWith('DELETE'))).toEqual(['DELETE /snapshots/802/ 204']);
    expect(leftOn(stage)).toEqual(['801']);
    for (const id of ['801', '802']) expect(saidBy(life)).toContain(id);
  });

  test.concurrent('the first turns up only when main has ended', async () => {
    await using stage = await openDoubtful(14);
    const life = await runLife(stage, { between: () => stage.server.advance(3600) });

    expect(life.main).toMatchObject({ code: 0, outputs: { snapshot_id: '802' } });
    expect(life.post.code).toBe(0);
    // What main gave out stays; the other goes.
    expect(leftOn(stage)).toEqual(['802']);
    for (const id of ['801', '802']) expect(saidBy(life)).toContain(id);
  });

  test.concurrent('it never turns up: one snapshot, and post has looked for the other', async () => {
    await using stage = await openDoubtful(1e6);
    const { main, post } = await runLife(stage);

    expect(main).toMatchObject({ code: 0, outputs: { snapshot_id: '802' } });
    expect(post).toMatchObject({ code: 0, requests: [LIST] });
  });

  async function failOf(
    options: LifeOptions,
  ): Promise<{ stage: string[]; life: Life; restored: string | undefined }> {
    await using stage = await openDoubtful(8);
    const life = await runLife(stage, { ...options, ends: 'failure' });
    return { life, stage: leftOn(stage), restored: stage.truth().restores[0]?.snapshotId };
  }

  test.concurrent(
    'a failed deploy: the used one is restored, and its twin is no newer snapshot of somebody else',
    async () => {
      const { life, restored } = await failOf({ inputs: { on_failure: 'restore' } });

      expect(titlesOf(life.post)).toContain('error: Rolled back');
      expect(restored).toBe('801');
      expect(saidBy(life)).toContain('802');
    },
  );

  test.concurrent('on_failure: delete deletes both', async () => {
    const { life, stage } = await failOf({ inputs: { on_failure: 'delete' } });

    expect(life.post.code).toBe(0);
    expect(stage).toEqual([]);
  });

  test.concurrent('main killed after the second request: post finds both and names them', async () => {
    await using stage = await openDoubtful(9);
    const running = await startAction(stage, 'main');
    // One list, the request, five looks, the request again, and one look.
    await running.asked(9);
    running.kill('SIGKILL');
    const main = await running.ended;
    stage.server.advance(3600);
    const post = await runPost(stage, main, { inputs: {}, job: 'failure' });

    expect(stage.truth().snapshots).toHaveLength(2);
    expect(post.code).toBe(0);
    for (const id of ['801', '802']) expect(main.stdout + post.stdout).toContain(id);
    expect(stage.truth().restores).toEqual([]);
    expect(leftOn(stage).length).toBeGreaterThan(0);
  });
});

describe('a lost answer, and an API that does not keep descriptions', () => {
  test.concurrent(
    'a new snapshot of this name without a mark is suspected, never doubled, and named',
    async () => {
      await using stage = await openStage({ switches: { description_kept: 0 } });
      stage.server.faults.add(parseFaults({ kind: 'reset_after', method: 'POST', nth: 1 }));
      const { main, post } = await runLife(stage, { inputs: { on_failure: 'restore' } });

      expect(main.code).toBe(1);
      expect(stage.truth().snapshots).toHaveLength(1);
      expect(main.annotations.map(({ text }) => text).join('\n')).toContain('801');
      expect(post.code).toBe(0);
      expect(stage.truth().restores).toEqual([]);
    },
  );

  test.concurrent.each([
    { name: 'dropped', kept: 0 },
    { name: 'cut', kept: 60 },
  ])(
    'without a lost answer a description that is $name is a warning, and post still restores by the id',
    async ({ kept }) => {
      await using stage = await openStage({ switches: { description_kept: kept } });
      const { main, post } = await runLife(stage, { inputs: { on_failure: 'restore' }, ends: 'failure' });

      expect(main.code).toBe(0);
      expect(titlesOf(main)).toEqual(['warning: Description not kept']);
      expect(titlesOf(post)).toContain('error: Rolled back');
    },
  );
});
