/** Inputs by their names in small letters. */
export type Inputs = ReadonlyMap<string, string>;

/** A name that is given, and the input that is meant by it. */
export interface Misspelling {
  readonly given: string;
  readonly meant: string;
}

/** Shorter names are too like one another. */
const SHORTEST = 5;
const MOST_EDITS = 2;

/** The inputs as the runner passes them on: of one that the action does not have it only warns. */
export function givenInputs(env: NodeJS.ProcessEnv): Inputs {
  const inputs = Object.entries(env).filter(([name]) => name.startsWith('INPUT_'));
  return new Map(inputs.map(([name, value = '']) => [name.slice('INPUT_'.length).toLowerCase(), value]));
}

/**
 * The given inputs that the action does not have, and that are spelled almost like one that it has. One with the same
 * value as that is none: under some runners a composite action's own inputs reach its steps.
 */
export function findMisspellings(given: Inputs, known: Inputs): readonly Misspelling[] {
  return [...given].flatMap(([name, value]) => {
    if (value === '' || known.has(name)) return [];
    const [meant] = [...known.keys()]
      .map((candidate) => ({ candidate, edits: countEdits(plain(name), plain(candidate)) }))
      .filter(({ candidate, edits }) => edits === 0 || (edits <= MOST_EDITS && candidate.length >= SHORTEST))
      .toSorted((a, b) => a.edits - b.edits);
    return meant === undefined || known.get(meant.candidate) === value
      ? []
      : [{ given: name, meant: meant.candidate }];
  });
}

function plain(name: string): string {
  return name.replace(/[-_ ]/g, '');
}

/** Letters to add, drop or change (Levenshtein). */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      const change = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(change, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
