import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { countUse, createJobFiles, noteFirstPost } from '../../../../src/github/job-files/job-files.ts';
import { readJob, type Job } from '../../../../src/github/job.ts';
import {
  createRestoreRecords,
  type RestoreRecords,
} from '../../../../src/github/job-files/restore-record.ts';

const API_URL = 'https://admin.vps.org/api/v1';
const NOW = 1_768_478_400_000;
let temp = '';

beforeEach(() => {
  temp = mkdtempSync(path.join(tmpdir(), 'job-files-'));
});

afterEach(() => {
  rmSync(temp, { recursive: true });
});

type Env = Readonly<Record<string, string>>;

const job = (env: Env = {}): Job =>
  readJob({
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_REPOSITORY_ID: '7',
    GITHUB_RUN_ID: '900',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_JOB: 'deploy',
    GITHUB_ACTION: 'snapshot',
    RUNNER_TEMP: temp,
    ...env,
  });

/** Another job that finds this one's files: on a runner that does not empty its folder. */
const OTHERS: readonly (readonly [string, Env])[] = [
  ['another job', { GITHUB_JOB: 'build' }],
  ['another run', { GITHUB_RUN_ID: '901' }],
  ['another attempt', { GITHUB_RUN_ATTEMPT: '3' }],
  ['another repository', { GITHUB_REPOSITORY_ID: '8' }],
];

/** Changes the one file that there is; gives its new text. */
function change(edit: (text: string) => string): string {
  const folder = path.join(temp, 'vps-snapshot-action');
  const file = path.join(folder, readdirSync(folder)[0] ?? '');
  const text = edit(readFileSync(file, 'utf8'));
  writeFileSync(file, text);
  return text;
}

/** A file where the folder should be: nobody can write below it. */
function breakFolder(): void {
  rmSync(path.join(temp, 'vps-snapshot-action'), { recursive: true, force: true });
  writeFileSync(path.join(temp, 'vps-snapshot-action'), '');
}

describe('a file of the job', () => {
  const files = (env?: Env, fact = 'fact'): ReturnType<typeof createJobFiles> =>
    createJobFiles(fact, job(env), API_URL);

  test('holds the value that was written last, for every step of the job', () => {
    files().write('801', 'one');
    files().write('801', 'two');
    expect(files({ GITHUB_ACTION: 'second' }).read('801')).toBe('two');
    files().write('801');
    expect(files().read('801')).toBe('');
  });

  test('is gone when it was removed, and may be removed twice', () => {
    files().write('801', 'one');
    files().remove('801');
    files().remove('801');
    expect(files().read('801')).toBeNull();
  });

  test.each(OTHERS)('says nothing to %s', (_name, env) => {
    files().write('801', 'one');
    expect(files(env).read('801')).toBeNull();
  });

  test('says nothing about another subject, fact or API', () => {
    files().write('801', 'one');
    expect(files().read('802')).toBeNull();
    expect(files({}, 'other').read('801')).toBeNull();
    expect(createJobFiles('fact', job(), 'https://other.example/v1').read('801')).toBeNull();
  });

  test('says nothing when it is torn at any place', () => {
    files().write('801', 'one');
    while (change((text) => text.slice(0, -1)) !== '') expect(files().read('801')).toBeNull();
    expect(files().read('801')).toBeNull();
  });
});

describe('the record of requested restores', () => {
  const records = (env?: Env, apiUrl = API_URL): RestoreRecords => createRestoreRecords(job(env), apiUrl);

  test('is found by any id of the server, in every step of the job', () => {
    records().save(['12345', 'u-1']);
    const later = records({ GITHUB_ACTION: 'second' });
    expect([later.has(['12345']), later.has(['u-1']), later.has(['9', 'u-1'])]).toEqual([true, true, true]);
    expect([later.has(['12346']), later.has([])]).toEqual([false, false]);
  });

  test('is gone when it was withdrawn', () => {
    records().save(['12345', 'u-1']);
    records().withdraw(['12345', 'u-1']);
    expect(records().has(['12345', 'u-1'])).toBe(false);
  });

  test.each(OTHERS)('is none for %s', (_name, env) => {
    records().save(['12345']);
    expect(records(env).has(['12345'])).toBe(false);
  });

  test('is none for another API', () => {
    records().save(['12345']);
    expect(records({}, 'https://other.example/v1').has(['12345'])).toBe(false);
  });

  test('that cannot be written is an error, for who requests to report', () => {
    breakFolder();
    expect(() => records().save(['12345'])).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(records().has(['12345'])).toBe(false);
  });

  test('without a folder nothing is written, and nothing is there', () => {
    records({ RUNNER_TEMP: '' }).save(['12345']);
    expect(records({ RUNNER_TEMP: '' }).has(['12345'])).toBe(false);
    expect(() => records({ RUNNER_TEMP: '' }).withdraw(['12345'])).not.toThrow();
  });
});

describe('uses of the action in a job', () => {
  test('are counted, whatever the runner calls their steps', () => {
    expect([countUse(job()), countUse(job()), countUse(job({ GITHUB_ACTION: 'x' }))]).toEqual([1, 2, 3]);
  });

  test.each(OTHERS)('begin anew for %s', (_name, env) => {
    countUse(job());
    expect(countUse(job(env))).toBe(1);
  });

  test('are not counted where nothing can be noted: each is the first', () => {
    expect([countUse(job({ RUNNER_TEMP: '' })), countUse(job({ RUNNER_TEMP: '' }))]).toEqual([1, 1]);
    breakFolder();
    expect([countUse(job()), countUse(job())]).toEqual([1, 1]);
  });

  test('are the first again after what cannot be read', () => {
    countUse(job());
    change((text) => text.replace('\n1\n', '\nmany\n'));
    expect(countUse(job())).toBe(1);
  });

  test('are at most 99, as a marker has room for', () => {
    const uses = Array.from({ length: 101 }, () => countUse(job()));
    expect(uses.slice(97)).toEqual([98, 99, 99, 99]);
  });
});

describe('the first post step of the action in a job', () => {
  test('began now, if nobody noted another time', () => {
    expect(noteFirstPost(job(), NOW)).toBe(NOW);
  });

  test('began when the first of them noted it', () => {
    noteFirstPost(job(), NOW);
    expect([noteFirstPost(job(), NOW + 1000), noteFirstPost(job(), NOW + 90_000)]).toEqual([NOW, NOW]);
  });

  test.each(OTHERS)('is another one for %s', (_name, env) => {
    noteFirstPost(job(), NOW);
    expect(noteFirstPost(job(env), NOW + 1000)).toBe(NOW + 1000);
  });

  test('began now where the note is from the future: a clock was set', () => {
    noteFirstPost(job(), NOW + 60_000);
    expect(noteFirstPost(job(), NOW)).toBe(NOW);
    expect(noteFirstPost(job(), NOW + 1000)).toBe(NOW);
  });

  test('began now where nothing can be noted', () => {
    expect(noteFirstPost(job({ RUNNER_TEMP: '' }), NOW)).toBe(NOW);
    breakFolder();
    expect(noteFirstPost(job(), NOW)).toBe(NOW);
  });

  // Taken for a time, a piece of one would be long ago, and leave no time for a rollback.
  test('began now where the note is torn at any place', () => {
    const torn = (length: number): number => {
      noteFirstPost(job(), NOW);
      change((text) => text.slice(0, -length));
      return noteFirstPost(job(), NOW + 5);
    };
    for (let length = 1; length < 40; length += 1) {
      expect(torn(length)).toBe(NOW + 5);
      rmSync(path.join(temp, 'vps-snapshot-action'), { recursive: true });
    }
  });
});
