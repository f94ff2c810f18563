import fc from 'fast-check';

/** UTF-16 halves, which are no characters of their own. */
const SURROGATES = { first: 0xd800, count: 0x800 };

/**
 * Any code point, as `unit` of a text. fast-check's own `binary` holds the same, and lists all 1,112,064 of them in a map
 * first: half a second of each file that uses it.
 */
export const anyCharacter = fc.nat({ max: 0x10ffff - SURROGATES.count }).map(
  (n) => String.fromCodePoint(n < SURROGATES.first ? n : n + SURROGATES.count),
  (text) => {
    const code = typeof text === 'string' ? text.codePointAt(0) : undefined;
    if (code === undefined || text !== String.fromCodePoint(code)) throw new Error('not one character');
    return code < SURROGATES.first ? code : code - SURROGATES.count;
  },
);
