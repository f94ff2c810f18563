/** What the workflow runner reads of a step: the files it hands out, and the commands in the log. */

export interface Annotation {
  readonly kind: 'notice' | 'warning' | 'error';
  readonly title: string;
  readonly text: string;
}

export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Reads `name<<delimiter` blocks as the runner does; the last write of a name counts. */
export function parseFile(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  // Node writes the line breaks of its system.
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name, delimiter] = /^([^=\n]+?)<<(.+)$/.exec(line) ?? [];
    if (name === undefined || delimiter === undefined) throw new Error(`no block begins with: ${line}`);
    const end = lines.indexOf(delimiter, at + 1);
    if (end === -1) throw new Error(`the block of ${name} has no end`);
    values[name] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return values;
}

/** Lines as the runner sees them: a lone carriage return ends one as well. */
function linesOf(log: string): string[] {
  return log.split(/\r\n|\n|\r/);
}

/** Every workflow command that the runner would carry out, in the old form too, which it finds anywhere in a line. */
export function parseCommands(log: string): Command[] {
  return linesOf(log).flatMap((line) => {
    const [, name, given = '', text = ''] = /^\s*::([^\s:]+)(?: (.*?))?::(.*)$/.exec(line) ?? [];
    if (name !== undefined) return [{ name, properties: parseProperties(given), text: unescape(text) }];
    return [...line.matchAll(/##\[([^\]\s]+)[^\]]*\](.*)/g)].map(([, old = '', rest = '']) => ({
      name: `##[${old}]`,
      properties: {},
      text: rest,
    }));
  });
}

function parseProperties(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.split('=', 2));
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, unescape(value)]));
}

function unescape(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

export function annotationsOf(commands: readonly Command[]): Annotation[] {
  return commands.flatMap(({ name, properties, text }) =>
    name === 'notice' || name === 'warning' || name === 'error'
      ? [{ kind: name, title: properties['title'] ?? '', text }]
      : [],
  );
}
