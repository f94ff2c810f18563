/**
 * Writes README.md's tables of inputs and outputs from the manifests, so that each fact stands in one place.
 * `--check` writes nothing, and fails if the tables are not what the manifests say.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ACTIONS, type Manifest, readManifest } from './runner/actions.ts';

type Table = readonly (readonly string[])[];

/** A bar would end the cell, a line break the table. */
const cell = (text: string): string => text.trim().replaceAll('|', '\\|').replaceAll('\n', ' ');

function inputs(manifest: Manifest): Table {
  const rows = Object.entries(manifest.inputs).map(([name, input]) => {
    const fallback = input.required === true ? 'required' : input.default ? `\`${input.default}\`` : 'empty';
    return [`\`${name}\``, fallback, cell(input.description)];
  });
  return [['Input', 'Default', 'Meaning'], ['---', '---', '---'], ...rows];
}

function outputs(manifest: Manifest): Table {
  const rows = Object.entries(manifest.outputs).map(([name, { description }]) => [
    `\`${name}\``,
    cell(description),
  ]);
  return [['Output', 'Meaning'], ['---', '---'], ...rows];
}

function fill(readme: string, name: string, table: Table): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`README.md has no pair of ${start} and ${end}`);
  const lines = table.map((row) => `| ${row.join(' | ')} |`).join('\n');
  // Padded to the widest cell, a changed word would change every line.
  return `${readme.slice(0, from + start.length)}\n\n<!-- prettier-ignore -->\n${lines}\n\n${readme.slice(to)}`;
}

function generated(readme: string): string {
  let text = readme;
  for (const action of ACTIONS) {
    const manifest = readManifest(action);
    text = fill(text, `inputs:${action.name}`, inputs(manifest));
    text = fill(text, `outputs:${action.name}`, outputs(manifest));
  }
  return text;
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const file = path.resolve(import.meta.dirname, '../README.md');
const before = readFileSync(file, 'utf8');
const after = generated(before);

if (!values.check) writeFileSync(file, after);
else if (before === after) process.stdout.write('README.md says what the manifests say\n');
else {
  process.stderr.write(`README.md's tables are not what the manifests say; run 'npm run readme'\n`);
  process.exitCode = 1;
}
