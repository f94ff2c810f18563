type Wrap = (text: string, width: number) => string[];

/**
 * A job summary for a terminal: its few kinds of Markdown (headings, tables, alerts, folded parts, code) with
 * the escapes taken out. GitHub renders it nicer: see scripts/pictures.ts.
 */
export function showMarkdown(markdown: string, wrap: Wrap, width: number): string[] {
  const shown: string[] = [];
  let table: string[][] = [];
  let verbatim = false;
  const flush = (): void => {
    shown.push(...drawTable(table, width, wrap));
    table = [];
  };
  for (const line of markdown.trim().split('\n')) {
    if (line.startsWith('|')) {
      table.push(splitRow(line));
      continue;
    }
    flush();
    if (/^(> )?```/.test(line)) verbatim = !verbatim;
    else if (verbatim) shown.push(`    ${line.replace(/^> /, '')}`);
    else shown.push(...wrap(plain(line), width));
  }
  flush();
  return shown.filter((line, index) => line.trim() !== '' || (shown[index - 1] ?? '').trim() !== '');
}

function splitRow(line: string): string[] {
  const cells = line.replaceAll('\\|', '\u0000').split('|').slice(1, -1);
  return cells.map((cell) => plain(cell.replaceAll('\u0000', '|').trim()));
}

/** The last column of a table that is too wide is folded to this, or the table is drawn as a list. */
const NARROWEST = 24;

function drawTable(rows: readonly (readonly string[])[], room: number, wrap: Wrap): string[] {
  const [head, , ...body] = rows;
  if (head === undefined) return [];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body].map((row) => widthOf(row[column] ?? ''))),
  );
  const others = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, 0);
  const last = Math.min(widths.at(-1) ?? 0, room - others);
  if (last < Math.min(NARROWEST, widths.at(-1) ?? 0)) return drawList(head, body);
  const draw = (row: readonly string[]): string[] => {
    const start = row.slice(0, -1).map((cell, column) => pad(cell, widths[column] ?? 0) + '  ');
    return wrap(row.at(-1) ?? '', last).map((line, index) =>
      ((index === 0 ? start.join('') : ' '.repeat(others)) + line).trimEnd(),
    );
  };
  const rule = [...widths.slice(0, -1), last].map((each) => '─'.repeat(each)).join('  ');
  return [...draw(head), rule, ...body.flatMap(draw)];
}

/** Columns that a text takes on a screen: a sign such as ✅ takes two. */
function widthOf(text: string): number {
  return (
    text.length + [...text.matchAll(/\p{Emoji_Presentation}/gu)].filter(([sign]) => sign.length === 1).length
  );
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** One line for each cell, for a table that no screen has room for. */
function drawList(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  const label = Math.max(...head.map((cell) => cell.length));
  return body.flatMap((row) => [
    ...row.map((cell, column) => `${(head[column] ?? '').padEnd(label)}  ${cell}`.trimEnd()),
    '',
  ]);
}

function plain(text: string): string {
  const alert = /^> \[!(\w+)\]/.exec(text)?.[1];
  if (alert !== undefined) return `‼ ${alert}`;
  return text
    .replace(/^#+ /, '')
    .replace(/^> ?/, '  ')
    .replaceAll('<details><summary>', '▾ ')
    .replaceAll('<br>', ' · ')
    .replaceAll(/<\/?[a-z]+>/g, '')
    .replaceAll('**', '')
    .replaceAll(/(?<!\\)`/g, '')
    .replaceAll(/\\([\\`*_{}[\]()#!|~$+=.-])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll('\u200b', '');
}
