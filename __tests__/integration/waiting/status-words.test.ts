import { describe, expect, test } from '@jest/globals';
import { waitInputs } from '../harness/inputs.ts';
import { answeredWith, completeList, FAILED, listedOfThisRun, LISTS, RESTORE } from '../harness/samples.ts';
import { MINUTE, takes, TestEnvironment } from '../harness/test-environment.ts';

/** `Completed` counts whatever else a list says; a word that only counts up is no news. */

const INCOMPLETE = listedOfThisRun(801, { status: 'completed', size_mb: null });

describe('`completed` without a size, and in progress again after that', () => {
  test('counts: main is green at once', async () => {
    const testEnv = new TestEnvironment({
      faults: answeredWith(completeList(INCOMPLETE), { ...LISTS, nth: 4 }),
    });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    expect(main.endedAt).toBeLessThan(MINUTE);
    expect(main.runner.outputs.get('size_mb')).toBe('');
  });

  test('post refuses to restore it while the word has changed', async () => {
    const testEnv = new TestEnvironment({
      faults: answeredWith(completeList(INCOMPLETE), { ...LISTS, nth: 4 }),
    });
    const main = await testEnv.main(RESTORE);
    const post = await testEnv.post(main, FAILED);
    expect(post.runner.titles()).toEqual(['error Not restored']);
    expect(post.runner.annotations[0]?.text).toContain("the snapshot is 'in_progress', not completed");
    expect(testEnv.actualState.restores).toEqual([]);
  });
});

describe('a word that counts up to 100 %', () => {
  const words = Array.from({ length: 100 }, (_, percent) => `creating ${percent}%`);

  test('is one line of the log, and the heartbeat shows how far it is', async () => {
    const testEnv = new TestEnvironment({ switches: { ...takes(900), word_in_progress: words } });
    const main = await testEnv.main();
    const texts = main.runner.lines.map(({ text }) => text);
    expect(texts.filter((text) => text.includes('snapshot 801 is creating'))).toHaveLength(1);
    const percentages = new Set(texts.map((text) => /'creating (\d+)%'/.exec(text)?.[1]).filter(Boolean));
    expect(percentages.size).toBeGreaterThan(10);
    expect(main.runner.outputs.get('snapshot_status')).toBe('completed');
  });

  test('in the wait action too, and another word is a line of its own', async () => {
    const testEnv = new TestEnvironment({
      switches: { ...takes(600), word_in_progress: [...words.slice(0, 50), 'uploading'] },
    });
    await testEnv.main({ wait: false });
    const wait = await testEnv.run({ use: 'wait', inputs: waitInputs({ snapshotIds: ['801'] }) });
    const seen = wait.runner.lines.flatMap(({ text }) => /: snapshot 801 is (.*)$/.exec(text)?.[1] ?? []);
    expect(seen.map((word) => word.replace(/\d+/, '…'))).toEqual(['creating …%', 'uploading', 'completed']);
  });
});
