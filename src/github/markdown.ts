import { formatTime } from './format.ts';
import { parseTime } from '../vps/model.ts';

/**
 * Text from outside as it may stand in Markdown: no markup, link, mention, HTML or table cell can come of it. Addresses
 * stand in code spans, where they are no links and can be copied.
 */
export function escapeMarkdown(text: string): string {
  const parts = text.replace(INVISIBLE, ' ').split(ADDRESS);
  const shown = parts.map((part, index) => (index % 2 === 1 ? `\`${part}\`` : escapePart(part)));
  return shown
    .join('')
    .replace(/^(\s*)([-+=#])/, '$1\\$2')
    .replace(/^(\s*\d+)\./, '$1\\.');
}

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** An address, without what may follow it in a sentence. */
const ADDRESS = /((?:https?:\/\/|www\.)[A-Za-z0-9/?&=%+._~:-]*[A-Za-z0-9/])/gi;

function escapePart(text: string): string {
  return escapeHtml(text).replace(/[\\`*_{}[\]()!|~$]/g, '\\$&');
}

/** Text from outside as it may stand in HTML of ours: no markup, mention or link can come of it. */
export function escapeHtml(text: string): string {
  return unlink(
    text.replace(INVISIBLE, ' ').replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
  );
}

/** A zero-width space keeps mentions, references and what looks like an address from becoming links. */
function unlink(text: string): string {
  return text.replace(/[@#]|:(?=\/\/)|www(?=\.)/gi, (found) => `${found}\u200b`);
}

/** A code span for an id or a name; it holds the text as it is, whatever that contains. */
export function code(text: string): string {
  const clean = text.replace(INVISIBLE, ' ').replaceAll('|', '¦').trim();
  if (clean === '') return '–';
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = clean.startsWith('`') || clean.endsWith('`') ? ' ' : '';
  return `${fence}${space}${clean}${space}${fence}`;
}

/** A table; cells are Markdown already. One row is a list, which is read faster; without rows it is empty. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const [only] = rows;
  if (only === undefined) return '';
  if (rows.length === 1) return list(only.map((cell, index) => [head[index] ?? '', cell]));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return `${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}\n`;
}

/** What is known, each with its name; what is not known is left out. */
export function list(facts: readonly (readonly [name: string, fact: string])[]): string {
  const known = facts.filter(([, fact]) => fact !== '' && fact !== '–');
  if (known.length === 0) return '';
  return `${known.map(([name, fact]) => `- **${name}:** ${fact.replaceAll('<br>', ' ')}\n`).join('')}\n`;
}

/** A link of our own to an address that was checked. */
export function link(text: string, url: string): string {
  return url === '' ? '' : `[${escapeMarkdown(text)}](${url})`;
}

/** A fenced block to copy: a shell command, or lines of a workflow. */
export function codeBlock(command: string): string {
  const language = command.startsWith('curl ') ? 'sh' : 'yaml';
  return `\`\`\`${language}\n${command}\n\`\`\`\n\n`;
}

/** A section that is folded away. `title` is Markdown-free text of our own. */
export function details(title: string, body: string): string {
  return body === '' ? '' : `<details><summary>${title}</summary>\n\n${body}</details>\n\n`;
}

/** A time of the API or of ours in a cell: UTC to the second, or as it stands where it cannot be read. */
export function showTime(text: string | null): string {
  if (text === null || text === '') return '–';
  const at = parseTime(text);
  return at === null ? escapeMarkdown(text) : formatTime(at);
}
