import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../simulator/fault.ts';
import { type Ended, runAction, type StartOptions } from '../harness/action.ts';
import { bare, FAULTS, type FaultCase, FEW_FAULTS } from '../harness/faults.ts';
import { runLife } from '../harness/job.ts';
import { type ActionName } from '../../../scripts/runner/actions.ts';
import { marked } from '../harness/markers.ts';
import { openStage } from '../harness/test-environment.ts';

const DELETE = 'DELETE /snapshots/801/';

describe('the clean-up of a good deploy: never red', () => {
  const isRefused = ({ status }: FaultCase): boolean => status === 400 || status === 401 || status === 403;
  /** Asked again it would be told, but these answers are not asked again. */
  const isUnknown = ({ answer }: FaultCase): boolean => answer === 'unusable';

  async function meet(fault: FaultCase): Promise<{ isGone: boolean; post: Ended }> {
    await using stage = await openStage({ pace: 200 });
    stage.server.faults.add(parseFaults({ ...fault.fault, method: 'DELETE', nth: 1 }));
    const { post } = await runLife(stage, { inputs: { on_success: 'delete' } });
    return { post, isGone: stage.truth().snapshots[0]?.deletedAt != null };
  }

  const rest = FAULTS.filter((fault) => !isRefused(fault) && !isUnknown(fault) && fault.status !== 404);
  test.concurrent.each(rest)('$name: deleted', async (fault) => {
    const { isGone, post } = await meet(fault);
    expect(post).toMatchObject({ code: 0, annotations: [] });
    expect(new Set(bare(post.requests))).toEqual(new Set([DELETE]));
    expect(isGone).toBe(true);
    expect(post.summary).toMatch(/`801`.*\| deleted \|/);
  });

  test.concurrent.each(FAULTS.filter(isRefused))(
    '$name: a warning with the id and the reason',
    async (fault) => {
      const { isGone, post } = await meet(fault);
      expect(post).toMatchObject({ code: 0, requests: [`${DELETE} status ${fault.status}`] });
      expect(post.annotations).toMatchObject([{ kind: 'warning', title: 'Snapshot not deleted' }]);
      expect(post.annotations[0]?.text).toMatch(/\b801\b.*Said by the test/s);
      expect(isGone).toBe(false);
    },
  );

  test.concurrent.each(FAULTS.filter(isUnknown))('$name: not called a failure to delete', async (fault) => {
    const { isGone, post } = await meet(fault);
    expect(post).toMatchObject({ code: 0, annotations: [{ kind: 'warning' }] });
    expect(post.annotations[0]?.text).toMatch(/\b801\b/);
    expect(isGone && post.stdout.includes('still uses a slot')).toBe(false);
  });

  test('status 404: gone already', async () => {
    await using stage = await openStage({ pace: 200 });
    const { post } = await runLife(stage, {
      inputs: { on_success: 'delete' },
      between: () => stage.ask('DELETE', '/snapshots/801/'),
    });
    expect(post).toMatchObject({ code: 0, requests: [`${DELETE} 404`], annotations: [] });
    expect(post.stdout).toContain('snapshot 801 was gone already');
  });
});

describe('the list of a sibling', () => {
  const SIBLINGS: readonly { action: ActionName; inputs: StartOptions['inputs']; changes: RegExp }[] = [
    { action: 'wait', inputs: { snapshot_id: '501' }, changes: /^POST|^DELETE/ },
    { action: 'restore', inputs: { snapshot_id: '501' }, changes: /^POST .*restore/ },
    { action: 'delete', inputs: { snapshot_id: '501' }, changes: /^DELETE/ },
    { action: 'prune', inputs: { server_id: '12345', keep_last: '1' }, changes: /^DELETE/ },
  ];
  const cells = SIBLINGS.flatMap((sibling) => FEW_FAULTS.map((fault) => ({ ...sibling, ...fault, fault })));

  test.concurrent.each(cells)('$action: $name', async ({ action, inputs, changes, answer, fault }) => {
    await using stage = await openStage({
      pace: 200,
      snapshots: [
        {
          id: 502,
          name: 'newer',
          server_id: 12345,
          created_at: '2026-01-02T00:00:00Z',
          description: marked(),
        },
        {
          id: 501,
          name: 'older',
          server_id: 12345,
          created_at: '2026-01-01T00:00:00Z',
          description: marked(),
        },
      ],
    });
    stage.server.faults.add(parseFaults({ ...fault.fault, method: 'GET', path: '/snapshots/', nth: 1 }));
    const options = { inputs: { ...inputs, ...(action === 'restore' && { allow_older: 'true' }) } };
    const ended = await runAction(stage, action, options);

    const isFinal =
      answer === 'refused' || (answer === 'unusable' && (action !== 'wait' || fault.status === 302));
    expect(ended.code).toBe(isFinal ? 1 : 0);
    const changed = ended.requests.some((line) => changes.test(line));
    expect(changed).toBe(!isFinal && action !== 'wait');
  });
});
