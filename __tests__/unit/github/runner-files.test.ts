import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRunner, RunnerFileError, type Runner } from '../../../src/github/runner.ts';
import {
  setUp,
  breakFile,
  commandsIn,
  tearDown,
  FILES,
  folder,
  mendFile,
  read,
  remove,
  said,
} from './captured-output.ts';

beforeEach(setUp);
afterEach(tearDown);
afterAll(remove);

describe('outputs and state', () => {
  const entry = (name: string, value: string): RegExp =>
    new RegExp(`^${name}<<(\\S+)\\r?\\n${value}\\r?\\n\\1\\r?\\n`, 'm');

  test('are written as the runner reads them', () => {
    const runner = createRunner({ needsFiles: false });
    runner.setOutput('snapshot_id', '801');
    runner.saveState('step', '{"a":1}');
    expect(read('GITHUB_OUTPUT')).toMatch(entry('snapshot_id', '801'));
    expect(read('GITHUB_STATE')).toMatch(entry('step', '\\{"a":1\\}'));
  });

  test('an output is written again only when it changed', () => {
    const runner = createRunner({ needsFiles: false });
    for (const value of ['801', '801', '802', '802', '801']) runner.setOutput('snapshot_id', value);
    expect(read('GITHUB_OUTPUT').match(/snapshot_id<</g)).toHaveLength(3);
  });

  test('state is written every time: the last write counts', () => {
    const runner = createRunner({ needsFiles: false });
    runner.saveState('step', 'a');
    runner.saveState('step', 'a');
    expect(read('GITHUB_STATE').match(/step<</g)).toHaveLength(2);
  });

  test('a value cannot become a second entry', () => {
    createRunner({ needsFiles: false }).setOutput('snapshot_name', 'a\nghadelimiter\nevil=1\nx<<EOF\ny\nEOF');
    const [, delimiter = ''] = /snapshot_name<<(\S+)/.exec(read('GITHUB_OUTPUT')) ?? [];
    expect(
      read('GITHUB_OUTPUT')
        .split('\n')
        .filter((line) => line.trim() === delimiter),
    ).toHaveLength(1);
    expect(delimiter.length).toBeGreaterThan(30);
  });
});

describe('the summary', () => {
  test('is put behind what other tools of the step wrote, in place of our own earlier one', async () => {
    writeFileSync(FILES.GITHUB_STEP_SUMMARY, 'before\n');
    const runner = createRunner({ needsFiles: false });
    await runner.writeSummary('first');
    await runner.writeSummary('second');
    expect(read('GITHUB_STEP_SUMMARY').replaceAll('\r', '')).toBe('before\nsecond\n');
  });

  test.each(['', undefined])('is left out where the runner has no file for it: %j', async (file) => {
    process.env['GITHUB_STEP_SUMMARY'] = file;
    if (file === undefined) delete process.env['GITHUB_STEP_SUMMARY'];
    await createRunner({ needsFiles: false }).writeSummary('text');
    expect([read('GITHUB_STEP_SUMMARY'), said()]).toEqual(['', '']);
  });

  test('that cannot be written is one warning', async () => {
    process.env['GITHUB_STEP_SUMMARY'] = path.join(folder, 'no', 'such', 'file');
    // Nothing rests on it, not even before anything was changed.
    const runner = createRunner({ needsFiles: true });
    await runner.writeSummary('text');
    await runner.writeSummary('more');
    expect(commandsIn(said())).toEqual(['warning']);
    expect(said()).toMatch(/^::warning title=Runner file not written::The job summary could not be written/);
  });
});

describe('a file of the runner that cannot be written', () => {
  const WRITES = {
    GITHUB_OUTPUT: (runner: Runner, value: string) => runner.setOutput('snapshot_id', value),
    GITHUB_STATE: (runner: Runner, value: string) => runner.saveState('step', value),
  } as const;
  const VARIABLES = ['GITHUB_OUTPUT', 'GITHUB_STATE'] as const;

  test.each(VARIABLES)('is an error until it was checked that all can be: %s', (variable) => {
    breakFile(variable);
    const runner = createRunner({ needsFiles: true });
    for (const work of [() => WRITES[variable](runner, '801'), () => runner.checkFiles()]) {
      expect(work).toThrow(RunnerFileError);
      expect(work).toThrow(`The runner's file ${variable} cannot be written`);
      expect(work).toThrow(expect.objectContaining({ cause: expect.objectContaining({ code: 'EISDIR' }) }));
    }
    expect(said()).toBe('');
  });

  test.each(VARIABLES)('is one warning for each file after that: %s', (variable) => {
    const runner = createRunner({ needsFiles: true });
    runner.checkFiles();
    breakFile(variable);
    for (const value of ['801', '802', '803']) WRITES[variable](runner, value);
    expect(commandsIn(said())).toEqual(['warning']);
    expect(said()).toMatch(
      new RegExp(`^::warning title=Runner file not written::The runner's file ${variable} cannot be written`),
    );
    expect(said()).toContain('; the step goes on without it.');
  });

  test('is one warning where nothing rests on it', () => {
    const runner = createRunner({ needsFiles: false });
    for (const variable of VARIABLES) breakFile(variable);
    runner.checkFiles();
    for (const variable of VARIABLES) WRITES[variable](runner, '801');
    expect(commandsIn(said())).toEqual(['warning', 'warning']);
  });

  test('does not keep the other from being written', () => {
    const runner = createRunner({ needsFiles: true });
    runner.checkFiles();
    breakFile('GITHUB_OUTPUT');
    WRITES.GITHUB_OUTPUT(runner, '801');
    WRITES.GITHUB_STATE(runner, 'saved');
    expect(read('GITHUB_STATE')).toContain('saved');
  });

  test('gets the same output again when it can be written again', () => {
    const runner = createRunner({ needsFiles: false });
    breakFile('GITHUB_OUTPUT');
    WRITES.GITHUB_OUTPUT(runner, '801');
    mendFile('GITHUB_OUTPUT');
    WRITES.GITHUB_OUTPUT(runner, '801');
    expect(read('GITHUB_OUTPUT')).toContain('801');
  });

  test('is none that the runner does not give, and checking changes nothing', () => {
    const runner = createRunner({ needsFiles: true });
    runner.checkFiles();
    expect([read('GITHUB_OUTPUT'), read('GITHUB_STATE'), said()]).toEqual(['', '', '']);
    for (const variable of VARIABLES) process.env[variable] = '';
    expect(() => createRunner({ needsFiles: true }).checkFiles()).not.toThrow();
  });

  test('keeps what stood in it before it was checked', () => {
    writeFileSync(FILES.GITHUB_OUTPUT, 'before=1\n');
    createRunner({ needsFiles: true }).checkFiles();
    expect(read('GITHUB_OUTPUT')).toBe('before=1\n');
  });

  /** Linux has it; elsewhere this shows nothing. */
  const FULL_DISK = '/dev/full';

  test.each(VARIABLES)('is found out on a full disk: %s', (variable) => {
    if (!existsSync(FULL_DISK)) return;
    process.env[variable] = FULL_DISK;
    expect(() => createRunner({ needsFiles: true }).checkFiles()).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ code: 'ENOSPC' }) }),
    );
  });

  test('has no secret in its warning', () => {
    const runner = createRunner({ needsFiles: false });
    runner.hide('no-such-folder');
    process.env['GITHUB_OUTPUT'] = path.join(folder, 'no-such-folder', 'output');
    runner.setOutput('snapshot_id', '801');
    expect(commandsIn(said())).toEqual(['warning']);
    expect(said()).not.toContain('no-such-folder');
  });
});
