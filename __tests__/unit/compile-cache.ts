import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';

/**
 * Variables for commands that a file of tests starts from the sources: the first start compiles their TypeScript for all,
 * which is most of the time of a short one.
 */
export function openCompileCache(): Readonly<Record<'NODE_COMPILE_CACHE', string>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'compiled-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return { NODE_COMPILE_CACHE: folder };
}
