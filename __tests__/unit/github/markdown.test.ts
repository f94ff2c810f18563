import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  code,
  details,
  escapeHtml,
  escapeMarkdown,
  link,
  list,
  showTime,
  codeBlock,
  table,
} from '../../../src/github/markdown.ts';

const ZERO = '\u200b';

describe('text from outside is text in Markdown', () => {
  test.each<[string, string, string]>([
    ['plain text', 'All 5 slots are used, 2.5 GB.', 'All 5 slots are used, 2.5 GB.'],
    ['other scripts', 'Größe 日本 🧀', 'Größe 日本 🧀'],
    ['emphasis', '*a* _b_ ~~c~~', '\\*a\\* \\_b\\_ \\~\\~c\\~\\~'],
    ['a link', '[x](y)', '\\[x\\]\\(y\\)'],
    ['an image', '![x](y)', '\\!\\[x\\]\\(y\\)'],
    ['a bare address', 'see https://evil.example', 'see `https://evil.example`'],
    ['a bare host', 'see www.evil.example', 'see `www.evil.example`'],
    ['a bare host in capitals', 'WWW.evil.example', '`WWW.evil.example`'],
    ['an address between angles', '<https://evil.example>', '&lt;`https://evil.example`&gt;'],
    [
      'an address in a sentence',
      'see https://a.example/b?c=1, (now).',
      'see `https://a.example/b?c=1`, \\(now\\).',
    ],
    [
      'an address to copy',
      'https://web.example/health answered 500',
      '`https://web.example/health` answered 500',
    ],
    ['half an address', 'https://', `https:${ZERO}//`],
    ['a mail address', 'a@b.example', `a@${ZERO}b.example`],
    ['a mention', '@octocat', `@${ZERO}octocat`],
    ['a reference', 'acme/shop#7', `acme/shop#${ZERO}7`],
    ['HTML', '<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert\\(1\\)&gt;'],
    ['an entity', '&lt;b&gt; &#60;', `&amp;lt;b&amp;gt; &amp;#${ZERO}60;`],
    ['a code span', 'a `b` ``c', 'a \\`b\\` \\`\\`c'],
    ['a table cell', 'a | b', 'a \\| b'],
    ['mathematics', '$a$', '\\$a\\$'],
    ['an escape of its own', '\\*a\\*', '\\\\\\*a\\\\\\*'],
    ['a heading', '# a', `\\#${ZERO} a`],
    ['a list', '- a', '\\- a'],
    ['another list', '+ a', '\\+ a'],
    ['a numbered list', '2. a', '2\\. a'],
    ['another numbered list', '2) a', '2\\) a'],
    ['a rule', '---', '\\---'],
    ['an underline', '===', '\\==='],
    ['a quote', '> a', '&gt; a'],
    ['a fence', '```sh', '\\`\\`\\`sh'],
    ['lines', 'a\nb\r\n\nc', 'a b c'],
    ['invisible characters', `a${ZERO}b\u202ec\u0000d`, 'a b c d'],
    ['nothing', '', ''],
  ])('%s', (_name, text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });
});

describe('text from outside is text in HTML', () => {
  test.each<[string, string, string]>([
    ['a tag', '<b>', '&lt;b&gt;'],
    ['an entity', '&lt;', '&amp;lt;'],
    ['a mention', '@octocat', `@${ZERO}octocat`],
    ['an address', 'http://a.example', `http:${ZERO}//a.example`],
    ['Markdown, which has no meaning there', '*a* `b`', '*a* `b`'],
  ])('%s', (_name, text, escaped) => {
    expect(escapeHtml(text)).toBe(escaped);
  });
});

/** Without the code spans of addresses, in which nothing has a meaning. */
function withoutAddresses(escaped: string): string {
  return escaped.replace(/\\[^]|`(?:https?:\/\/|www\.)[^`]*`/gi, (found) =>
    found.startsWith('\\') ? found : '',
  );
}

/** Pieces of which Markdown, HTML, links and mentions are made. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '*',
          '_',
          '`',
          '~',
          '[',
          ']',
          '(',
          ')',
          '!',
          '<',
          '>',
          '&',
          '#',
          '@',
          '|',
          '\\',
          '$',
          ':',
          '//',
          'http',
          'www.',
          'a',
          ' ',
        ],
        ...[
          '\n',
          '\r',
          '\t',
          '1.',
          '-',
          '+',
          '=',
          '<b>',
          '</details>',
          '&lt;',
          '@octocat',
          'https://e.example',
          '\u202e',
          ZERO,
        ],
      ),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    ),
  )
  .map((pieces) => pieces.join(''));

describe('whatever the text', () => {
  test('each character with a meaning in Markdown is escaped, and each escape is whole', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const rest = withoutAddresses(escapeMarkdown(text)).replace(/\\[\\`*_{}[\]()!|~$\-+=#.]/g, '');
        expect(rest).not.toMatch(/[\\`*_{}[\]()!|~$<>\r\n\t]/);
        expect(rest).not.toMatch(/&(?!amp;|lt;|gt;)/);
        expect(escapeMarkdown(text)).not.toMatch(/^\s*([-+=#]|\d+[.)])/);
      }),
      { numRuns: 1000 },
    );
  });

  test('no address, mention or reference can become a link', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const escaped of [withoutAddresses(escapeMarkdown(text)), escapeHtml(text)]) {
          expect(escaped).not.toMatch(/:\/\/|www\.(?!\u200b)|[@#](?!\u200b)/i);
          expect(escaped).not.toMatch(/[<>\r\n]/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('unescaped it is the text again, in one line', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', ' ', '*', '_', '[', '(', '|', '<', '&', '>', '\\', '`', '.', '7'),
    });
    fc.assert(
      fc.property(letters, (text) => {
        const shown = escapeMarkdown(text)
          .replace(/\\([!-/:-@[-`{-~])/g, '$1')
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&amp;', '&');
        expect(shown).toBe(text);
      }),
    );
  });

  test('a code span holds it and ends where it ends', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const span = code(text);
        if (span === '–') return;
        const [, fence = ''] = /^(`+)[^`]/.exec(span) ?? [];
        expect(fence).not.toBe('');
        expect(span.endsWith(fence)).toBe(true);
        const inside = span.slice(fence.length, -fence.length);
        // A run of as many backticks as the fence would end the span early.
        expect([...inside.matchAll(/`+/g)].map(([run]) => run)).not.toContain(fence);
        expect(inside).not.toMatch(/[|\r\n]/);
        expect(inside.startsWith('`') || inside.endsWith('`')).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test('a table keeps its rows and columns', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, hostile), { minLength: 2, maxLength: 4 }), (rows) => {
        const cells = rows.map(([a, b]) => [code(a), escapeMarkdown(b)]);
        const lines = table(['A', 'B'], cells).trimEnd().split('\n');
        expect(lines).toHaveLength(rows.length + 2);
        for (const line of lines) expect(line.replace(/\\[^]/g, '').match(/\|/g)).toHaveLength(3);
      }),
    );
  });
});

describe('code spans', () => {
  test.each([
    ['801', '`801`'],
    ['a`b', '``a`b``'],
    ['``', '``` `` ```'],
    ['`a`', '`` `a` ``'],
    ['a|b', '`a¦b`'],
    ['a\nb\u202ec', '`a b c`'],
    ['<b>@x', '`<b>@x`'],
    ['', '–'],
    [' \n ', '–'],
  ])('%j', (text, span) => {
    expect(code(text)).toBe(span);
  });
});

test('a table', () => {
  const rows = [
    ['1', '2'],
    ['3', '4'],
  ];
  expect(table(['A', 'B'], rows)).toBe('| A | B |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n\n');
  expect(table(['A', 'B'], [])).toBe('');
});

test('a table of one row is a list of what is known', () => {
  expect(table(['A', 'B', 'C'], [['1<br>2', '–', '3']])).toBe('- **A:** 1 2\n- **C:** 3\n\n');
  expect(list([['A', '']])).toBe('');
});

test('a link to an address of ours, where there is one', () => {
  expect(link('a [b]', 'https://a.example/b')).toBe('[a \\[b\\]](https://a.example/b)');
  expect(link('a', '')).toBe('');
});

test('a folded section', () => {
  expect(details('Title', 'body\n')).toBe('<details><summary>Title</summary>\n\nbody\n</details>\n\n');
  expect(details('Title', '')).toBe('');
});

test.each([
  ['a command', 'curl a\nb', 'sh'],
  ['lines of a workflow', 'concurrency:\n  group: a', 'yaml'],
])('a block to copy: %s', (_name, text, language) => {
  expect(codeBlock(text)).toBe(`\`\`\`${language}\n${text}\n\`\`\`\n\n`);
});

describe('a time is given in UTC, or as it stands where it says no instant', () => {
  test.each([
    ['2026-01-05T03:07:09.999Z', '2026-01-05 03:07:09 UTC'],
    ['2026-01-05T04:07:09+01:00', '2026-01-05 03:07:09 UTC'],
    ['2026-01-05T03:07:09', '2026-01-05T03:07:09'],
    ['soon 5', 'soon 5'],
    ['yesterday', 'yesterday'],
    ['<b>_x_', '&lt;b&gt;\\_x\\_'],
    ['', '–'],
    [null, '–'],
  ])('%j', (text, shown) => {
    expect(showTime(text)).toBe(shown);
  });
});
