/**
 * Writes the tables of inputs and outputs of each action's README.md from its manifest, so that each fact stands in one
 * place. `--check` writes nothing, and fails if the tables are not what the manifests say.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ACTIONS, type Manifest, readManifest } from './runner/actions.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/** What the runner sets is no use to a reader. */
const isOfRunner = ({ description }: { readonly description: string }): boolean =>
  description.startsWith('Set by the runner');

/** A bar would end the cell, a line break the table. */
const cell = (text: string): string => text.trim().replaceAll('|', '\\|').replaceAll('\n', ' ');

/** Not padded to the widest cell, or a changed word would change every line. */
function toTable(rows: readonly (readonly string[])[]): string {
  const [head = '', ...body] = rows.map((row) => `| ${row.join(' | ')} |`);
  return ['<!-- prettier-ignore -->', head, head.replaceAll(/[^|]+/g, ' --- '), ...body].join('\n');
}

function inputs(manifest: Manifest): string {
  const all = Object.entries(manifest.inputs);
  const rows = all
    .filter(([, input]) => !isOfRunner(input))
    .map(([name, { description, required, default: fallback }]) => {
      const value = required === true ? 'required' : fallback ? `\`${fallback}\`` : 'empty';
      return [`\`${name}\``, value, cell(description)];
    });
  const table = toTable([['Input', 'Default', 'Meaning'], ...rows]);
  const names = all.filter(([, input]) => isOfRunner(input)).map(([name]) => `\`${name}\``);
  if (names.length === 0) return table;
  return `${table}\n\nDo not set ${names.join(' and ')}: the runner does.`;
}

function outputs(manifest: Manifest): string {
  const rows = Object.entries(manifest.outputs).map(([name, { description }]) => [
    `\`${name}\``,
    cell(description),
  ]);
  return toTable([['Output', 'Meaning'], ...rows]);
}

function fill(page: string, text: string, name: string, generated: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${page} has no pair of ${start} and ${end}`);
  return `${text.slice(0, from + start.length)}\n\n${generated}\n\n${text.slice(to)}`;
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const stale = ACTIONS.flatMap((action) => {
  const page = path.join(path.dirname(action.manifest), 'README.md');
  const file = path.join(ROOT, page);
  const before = readFileSync(file, 'utf8');
  const manifest = readManifest(action);
  const filled = fill(page, before, 'inputs', inputs(manifest));
  const after = fill(page, filled, 'outputs', outputs(manifest));
  if (!values.check) writeFileSync(file, after);
  return before === after ? [] : [page];
});

if (values.check && stale.length > 0) {
  process.stderr.write(`not what the manifests say: ${stale.join(', ')}; run 'npm run readme'\n`);
  process.exitCode = 1;
} else if (values.check) process.stdout.write('the READMEs say what the manifests say\n');
