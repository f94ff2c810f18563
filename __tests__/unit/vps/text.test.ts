import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../any-character.ts';
import { cleanText } from '../../../src/vps/text.ts';

describe('API text becomes one harmless line', () => {
  test.each([
    ['plain text', 'Snapshot limit reached.', 'Snapshot limit reached.'],
    ['other scripts', 'Größe 日本 🧀', 'Größe 日本 🧀'],
    ['lines', 'a\nb\r\nc\rd', 'a b c d'],
    ['white space', ' \t a \u00a0  b ', 'a \u00a0 b'],
    ['a terminal escape', '\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['a C1 control', 'a\u009b31mb', 'a 31mb'],
    ['text that is turned round', 'a\u202eb\u2066c\u200fd', 'a b c d'],
    ['invisible characters', 'a\u200bb\ufeffc\u00add', 'a b c d'],
    ['other line ends', 'a\u2028b\u2029c\u0085d', 'a b c d'],
    ['half a character', 'a\ud800b\udc00c', 'a b c'],
    ['private characters', 'a\ue000b', 'a b'],
    ['NUL', 'a\u0000b', 'a b'],
    ['nothing', '', ''],
    ['nothing visible', '\u200b\n\t ', ''],
  ])('%s', (_name, text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  test.each([
    ['as long as allowed', 'x'.repeat(10), 'xxxxxxxxxx'],
    ['longer', 'x'.repeat(11), 'xxxxxxxxx…'],
    ['cut inside a pair', `${'x'.repeat(8)}🧀🧀`, 'xxxxxxxx…'],
  ])('%s', (_name, text, clean) => {
    expect(cleanText(text, 10)).toBe(clean);
  });

  test('a megabyte is cut before the work', () => {
    expect(cleanText('x'.repeat(20_000_000))).toBe(`${'x'.repeat(299)}…`);
  });

  test('whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (text, limit) => {
          const clean = cleanText(text, limit);
          expect(clean.length).toBeLessThanOrEqual(limit);
          expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
          expect(clean.isWellFormed()).toBe(true);
        },
      ),
    );
  });
});
