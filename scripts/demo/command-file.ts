import { readFileSync, writeFileSync } from 'node:fs';

/** A file by which a step tells its runner something: `name=value` or `name<<END` … `END`; the last one counts. */
export function readCommandFile(file: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const lines = readFileSync(file, 'utf8').split('\n');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, name, operator, rest = ''] = /^([^=<]+)(=|<<)(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const end = operator === '<<' ? lines.indexOf(rest) : -1;
    values.set(
      name,
      end === -1
        ? rest
        : lines
            .splice(0, end + 1)
            .slice(0, -1)
            .join('\n'),
    );
  }
  return values;
}

/** Makes an empty one; the runner gives every step fresh ones. */
export function emptyFile(file: string): string {
  writeFileSync(file, '');
  return file;
}
