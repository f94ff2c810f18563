import { describe, expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../../../dist/harness/annotations.ts';
import { type FaultCase, FAULTS, withoutStatus } from '../../../dist/harness/faults.ts';
import { runJob } from '../harness/job.ts';
import { deleted, own } from '../../../dist/harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const ALL = 'GET /snapshots/';
const LIST = 'GET /snapshots/?server_id=12345';
const DELETE = 'DELETE /snapshots/501/';

interface Outcome {
  readonly code: number | null;
  readonly requests: readonly string[];
  readonly isGone: boolean;
}

const GONE: Outcome = { code: 0, requests: [ALL, DELETE], isGone: true };

/** In place of a body, a DELETE has a 204; what the simulator answers then is a 200 that lists have to confirm. */
const isAnswered = ({ fault }: FaultCase): boolean =>
  ['cut_body', 'wrong_json', 'oversized', 'drip'].includes(String(fault['kind']));
/** Followed by pauses and spans that have their full length where there is no `poll_interval`. */
const isSlow = ({ answer, acts, status }: FaultCase): boolean =>
  (answer === 'lost' && !acts) || status === 404 || status === 409;

describe('a DELETE: reported as done only where a 204 or complete lists say so', () => {
  function expected(fault: FaultCase): Outcome {
    if (isAnswered(fault)) return { ...GONE, requests: [ALL, DELETE, LIST] };
    switch (fault.answer) {
      case 'refused':
      case 'redirected':
        return { code: 1, requests: [ALL, DELETE], isGone: false };
      case 'limited':
        return { ...GONE, requests: [ALL, DELETE, DELETE] };
      case 'late':
        return GONE;
      case 'lost':
        return { ...GONE, requests: [ALL, DELETE, LIST] };
    }
  }

  test.concurrent.each(FAULTS.filter((fault) => !isSlow(fault)))('$name', async (fault) => {
    await using testEnv = await openTestEnvironment({ snapshots: [own(1)] });
    testEnv.addFaults({ ...fault.fault, method: 'DELETE', nth: 1 });
    const result = await runAction(testEnv, 'delete', { inputs: { snapshot_id: '501' } });
    const outcome = {
      code: result.code,
      requests: withoutStatus(result.requests),
      isGone: deleted(testEnv).includes('501'),
    };

    expect(outcome).toEqual(expected(fault));
    expect(result.outputs['deleted']).toBe(outcome.code === 0 ? '501' : '');
  });
});

describe('the clean-up of a good deploy, whose spans shrink with poll_interval', () => {
  const OWN = 'DELETE /snapshots/801/';

  test.concurrent.each([
    { name: 'a 500', fault: { kind: 'status', status: 500 }, requests: [OWN, LIST, OWN] },
    { name: 'a reset before it is carried out', fault: { kind: 'reset_before' }, requests: [OWN, LIST, OWN] },
    { name: 'a 409', fault: { kind: 'status', status: 409 }, requests: [OWN, OWN] },
  ])('$name: the list still shows it, so it is deleted once more', async ({ fault, requests }) => {
    await using testEnv = await openTestEnvironment();
    testEnv.addFaults({ ...fault, method: 'DELETE', nth: 1 });
    const { post } = await runJob(testEnv, { inputs: { on_success: 'delete' } });

    expect(post).toMatchObject({ code: 0, annotations: [] });
    expect(withoutStatus(post.requests)).toEqual(requests);
    expect(deleted(testEnv)).toEqual(['801']);
  });

  test.concurrent('a 404 of something that is still listed: not called deleted', async () => {
    await using testEnv = await openTestEnvironment();
    testEnv.addFaults({ kind: 'status', status: 404, body: { detail: 'Not found.' }, method: 'DELETE' });
    const { post } = await runJob(testEnv, { inputs: { on_success: 'delete' } });

    expect(post.code).toBe(0);
    expect(titlesOf(post)).toEqual(['warning: Snapshot not deleted']);
    expect(withoutStatus(post.requests)).toEqual([OWN, LIST]);
  });
});

describe('a clean-up that fails does not fail a good deploy', () => {
  test.concurrent('refused: a warning with the id and the reason', async () => {
    await using testEnv = await openTestEnvironment();
    testEnv.addFaults({
      kind: 'status',
      status: 403,
      body: { detail: 'Said by the test.' },
      method: 'DELETE',
    });
    const { post } = await runJob(testEnv, { inputs: { on_success: 'delete' } });

    expect(post.code).toBe(0);
    expect(titlesOf(post)).toEqual(['warning: Snapshot not deleted']);
    expect(textOf(post, 'Snapshot not deleted')).toMatch(/\b801\b.*Said by the test/s);
  });

  test.concurrent('gone already: deleted by somebody else meanwhile', async () => {
    await using testEnv = await openTestEnvironment();
    const { post } = await runJob(testEnv, {
      inputs: { on_success: 'delete' },
      between: () => testEnv.request('DELETE', '/snapshots/801/'),
    });

    expect(post).toMatchObject({ code: 0, annotations: [] });
    expect(withoutStatus(post.requests)).toEqual(['DELETE /snapshots/801/', LIST]);
  });
});
