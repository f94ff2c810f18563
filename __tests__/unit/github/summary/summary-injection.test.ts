import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderSummary } from '../../../../src/github/summary.ts';
import { COMMAND, filled } from './filled-summary.ts';

/** Markdown without its escapes and code spans, from left to right: what is left has a meaning. */
const bare = (line: string): string => line.replace(/\\[^]|(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, '');

/** What makes the document's structure: per line its beginning and the borders of its cells. */
function skeletonOf(markdown: string): string[] {
  return markdown.split('\n').map((line) => {
    const [prefix = ''] = /^(#+ |> ?\[!\w+\]|>|\||<\/?details>|```(?!.*`)|)/.exec(line) ?? [];
    // A row is split into its cells before code spans are looked for.
    const borders = line.startsWith('|') ? line.replace(/\\[^]/g, '').match(/\|/g)?.length : 0;
    return `${prefix} ${borders} ${
      bare(line)
        .match(/<\/?\w+>/g)
        ?.join('') ?? ''
    }`;
  });
}

describe('nothing in it comes from the texts but text', () => {
  const hostile = fc
    .array(
      fc.constantFrom(
        ...[
          '<b>',
          '</details>',
          '<!--',
          '@octocat',
          '#7',
          'https://evil.example',
          'www.evil.example',
          '[x](y)',
          '![x](y)',
        ],
        ...[
          '|',
          '`',
          '``',
          '*',
          '_',
          '\\',
          '\n',
          '\r',
          '\n\n## h',
          '> ',
          '- ',
          '1. ',
          '::error::x',
          '##[error]',
          '&lt;',
          '\u202e',
          'a',
          ' ',
        ],
      ),
    )
    .map((pieces) => `x${pieces.join('')}x`);
  const plain = skeletonOf(renderSummary(filled('x x')));

  test('the structure stays', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        // An alert of ours may have several lines; what it quotes has one.
        const summary = filled(text);
        const alerts = summary.alerts.map((alert) => ({
          ...alert,
          text: alert.text.replaceAll('\n', ' '),
        }));
        expect(skeletonOf(renderSummary({ ...summary, alerts }))).toEqual(plain);
      }),
      { numRuns: 500 },
    );
  });

  test('no link, mention, reference or tag', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const markdown = renderSummary({ ...filled(text), commands: [] })
          .replaceAll(COMMAND, '')
          .split('\n')
          // Markdown has no meaning in a line that begins with a tag.
          .map((line) => (line.startsWith('<details>') ? line.replaceAll('](', '') : bare(line)))
          .map((line) => line.replace(/<\/?(details|summary|br)>/g, ''))
          .join('\n');
        expect(markdown).not.toMatch(/:\/\/|www\.(?!\u200b)|@(?!\u200b)|<|\]\(|\u202e/);
        expect(markdown).not.toMatch(/#(?![#\u200b ])/);
      }),
      { numRuns: 500 },
    );
  });
});
