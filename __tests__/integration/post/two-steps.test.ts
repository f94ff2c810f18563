import { expect, test } from '@jest/globals';
import { jobOf, type PostInputs, type RootInputs } from '../harness/inputs.ts';
import { headlineOf, tablesOf } from '../harness/outcome.ts';
import { FAILED, RESTORE_ON_FAILURE } from '../harness/samples.ts';
import type { StepProcess } from '../harness/step-process.ts';
import { SERVER, TestEnvironment } from '../harness/test-environment.ts';

/** Two snapshot steps in one job and on one server: what their cards say, side by side. */

interface Part {
  readonly main: Partial<RootInputs>;
  readonly post?: Partial<PostInputs>;
}

interface Case {
  readonly files: Part;
  readonly database: Part;
  /** Step and headline of both cards, in the order in which the posts run: the last step's first. */
  readonly cards: readonly [string, string];
  readonly says: RegExp;
}

const KEEP: Partial<RootInputs> = {};
const ROLLED_BACK = 'database: ⏪ Rolled back to 12:03 UTC, 4 min of writes lost';
const BY_JOB = 'an earlier step of this job has requested a restore of the server';

function cardOf({ runner: { summary } }: StepProcess): string {
  const [facts] = tablesOf(summary);
  return `${facts?.[0]?.['This step'] ?? '(no step)'}: ${headlineOf(summary)}`;
}

test.each<[string, Case]>([
  [
    'both restore: once, and the second says by whom',
    {
      files: { main: RESTORE_ON_FAILURE },
      database: { main: RESTORE_ON_FAILURE },
      cards: [
        ROLLED_BACK,
        'files: ❌ Not restored again: an earlier step of this job has requested the restore',
      ],
      says: /this job has requested a restore of this server already/,
    },
  ],
  [
    'the earlier one restores: the newer snapshot is of another step of this run',
    {
      files: { main: RESTORE_ON_FAILURE },
      database: { main: KEEP },
      cards: [
        'database: 📸 VPS.org snapshot kept, the server is as the job left it',
        'files: ❌ Deploy failed, server NOT restored',
      ],
      says: /a newer snapshot \(802, 'completed'\) was made by another step of this run \(job deploy, step database\)/,
    },
  ],
  [
    'the later one restores: the other keeps its snapshot, and says nothing of the server as it was',
    {
      files: { main: KEEP },
      database: { main: RESTORE_ON_FAILURE },
      cards: [ROLLED_BACK, `files: 📸 VPS.org snapshot kept; ${BY_JOB}`],
      says: /snapshot 801 \(deploy-shop-3001-1\) is kept/,
    },
  ],
  [
    'the later one restores, the other is not asked to',
    {
      files: { main: { ...RESTORE_ON_FAILURE, restoreIfGiven: true }, post: { restoreIf: 'false' } },
      database: { main: RESTORE_ON_FAILURE },
      cards: [ROLLED_BACK, `files: ℹ️ Not restored by this step: ${BY_JOB}`],
      says: /'restore_if' is false, so nothing is restored by this step/,
    },
  ],
  [
    'the later one restores, the other would after a cancel only',
    {
      files: { main: { onCancel: 'restore' } },
      database: { main: RESTORE_ON_FAILURE },
      cards: [ROLLED_BACK, `files: ⚠️ Not restored by this step: ${BY_JOB}`],
      says: /NOT restored by this step, because the job failed and 'on_failure' is 'keep'/,
    },
  ],
  [
    'the later one restores, the other is asked in a way that it cannot read',
    {
      files: { main: { ...RESTORE_ON_FAILURE, restoreIfGiven: true }, post: { restoreIf: 'perhaps' } },
      database: { main: RESTORE_ON_FAILURE },
      cards: [ROLLED_BACK, `files: ❌ Server NOT restored by this step; ${BY_JOB}`],
      says: /which is neither true nor false/,
    },
  ],
  [
    'the later one restores, the other would delete',
    {
      files: { main: { onFailure: 'delete' } },
      database: { main: RESTORE_ON_FAILURE },
      cards: [ROLLED_BACK, `files: 📸 VPS.org snapshot kept; ${BY_JOB}`],
      says: /a step of this job has requested a restore of the server, and after a restore nothing is deleted/,
    },
  ],
])('%s', async (_, { files, database, cards, says }) => {
  const testEnv = new TestEnvironment();
  const [ofFiles, ofDatabase] = ['files', 'database'].map((step) => ({
    job: jobOf({ step, runId: '3001' }),
  }));
  const mains = {
    files: await testEnv.main(files.main, ofFiles),
    database: await testEnv.main(database.main, ofDatabase),
  };
  testEnv.api.deploy(SERVER, 'broken');
  const second = await testEnv.post(mains.database, { ...FAILED, ...database.post }, ofDatabase);
  const first = await testEnv.post(mains.files, { ...FAILED, ...files.post }, ofFiles);

  expect(Object.values(mains).map(cardOf)).toEqual([
    'files: 📸 VPS.org snapshot complete',
    'database: 📸 VPS.org snapshot complete',
  ]);
  expect([second, first].map(cardOf)).toEqual(cards);
  const text = first.runner.visible();
  expect(text).toMatch(says);
  expect(text).not.toContain('run 3001');
  const saysAsLeft = text.includes('as the job left it');
  expect({ isRolledBack: cards[0] === ROLLED_BACK, saysAsLeft }).not.toEqual({
    isRolledBack: true,
    saysAsLeft: true,
  });
});
