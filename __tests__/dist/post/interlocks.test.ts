import { describe, expect, test } from '@jest/globals';
import { type Ended, runAction } from '../harness/action.ts';
import { type LifeOptions, runLife, runPost } from '../harness/job.ts';
import { marked, markedByOther } from '../harness/markers.ts';
import { openStage, type Stage } from '../harness/test-environment.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';

const LIST = 'GET /snapshots/?server_id=12345 200';
const SERVER = 'GET /servers/12345/ 200';
const RESTORE = 'POST /snapshots/801/restore/ 200';
const JUDGED = [LIST, SERVER];
const FAILED: LifeOptions = { inputs: { on_failure: 'restore' }, ends: 'failure' };

/** A deploy, and something else that happens on the server before the job fails. */
function deployAnd(stage: Stage, act: () => void): () => void {
  return () => {
    stage.server.machine.deploy();
    act();
  };
}

interface Seen {
  readonly code: number | null;
  readonly requests: readonly string[];
  readonly why: string;
  readonly accepted: number;
  readonly content: string;
}

function look(stage: Stage, post: Ended): Seen {
  const { restores, servers } = stage.truth();
  const content = servers[0]?.content ?? '';
  return {
    code: post.code,
    requests: post.requests,
    why: textOf(post, 'Not restored'),
    accepted: restores.length,
    content,
  };
}

/** Read and judged, explained with the command to do it by hand, red, and nothing sent that changes anything. */
function refused(why: string): Seen {
  const text = new RegExp(`${why}.*/snapshots/801/restore/`, 's');
  return {
    code: 1,
    requests: JUDGED,
    why: expect.stringMatching(text) as unknown as string,
    accepted: 0,
    content: 'generation-1',
  };
}

describe('a newer marked snapshot on the server: somebody deployed since', () => {
  const LATER = '2026-01-10T12:01:30Z';
  const SAME_SECOND = '2026-01-10T12:01:00Z';

  test.concurrent.each([
    {
      name: 'of another run of this repository',
      seed: { description: marked({ runId: '1002' }), created_at: LATER },
    },
    {
      name: 'of another job of this run',
      seed: { description: marked({ runId: '1001', job: 'deploy-2' }), created_at: LATER },
    },
    {
      name: 'of another step of this job',
      seed: { description: marked({ runId: '1001', step: 'second' }), created_at: LATER },
    },
    { name: 'of another repository', seed: { description: markedByOther(), created_at: LATER } },
    { name: 'of the same second', seed: { description: markedByOther(), created_at: SAME_SECOND } },
    { name: 'in progress', seed: { description: markedByOther(), created_at: LATER, status: 'in_progress' } },
    { name: 'failed', seed: { description: markedByOther(), created_at: LATER, status: 'failed' } },
  ] as const)('$name', async ({ seed }) => {
    await using stage = await openStage();
    const between = deployAnd(stage, () =>
      stage.server.machine.addSnapshot({ id: 950, name: 'newer', ...seed }),
    );
    const { post } = await runLife(stage, { ...FAILED, between });

    expect(look(stage, post)).toEqual(refused('newer snapshot \\(950'));
  });

  test.concurrent('with a time that cannot be read', async () => {
    await using stage = await openStage();
    const between = deployAnd(stage, () => {
      stage.server.machine.addSnapshot({ id: 950, name: 'b', created_at: 0, description: markedByOther() });
      stage.server.machine.setSwitches({ created_at: 'unreadable' });
    });
    const { post } = await runLife(stage, { ...FAILED, between });

    expect(look(stage, post)).toEqual(refused('950'));
  });

  test.concurrent('an unmarked newer one is a warning, an older marked one nothing', async () => {
    await using stage = await openStage();
    const between = deployAnd(stage, () => {
      stage.server.machine.addSnapshot({ id: 950, name: 'by-hand', created_at: LATER });
      const created_at = '2026-01-09T00:00:00Z';
      stage.server.machine.addSnapshot({ id: 951, name: 'old', created_at, description: markedByOther() });
    });
    const { post } = await runLife(stage, { ...FAILED, between });

    expect(post.requests).toEqual([...JUDGED, RESTORE, SERVER]);
    expect(titlesOf(post)).toEqual(['warning: Newer snapshot on the server', 'error: Rolled back']);
    expect(textOf(post, 'Newer snapshot on the server')).toContain('950');
  });

  test.concurrent('one on another server does not count, even when the API ignores the filter', async () => {
    await using stage = await openStage({
      servers: [
        { id: 12345, name: 'web-server-01' },
        { id: 7, name: 'db-01' },
      ],
      switches: { server_filter: 'ignored' },
    });
    const between = deployAnd(stage, () =>
      stage.server.machine.addSnapshot({ name: 'b', server_id: 7, created_at: LATER, description: marked() }),
    );
    const { post } = await runLife(stage, { ...FAILED, between });

    expect(titlesOf(post)).toEqual(['error: Rolled back']);
  });
});

describe('the snapshot itself', () => {
  test.concurrent('was deleted', async () => {
    await using stage = await openStage();
    const { post } = await runLife(stage, {
      ...FAILED,
      between: deployAnd(stage, () => stage.ask('DELETE', '/snapshots/801/')),
    });

    expect(look(stage, post)).toEqual(refused('it is not in the list'));
  });

  test.concurrent('is no longer completed', async () => {
    await using stage = await openStage();
    const between = deployAnd(stage, () => stage.server.machine.setSwitches({ word_completed: 'archived' }));
    const { post } = await runLife(stage, { ...FAILED, between });

    expect(look(stage, post)).toEqual(refused("it is 'archived', not 'completed'"));
  });

  test.concurrent('carries the mark of another step', async () => {
    await using stage = await openStage();
    const between = deployAnd(stage, () => {
      stage.ask('DELETE', '/snapshots/801/');
      stage.server.machine.setSwitches({ deleted_late: 0 });
    });
    const main = await runAction(stage, 'main', FAILED);
    between();
    const state = JSON.stringify(main.state).replaceAll('801', '950');
    stage.server.machine.addSnapshot({
      id: 950,
      name: 'other',
      created_at: '2026-01-10T12:01:00Z',
      description: markedByOther(),
    });
    const options = {
      ...FAILED,
      job: 'failure',
      state: JSON.parse(state) as Record<string, string>,
    } as const;
    const { ends: _ends, ...start } = options;
    const post = await runAction(stage, 'post', start);

    expect(post).toMatchObject({ code: 1, requests: JUDGED });
    expect(textOf(post, 'Not restored')).toContain('it carries the mark of another step');
    expect(stage.truth().restores).toEqual([]);
  });

  test.concurrent('the list is not complete', async () => {
    await using stage = await openStage();
    const between = deployAnd(stage, () => {
      for (let n = 0; n < 120; n += 1) stage.server.machine.addSnapshot({ name: `s-${n}`, created_at: 0 });
      stage.server.machine.setSwitches({ page_shift: 'delete' });
    });
    const { post } = await runLife(stage, { ...FAILED, between });

    expect(post.code).toBe(1);
    expect(textOf(post, 'Not restored')).toContain('incomplete');
    expect(stage.truth().restores).toEqual([]);
  });
});

test.concurrent('the server is already being restored: no second request', async () => {
  await using stage = await openStage({ switches: { restore_seconds: [1e6, 1e6] } });
  const { post } = await runLife(stage, {
    ...FAILED,
    between: deployAnd(stage, () => stage.ask('POST', '/snapshots/801/restore/')),
  });

  expect(post).toMatchObject({ code: 1, requests: JUDGED });
  expect(textOf(post, 'Not restored')).toContain('already being restored');
  expect(stage.truth().restores).toHaveLength(1);
});

describe('what the job had become', () => {
  test.concurrent.each(['failure', 'cancelled'] as const)('%s before the step already: kept', async (job) => {
    await using stage = await openStage();
    const inputs = { on_failure: 'restore', on_cancel: 'restore' };
    const { main, post } = await runLife(stage, { inputs, job, ends: job });

    expect(main.code).toBe(0);
    expect(post).toMatchObject({ code: 0, requests: [], annotations: [] });
    expect(post.stdout).toContain('says nothing about the deploy');
  });

  test.concurrent(
    'failed before the step, but restore_if says that the deploy failed: restored',
    async () => {
      await using stage = await openStage();
      const { post } = await runLife(stage, { job: 'failure', ends: 'failure', restoreIf: 'true' });

      expect(titlesOf(post)).toEqual(['error: Rolled back']);
    },
  );

  test.concurrent.each(['yes', 'skipped', '1', 'null'])(
    'restore_if is %j in the end: kept, red',
    async (restoreIf) => {
      await using stage = await openStage();
      const { post } = await runLife(stage, { ...FAILED, restoreIf });

      expect(post).toMatchObject({ code: 1, requests: [] });
      expect(textOf(post, 'Not restored')).toMatch(/'restore_if'.*\/snapshots\/801\/restore\//s);
      expect(post.stdout).toContain(restoreIf);
    },
  );

  test.concurrent('a status that nobody knows: kept, and said why', async () => {
    await using stage = await openStage();
    const main = await runAction(stage, 'main', { inputs: { on_failure: 'restore', on_cancel: 'restore' } });
    const post = await runPost(stage, main, { inputs: { job_status: 'exploded' } });

    expect(post).toMatchObject({ code: 0, requests: [] });
    expect(post.stdout).toContain('exploded');
  });
});
