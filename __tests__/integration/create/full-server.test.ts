import { describe, expect, test } from '@jest/globals';
import { CREATED, testOutcomes } from '../harness/outcome-tests.ts';
import {
  answeredWith,
  byHand,
  completeList,
  CREATE_REQUEST,
  DELETE,
  FIVE_LISTED,
  FULL,
  listed,
  LISTS,
  own,
  theirs,
} from '../harness/samples.ts';
import { HOUR, markerOf, SERVER, START, TestEnvironment } from '../harness/test-environment.ts';

const GET = `GET /servers/${SERVER}/`;

describe('a full server', () => {
  test('fail: names the five and deletes nothing', async () => {
    const testEnv = new TestEnvironment({ snapshots: FULL });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error No free snapshot slot']);
    for (const { name } of FULL) expect(main.runner.annotations[0]?.text).toContain(name);
    expect(testEnv.calls()).toEqual([GET, 'GET /snapshots/']);
  });

  const running = (id: number) => ({
    ...theirs(id),
    status: 'in_progress' as const,
    created_at: START - HOUR,
  });
  const advice = [/'when_full: rotate' to/, /'force: true'/, /wait until they are complete/];
  test.each([
    ['one is own', [theirs(1), theirs(2), theirs(3), theirs(4), own(5)], advice[0]],
    ['all are of another repository', [1, 2, 3, 4, 5].map(theirs), advice[1]],
    [
      'one is of another repository, four are in progress',
      [theirs(1), ...[2, 3, 4, 5].map(running)],
      advice[1],
    ],
    ['all are in progress', [1, 2, 3, 4, 5].map(running), advice[2]],
  ])('%s: says how to get a slot', async (_, snapshots, expected) => {
    const testEnv = new TestEnvironment({ snapshots });
    const main = await testEnv.main();
    const text = main.runner.annotations.find(({ title }) => title === 'No free snapshot slot')?.text ?? '';
    expect(advice.filter((each) => each.test(text))).toEqual([expected]);
  });

  test.each([
    ['fail', "keep fewer with 'keep_last' or the prune action, or set 'when_full: rotate' to let"],
    ['rotate', "panel of VPS.org), or keep fewer with 'keep_last' or the prune action. Then"],
  ] as const)('%s, and all own ones are of this run: the ways to get a slot', async (whenFull, ways) => {
    const snapshots = FULL.map(({ id }) => own(id, { description: markerOf({ runId: '9001' }) }));
    const main = await new TestEnvironment({ snapshots }).main({ whenFull });
    expect(main.runner.annotations.at(-1)?.text).toContain(ways);
  });

  test('rotate: the oldest own one goes, then the new one is made', async () => {
    const testEnv = new TestEnvironment({ snapshots: FULL });
    const main = await testEnv.main({ whenFull: 'rotate' });
    expect(main.exitCode).toBe(0);
    expect(testEnv.calls().slice(0, 4)).toEqual([
      GET,
      'GET /snapshots/',
      'DELETE /snapshots/1/',
      'POST /snapshots/',
    ]);
    expect(testEnv.existing().map(({ id }) => id)).toEqual(['2', '3', '4', '5', '801']);
  });

  test('rotate with a slot that is freed late: the request is tried again for as long as a minute', async () => {
    const testEnv = new TestEnvironment({ snapshots: FULL, switches: { slot_late: 50 } });
    const main = await testEnv.main({ whenFull: 'rotate' });
    expect(main.exitCode).toBe(0);
    expect(testEnv.calls().filter((call) => call.startsWith('DELETE'))).toEqual(['DELETE /snapshots/1/']);
    expect(testEnv.actualState.snapshots.filter(({ madeBy }) => madeBy === 'api')).toHaveLength(1);
  });

  test('rotate with a slot that is not freed in time: red, and says what was deleted', async () => {
    const testEnv = new TestEnvironment({ snapshots: FULL, switches: { slot_late: HOUR / 1000 } });
    const main = await testEnv.main({ whenFull: 'rotate' });
    expect(main.exitCode).toBe(1);
    expect(main.runner.annotations.at(-1)?.text).toContain('Snapshot 1 (own-1) was deleted');
    expect(testEnv.calls().filter((call) => call.startsWith('DELETE'))).toHaveLength(1);
    const tries = testEnv.requests.filter(({ method }) => method === 'POST');
    expect((tries.at(-1)?.at ?? 0) - (tries[0]?.at ?? 0)).toBeGreaterThan(55_000);
    expect((tries.at(-1)?.at ?? 0) - (tries[0]?.at ?? 0)).toBeLessThan(75_000);
  });

  test.each([
    ['none is own', FULL.map(({ id }) => byHand(id))],
    [
      'an own one is in progress',
      FULL.map((s) => (s.id === 4 ? { ...s, status: 'in_progress', created_at: START - HOUR } : s)),
    ],
    [
      'all own ones are of this run',
      FULL.map(({ id }) => own(id, { description: markerOf({ runId: '9001' }) })),
    ],
  ])('rotate, but %s: red, nothing deleted', async (_, snapshots) => {
    const testEnv = new TestEnvironment({ snapshots });
    const main = await testEnv.main({ whenFull: 'rotate' });
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toContain('error No free snapshot slot');
    expect(testEnv.existing()).toHaveLength(5);
  });

  test('full by surprise: the 400 is followed by one list, and nothing rotates by itself', async () => {
    const testEnv = new TestEnvironment({
      snapshots: FULL.slice(0, 4),
      onRequest: ({ n }, moment) => {
        // Somebody else takes the last slot between the list and the request.
        if (n === 2 && moment === 'ended') testEnv.api.addSnapshot({ name: 'sudden' });
      },
    });
    const main = await testEnv.main({ whenFull: 'rotate' });
    expect(main.exitCode).toBe(1);
    expect(main.runner.titles()).toEqual(['error No free snapshot slot']);
    expect(testEnv.calls()).toEqual([GET, 'GET /snapshots/', 'POST /snapshots/', GET, 'GET /snapshots/']);
    // What is set already is no advice.
    expect(main.runner.visible()).toMatch(
      /was not full when this step began, so nothing was rotated; run the/,
    );
    expect(main.runner.visible()).not.toContain("set 'when_full: rotate'");
  });

  test('full by surprise, after a lost answer: that one may have made a snapshot', async () => {
    const testEnv = new TestEnvironment({
      snapshots: FULL.slice(0, 4),
      faults: { ...CREATE_REQUEST, kind: 'reset_before' },
      onRequest: ({ n }, moment) => {
        if (n === 5 && moment === 'ended') testEnv.api.addSnapshot({ name: 'sudden' });
      },
    });
    const main = await testEnv.main();
    expect(main.runner.titles()).toEqual(['error No free snapshot slot']);
    expect(main.runner.annotations[0]?.text).toMatch(
      /no snapshot was made by this request\. An earlier one of this step had an unclear answer, and the post step looks/,
    );
  });
});

describe('outcome', () => {
  testOutcomes({
    'rotation of the only restore point: a warning': {
      main: { whenFull: 'rotate' },
      snapshots: [own(1), theirs(2), theirs(3), byHand(4), byHand(5)],
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | warning Only restore point deleted | 801 completed | offers 801',
        'DELETE /snapshots/1/ 204',
        'POST /snapshots/ 201',
        'left: 2 completed, 3 completed, 4 completed, 5 completed, 801 completed',
      ],
      says: [/snapshot 1 is this repository's only/],
    },
    'rotation with nothing of its own: a way to free a slot is given': {
      main: { whenFull: 'rotate' },
      snapshots: [theirs(1), theirs(2), theirs(3), byHand(4), byHand(5)],
      outcome: [
        'main exit 1 | ❌ No free snapshot slot: no snapshot was made | error No free snapshot slot | none –',
        'left: 1 completed, 2 completed, 3 completed, 4 completed, 5 completed',
      ],
      says: ["'force: true'"],
    },
    'rotation refused: no snapshot is requested': {
      main: { whenFull: 'rotate' },
      snapshots: FULL,
      faults: { ...DELETE, kind: 'status', status: 403 },
      outcome: [
        'main exit 1 | ❌ No slot was freed: no snapshot was made | error No slot was freed | none –',
        'DELETE /snapshots/1/ 403',
        'left: 1 completed, 2 completed, 3 completed, 4 completed, 5 completed',
      ],
      says: [
        'delete snapshots',
        /snapshot 1 .* was to be deleted to make room/,
        /^The token 'demo' has the permissions/m,
      ],
    },
    'rotation takes a failed one first': {
      main: { whenFull: 'rotate' },
      snapshots: FULL.map((s) => (s.id === 4 ? { ...s, status: 'failed' } : s)),
      outcome: [
        CREATED,
        'DELETE /snapshots/4/ 204',
        'POST /snapshots/ 201',
        'left: 1 completed, 2 completed, 3 completed, 5 completed, 801 completed',
      ],
      says: ['deleting snapshot 4'],
    },
    'rotation of a snapshot without a name': {
      main: { whenFull: 'rotate' },
      switches: { snapshot_null: ['name', 'size_mb'], server_null: ['name'] },
      snapshots: FULL,
      outcome: [
        CREATED,
        'DELETE /snapshots/1/ 204',
        'POST /snapshots/ 201',
        'left: 2 completed, 3 completed, 4 completed, 5 completed, 801 completed',
      ],
      says: ['no name'],
    },
    'full after the first list, and no time from the API: the five are listed': {
      snapshots: FULL.slice(0, 4),
      switches: { date_header: false, limit: 4 },
      faults: answeredWith(completeList(...FIVE_LISTED.slice(1), listed('../x', { name: 'odd' })), {
        ...LISTS,
        nth: 2,
      }),
      outcome: [
        'main exit 1 | ❌ No free snapshot slot: no snapshot was made | notice No time from the API | error No free snapshot slot | none –',
        'POST /snapshots/ 400',
        'left: 1 completed, 2 completed, 3 completed, 4 completed',
      ],
      says: [
        '- 5 own-5',
        '- without a usable id odd',
        'Maximum 4 snapshots',
        '24h 00m old',
        /'when_full: rotate' to let/,
        /5 snapshots of the 5 that VPS\.org allows, so no snapshot was made\.$/m,
      ],
    },
  });
});
