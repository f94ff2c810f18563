import { messageOf } from '../log.ts';
import { findMisspellings, givenInputs, type Inputs } from './spelling.ts';
import { isLoopback, parseDuration } from './values.ts';

/** All mistakes in the inputs, reported together; nothing has been sent. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(problems: readonly string[]) {
    const count =
      problems.length === 1 ? 'The inputs have a mistake' : `The inputs have ${problems.length} mistakes`;
    super(`${count}; nothing was sent to VPS.org:\n${problems.map((p) => `- ${p}`).join('\n')}`);
  }
}

const SHORTEST_POLL = 1000;
/** For the simulator, whose time runs faster. */
const SHORTEST_LOOPBACK_POLL = 100;

/**
 * Reads inputs one by one and collects what is wrong with them. An empty input means its default: a caller
 * that passes an unset variable on cannot tell the two apart.
 */
export class InputReader {
  readonly problems: string[] = [];
  readonly #known = new Map<string, string>();
  readonly #read: (name: string) => string;

  constructor(read: (name: string) => string) {
    this.#read = read;
  }

  #get(name: string): string {
    const value = this.#read(name);
    this.#known.set(name, value);
    return value;
  }

  text(name: string): string {
    return this.#get(name);
  }

  /** The parsed value, or `fallback` for an empty input and after a mistake. */
  read<T>(name: string, fallback: T, parse: (text: string) => T): T {
    const text = this.#get(name);
    if (text === '') return fallback;
    return this.attempt(name, fallback, () => parse(text));
  }

  attempt<T>(name: string, fallback: T, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      this.problem(name, messageOf(error));
      return fallback;
    }
  }

  problem(name: string, what: string): void {
    this.problems.push(`'${name}': ${what}`);
  }

  /** A list of words; `whenEmpty` says what is wrong with an empty one, `null` that nothing is. */
  list(name: string, parse: (text: string) => string[], whenEmpty: string | null): string[] {
    const before = this.problems.length;
    const words = this.read(name, [], parse);
    if (words.length === 0 && whenEmpty !== null && this.problems.length === before)
      this.problem(name, whenEmpty);
    return words;
  }

  /** The host of `api_url` decides how short it may be: nobody is to poll the real API ten times a second. */
  pollInterval(): number | null {
    const { hostname = '' } = URL.parse(this.text('api_url')) ?? {};
    const min = isLoopback(hostname) ? SHORTEST_LOOPBACK_POLL : SHORTEST_POLL;
    return this.read('poll_interval', null, (text) => parseDuration(text, { min }));
  }

  /** Throws {@link InputError} if anything was wrong, with what was read or with what nobody read. */
  finish<T>(inputs: T, given: Inputs = givenInputs(process.env)): T {
    for (const misspelling of findMisspellings(given, this.#known))
      this.problem(misspelling.given, `there is no such input: write '${misspelling.meant}'`);
    if (this.problems.length > 0) throw new InputError(this.problems);
    return inputs;
  }
}
