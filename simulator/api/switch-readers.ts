/** The kinds of switches: each reads its value from the text of a command line or from JSON. */

/** The limits of a random duration, in virtual seconds, both included. */
export type Range = readonly [low: number, high: number];

export interface Spec<T> {
  readonly value: T;
  readonly accepts: string;
  readonly help: string;
  /** Parses the text of a command line or a JSON value; the error says what is accepted. */
  readonly read: (raw: unknown) => T;
}

/** A value that a switch does not accept; the message names the switch and what it accepts. */
export class SwitchError extends Error {
  override readonly name = 'SwitchError';
}

export function choice<const T extends string>(accepted: readonly [T, ...T[]], help: string): Spec<T> {
  return {
    value: accepted[0],
    accepts: accepted.join(' | '),
    help,
    read: (raw) => {
      const found = accepted.find((word) => word === raw);
      if (found === undefined) throw new SwitchError(`one of ${accepted.join(', ')}`);
      return found;
    },
  };
}

export function flag(value: boolean, help: string): Spec<boolean> {
  return {
    value,
    accepts: 'true | false',
    help,
    read: (raw) => {
      if (raw === true || raw === 'true') return true;
      if (raw === false || raw === 'false') return false;
      throw new SwitchError('true or false');
    },
  };
}

function readNumber(raw: unknown): number {
  if (typeof raw === 'number') return raw;
  return typeof raw === 'string' && /^\d+(\.\d+)?$/.test(raw) ? Number(raw) : Number.NaN;
}

export function number(value: number, help: string, high = Number.MAX_SAFE_INTEGER): Spec<number> {
  const accepts = high === Number.MAX_SAFE_INTEGER ? 'a number from 0' : `a number from 0 to ${high}`;
  return {
    value,
    accepts,
    help,
    read: (raw) => {
      const read = readNumber(raw);
      if (!(read >= 0 && read <= high)) throw new SwitchError(accepts);
      return read;
    },
  };
}

export function range(value: Range, help: string): Spec<Range> {
  return {
    value,
    accepts: 'SECONDS or LOW-HIGH',
    help,
    read: (raw) => {
      const parts: unknown[] = Array.isArray(raw) ? raw : typeof raw === 'string' ? raw.split('-') : [raw];
      const [low, high] = [readNumber(parts[0]), readNumber(parts.at(-1))];
      if (parts.length > 2 || !(low >= 0 && high >= low))
        throw new SwitchError('SECONDS or LOW-HIGH, such as 180-600');
      return [low, high];
    },
  };
}

export function text(value: string, help: string): Spec<string> {
  return {
    value,
    accepts: 'any text',
    help,
    read: (raw) => {
      if (typeof raw !== 'string') throw new SwitchError('a text');
      return raw;
    },
  };
}

export function list(value: readonly string[], help: string): Spec<readonly string[]> {
  return {
    value,
    accepts: 'words, separated by commas',
    help,
    read: (raw) => {
      if (typeof raw === 'string') return raw.split(',').filter((word) => word !== '');
      if (Array.isArray(raw) && raw.every((word) => typeof word === 'string')) return raw;
      throw new SwitchError('words, separated by commas');
    },
  };
}

/** Some of a fixed set of words. */
export function subset<const T extends string>(
  value: readonly T[],
  accepted: readonly T[],
  help: string,
): Spec<readonly T[]> {
  const accepts = `some of ${accepted.join(', ')}, separated by commas`;
  const words = list(value, help);
  return {
    value,
    accepts,
    help,
    read: (raw) => {
      const read = words.read(raw);
      if (!read.every((word): word is T => accepted.some((known) => known === word))) {
        throw new SwitchError(accepts);
      }
      return read;
    },
  };
}

/** One of a few HTTP status codes. */
export function statusCode<const T extends number>(accepted: readonly [T, ...T[]], help: string): Spec<T> {
  return {
    value: accepted[0],
    accepts: accepted.join(' | '),
    help,
    read: (raw) => {
      const found = accepted.find((code) => code === readNumber(raw));
      if (found === undefined) throw new SwitchError(`one of ${accepted.join(', ')}`);
      return found;
    },
  };
}

/** Seconds, or a word for no limit. */
export function secondsOr<const T extends string>(word: T, help: string): Spec<number | T> {
  const accepts = `${word}, or a number from 0`;
  return {
    value: word,
    accepts,
    help,
    read: (raw) => {
      if (raw === word) return word;
      const read = readNumber(raw);
      if (!(read >= 0)) throw new SwitchError(accepts);
      return read;
    },
  };
}
