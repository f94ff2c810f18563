import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a step leaves behind: its lines, and the files of the runner. */

export const folder = mkdtempSync(path.join(tmpdir(), 'runner-'));
export const FILES = {
  GITHUB_OUTPUT: path.join(folder, 'output'),
  GITHUB_STATE: path.join(folder, 'state'),
  GITHUB_STEP_SUMMARY: path.join(folder, 'summary'),
} as const;
const environment = { ...process.env };
const write = process.stdout.write.bind(process.stdout);
let output = '';

/** Before each test: empty files, and nothing written. */
export function setUp(): void {
  for (const file of Object.values(FILES)) {
    rmSync(file, { recursive: true, force: true });
    writeFileSync(file, '');
  }
  Object.assign(process.env, FILES);
  forget();
  process.stdout.write = (chunk: string | Uint8Array) => {
    output += String(chunk);
    return true;
  };
}

/** After each test. */
export function tearDown(): void {
  process.stdout.write = write;
  process.env = { ...environment };
  process.exitCode = undefined;
}

/** After all tests of a file. */
export function remove(): void {
  rmSync(folder, { recursive: true });
}

/** What was written since the test began, or since `forget`. */
export function said(): string {
  return output;
}

export function forget(): void {
  output = '';
}

export function read(file: keyof typeof FILES): string {
  return readFileSync(FILES[file], 'utf8');
}

/** Puts a folder in a file's place: nobody can write to that, not even root. */
export function breakFile(file: keyof typeof FILES): void {
  rmSync(FILES[file], { force: true });
  mkdirSync(FILES[file]);
}

export function mendFile(file: keyof typeof FILES): void {
  rmSync(FILES[file], { recursive: true });
  writeFileSync(FILES[file], '');
}

/** What the runner takes for commands in a step's output: `::name` at a line's beginning, `##[name` anywhere. */
export function commandsIn(output: string): string[] {
  return output
    .split(/\r\n|\r|\n/)
    .flatMap((line) => [
      /^\s*::([\w-]*)/.exec(line)?.[1],
      ...[...line.matchAll(/##\[([\w-]*)/g)].map((m) => m[1]),
    ])
    .filter((name) => name !== undefined);
}
