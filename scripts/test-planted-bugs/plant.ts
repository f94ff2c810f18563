import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PlantedBug } from './bugs.ts';

const SRC = path.resolve(import.meta.dirname, '../../src');

/** The file of a bug with the bug in it; throws unless the snippet occurs exactly once in functions of that name. */
export function plant({ name, in: place, find, replace }: PlantedBug): { file: string; source: string } {
  // The sources are formatted, so a top-level function ends at the first brace in the first column.
  const declaration = new RegExp(`^(?:export )?(?:async )?function ${place}\\b[^]*?^\\}`, 'gm');
  const snippet = new RegExp(
    find
      .split(/\s+/)
      .map((part) => RegExp.escape(part))
      .join('\\s+'),
    'g',
  );
  const declaredIn: string[] = [];
  const planted: { file: string; source: string }[] = [];
  for (const file of globSync('**/*.ts', { cwd: SRC }).map((each) => path.join(SRC, each))) {
    const source = readFileSync(file, 'utf8');
    for (const { 0: body, index } of source.matchAll(declaration)) {
      declaredIn.push(path.relative(SRC, file));
      for (const { 0: found, index: at } of body.matchAll(snippet)) {
        const end = index + at + found.length;
        planted.push({ file, source: source.slice(0, index + at) + replace + source.slice(end) });
      }
    }
  }
  const [only] = planted;
  if (only !== undefined && planted.length === 1) return only;
  throw new Error(
    declaredIn.length === 0
      ? `planted bug "${name}": src/ has no function ${place}`
      : `planted bug "${name}": ${place} in ${declaredIn.join(' and ')} has ${planted.length} times, not once: ${find}`,
  );
}
