import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PlantedBug } from './bugs.ts';

const SRC = path.resolve(import.meta.dirname, '../../src');

/** The file of a bug with the bug in it; throws unless the snippet occurs exactly once in functions of that name. */
export function plant({ name, in: place, find, replace }: PlantedBug): { file: string; source: string } {
  // The sources are formatted, so a top-level function ends at the first brace in the first column.
  const declaration = new RegExp(`^(?:export )?(?:async )?function ${place}\\b[^]*?^\\}`, 'gm');
  const snippet = snippetPattern(find);
  const declaredIn: string[] = [];
  const planted: { file: string; source: string }[] = [];
  for (const file of globSync('**/*.ts', { cwd: SRC }).map((each) => path.join(SRC, each))) {
    const source = readFileSync(file, 'utf8');
    for (const { 0: body, index } of source.matchAll(declaration)) {
      declaredIn.push(path.relative(SRC, file));
      for (const { 0: found, index: at } of body.matchAll(snippet)) {
        const start = index + at;
        planted.push({ file, source: source.slice(0, start) + replace + source.slice(start + found.length) });
      }
    }
  }
  const [only] = planted;
  if (only !== undefined && planted.length === 1) return only;
  const problem =
    declaredIn.length === 0
      ? `src/ has no function ${place}`
      : `${place} in ${declaredIn.join(' and ')} has to contain this once, not ${planted.length} times: ${find}`;
  throw new Error(`planted bug "${name}": ${problem}`);
}

/** White space may be a line break, and `…` is anything without parentheses. */
function snippetPattern(find: string): RegExp {
  const words = find.split(/\s+/).map((word) => RegExp.escape(word).replaceAll('…', '[^()]*'));
  return new RegExp(words.join('\\s+'), 'g');
}
