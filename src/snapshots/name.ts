/** Snapshot names from a template; the API allows letters, digits, hyphens and underscores. */

/** Our own bound; the API documents none. */
export const NAME_LIMIT = 100;

export const PLACEHOLDERS = [
  'owner',
  'repo',
  'ref',
  'sha',
  'sha7',
  'run_id',
  'run_number',
  'run_attempt',
  'job',
  'workflow',
  'server_id',
  'date',
  'time',
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];
export type NameValues = Readonly<Record<Placeholder, string>>;

/** The values that may lose their end in a long name; everything else identifies something. */
const SHORTENED: ReadonlySet<Placeholder> = new Set(['owner', 'repo', 'ref', 'job', 'workflow']);
const KNOWN: ReadonlySet<string> = new Set(PLACEHOLDERS);

type Part = { readonly text: string } | { readonly placeholder: Placeholder };
export type NameTemplate = readonly Part[];

function isPlaceholder(word: string): word is Placeholder {
  return KNOWN.has(word);
}

/** Splits a template into text and placeholders; throws one `Error` whose message names every mistake. */
export function parseTemplate(template: string): NameTemplate {
  const parts: Part[] = [];
  const problems: string[] = [];
  const unknown: string[] = [];
  const illegal = new Set<string>();
  for (const piece of template.split(/(\{[^{}]*\})/)) {
    const word = /^\{([^{}]*)\}$/.exec(piece)?.[1];
    if (word === undefined) {
      for (const character of piece.replace(/[A-Za-z0-9_-]/g, '')) illegal.add(character);
      if (piece !== '') parts.push({ text: piece });
    } else if (isPlaceholder(word)) {
      parts.push({ placeholder: word });
    } else {
      unknown.push(`{${word}}`);
    }
  }
  if (illegal.size > 0) {
    problems.push(
      `it contains ${[...illegal].map((c) => JSON.stringify(c)).join(', ')}; only letters, digits, '-' and '_' are allowed outside placeholders`,
    );
  }
  if (unknown.length > 0) {
    problems.push(`unknown placeholder ${unknown.join(', ')}; known ones are {${PLACEHOLDERS.join('} {')}}`);
  }
  if (parts.length === 0 && problems.length === 0) problems.push('it is empty');
  const fixed = parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 1), 0);
  if (fixed > NAME_LIMIT) problems.push(`its own text is longer than ${NAME_LIMIT} characters`);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return parts;
}

/** A value as it may stand in a name: `feature/#441` gives `feature-441`, nothing gives `x`. */
export function cleanValue(value: string): string {
  return value.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'x';
}

/**
 * The name, at most {@link NAME_LIMIT} characters. Too long a name is shortened in its longest values, never
 * in ids or times; throws where the ids and the template's own text alone are too long.
 */
export function renderName(template: NameTemplate, values: NameValues): string {
  const pieces = template.map((part) =>
    'text' in part
      ? { text: part.text, shortened: false }
      : { text: cleanValue(values[part.placeholder]), shortened: SHORTENED.has(part.placeholder) },
  );
  const lengthAt = (cap: number): number =>
    pieces.reduce((sum, p) => sum + (p.shortened ? Math.min(p.text.length, cap) : p.text.length), 0);
  let cap = Math.max(1, ...pieces.map((p) => p.text.length));
  while (cap > 1 && lengthAt(cap) > NAME_LIMIT) cap -= 1;
  if (lengthAt(cap) > NAME_LIMIT) {
    throw new Error(
      `the name would have ${lengthAt(cap)} characters; ids and fixed text alone exceed the limit of ${NAME_LIMIT}`,
    );
  }
  return pieces
    .map((p) =>
      p.shortened && p.text.length > cap ? p.text.slice(0, cap).replace(/-+$/, '') || 'x' : p.text,
    )
    .join('');
}

/** The name for the one further try when the API already has this name under another key. */
export function addKeySuffix(name: string, key: string): string {
  const suffix = `-${key.replaceAll('-', '').slice(0, 6)}`;
  return `${name.slice(0, NAME_LIMIT - suffix.length)}${suffix}`;
}

/** `{date}` and `{time}` of an instant (epoch milliseconds), in UTC. */
export function formatInstant(epochMs: number): { readonly date: string; readonly time: string } {
  const iso = new Date(epochMs).toISOString();
  return { date: iso.slice(0, 10).replaceAll('-', ''), time: iso.slice(11, 19).replaceAll(':', '') };
}
