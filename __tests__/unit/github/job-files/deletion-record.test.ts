import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  createDeletionRecords,
  type DeletionRecords,
} from '../../../../src/github/job-files/deletion-record.ts';
import { readJob } from '../../../../src/github/job.ts';

let temp = '';

beforeEach(() => {
  temp = mkdtempSync(path.join(tmpdir(), 'deletions-'));
});

afterEach(() => {
  rmSync(temp, { recursive: true });
});

const records = (env: Readonly<Record<string, string>> = {}): DeletionRecords =>
  createDeletionRecords(
    readJob({ GITHUB_REPOSITORY_ID: '7', GITHUB_RUN_ID: '900', RUNNER_TEMP: temp, ...env }),
    'https://admin.vps.org/api/v1',
  );

test.each(['deleted', 'unknown'] as const)('%s: another step of the same job knows', (state) => {
  records().save('801', state);
  expect(records().read('801')).toBe(state);
  expect(records().read('802')).toBeNull();
  expect(records({ GITHUB_RUN_ID: '901' }).read('801')).toBeNull();
});

test('what became of it later replaces what was known', () => {
  records().save('801', 'unknown');
  records().save('801', 'deleted');
  expect(records().read('801')).toBe('deleted');
});

test('a word that it does not know is none', () => {
  records().save('801', 'unknown');
  const folder = path.join(temp, 'vps-snapshot-action');
  const [name = ''] = readdirSync(folder);
  records().save('802', 'kept' as 'deleted');
  expect(records().read('802')).toBeNull();
  writeFileSync(path.join(folder, name), 'deleted\n');
  expect(records().read('801')).toBeNull();
});
