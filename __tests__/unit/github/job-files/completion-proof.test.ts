import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  createCompletionProofs,
  type CompletionProofs,
} from '../../../../src/github/job-files/completion-proof.ts';
import { readJob } from '../../../../src/github/job.ts';
import { createRestoreRecords } from '../../../../src/github/job-files/restore-record.ts';

const API_URL = 'https://admin.vps.org/api/v1';
const JOB = {
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_REPOSITORY_ID: '7',
  GITHUB_RUN_ID: '900',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_JOB: 'deploy',
  GITHUB_ACTION: 'wait',
};
let temp = '';

beforeEach(() => {
  temp = mkdtempSync(path.join(tmpdir(), 'proofs-'));
});

afterEach(() => {
  rmSync(temp, { recursive: true });
});

const completionProofs = (job: Readonly<Record<string, string>> = {}, apiUrl = API_URL): CompletionProofs =>
  createCompletionProofs(readJob({ ...JOB, RUNNER_TEMP: temp, ...job }), apiUrl);

/** The one file that was written. */
function file(): string {
  const [name = ''] = readdirSync(path.join(temp, 'vps-snapshot-action'));
  return path.join(temp, 'vps-snapshot-action', name);
}

test('what the wait action saw, another step of the same job knows', () => {
  completionProofs().save('801');
  expect(completionProofs({ GITHUB_ACTION: 'snapshot' }).has('801')).toBe(true);
});

describe('is none', () => {
  test.each<[string, () => boolean]>([
    ['for another snapshot', () => completionProofs().has('802')],
    ['for another API', () => completionProofs({}, 'https://other.example/v1').has('801')],
    ['for another job', () => completionProofs({ GITHUB_JOB: 'build' }).has('801')],
    ['for another run', () => completionProofs({ GITHUB_RUN_ID: '901' }).has('801')],
    ['for another attempt', () => completionProofs({ GITHUB_RUN_ATTEMPT: '3' }).has('801')],
    ['for another repository', () => completionProofs({ GITHUB_REPOSITORY_ID: '8' }).has('801')],
    ['in another folder', () => completionProofs({ RUNNER_TEMP: path.join(temp, 'other') }).has('801')],
    ['without a folder', () => completionProofs({ RUNNER_TEMP: '' }).has('801')],
  ])('%s', (_name, has) => {
    completionProofs().save('801');
    expect(has()).toBe(false);
  });

  test('before anything was seen', () => {
    expect(completionProofs().has('801')).toBe(false);
  });

  test('in a file that was torn or changed', () => {
    completionProofs().save('801');
    const text = readFileSync(file(), 'utf8');
    for (const other of [
      '',
      text.slice(0, -1),
      text.slice(0, -2),
      text.replace('801', '802'),
      `${text} `,
      '{"status":"completed"}',
    ]) {
      writeFileSync(file(), other);
      expect(completionProofs().has('801')).toBe(false);
    }
    writeFileSync(file(), text);
    expect(completionProofs().has('801')).toBe(true);
  });
});

test('is not what a job file about something else says', () => {
  createRestoreRecords(readJob({ ...JOB, RUNNER_TEMP: temp }), API_URL).save(['801']);
  expect(completionProofs().has('801')).toBe(false);
});

test('a folder that cannot be written is an error, for who saves it to report', () => {
  writeFileSync(path.join(temp, 'file'), '');
  const proofs = completionProofs({ RUNNER_TEMP: path.join(temp, 'file') });
  expect(() => proofs.save('801')).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  expect(proofs.has('801')).toBe(false);
});

test('without a folder nothing is written, which is an error for who saves a proof, and for nothing else', () => {
  expect(() => completionProofs({ RUNNER_TEMP: '' }).save('801')).toThrow('RUNNER_TEMP is not set');
  const records = createRestoreRecords(readJob({ ...JOB, RUNNER_TEMP: '' }), API_URL);
  expect(() => records.save(['801'])).not.toThrow();
  expect(readdirSync(temp)).toEqual([]);
});

test('the file is named by a digest: an id cannot lead out of its folder', () => {
  completionProofs().save('../../x');
  expect(path.basename(file())).toMatch(/^completed-[0-9a-f]{32}$/);
});
