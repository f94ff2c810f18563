import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  renderSummary,
  restoreCommand,
  type Summary,
  type SummaryRestore,
  type SummaryRow,
} from '../../src/github/summary.ts';
import { NOW, snapshot } from './samples.ts';

const COMMAND = restoreCommand('https://admin.vps.org/api/v1', '801');

/** A summary with every part, and `text` in every place where a text of the API or of a user may stand. */
function filled(text: string): Summary {
  const listed = snapshot({ id: '700', name: text, status: text, createdAt: text });
  return {
    headline: text,
    explanation: text,
    rows: [
      {
        server: text,
        snapshotId: text,
        name: text,
        status: text,
        sizeMb: 2048,
        createdAt: text,
        slotsUsed: 3,
      },
      {
        server: text,
        snapshotId: null,
        name: null,
        status: null,
        sizeMb: null,
        createdAt: null,
        slotsUsed: null,
      },
    ],
    restores: [
      {
        server: text,
        snapshotId: text,
        requested: true,
        confirmed: true,
        started: false,
        health: 'failed',
        serverStatus: text,
        name: text,
        createdAt: text,
      },
    ],
    retention: [{ server: text, verdicts: [{ snapshot: listed, action: 'delete', why: text }] }],
    alerts: [
      { kind: 'error', title: text, text },
      { kind: 'warning', title: text, text, command: COMMAND },
    ],
    events: [{ at: NOW, subject: text, text }],
    commands: [COMMAND],
  };
}

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
        const alerts = (summary.alerts ?? []).map((alert) => ({
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

describe('what it shows', () => {
  const WEB = filled('web_01');
  const shown = (summary: Partial<Summary>): string => renderSummary({ headline: 'h', ...summary });

  test('every snapshot with its size, time and slots', () => {
    const [row] = shown({ rows: [{ ...WEB.rows?.[0], createdAt: '2026-01-15T10:30:00Z' } as SummaryRow] })
      .split('\n')
      .filter((line) => line.startsWith('| `web'));
    for (const part of ['`web_01`', 'web\\_01', '2.0 GB', '2026-01-15 10:30:00 UTC', '3 of 5'])
      expect(row).toContain(part);
  });

  const row = (fields: Partial<SummaryRow>): string[] =>
    shown({ rows: [{ ...WEB.rows?.[0], server: 'web', ...fields } as SummaryRow] })
      .split('\n')
      .filter((line) => line.startsWith('| `web`'))
      .flatMap((line) => line.split(' | ').slice(1));

  test.each<[string, Partial<SummaryRow>, number, string]>([
    ['id and name in one cell', { snapshotId: '801', name: 'deploy-1' }, 0, '`801`<br>`deploy-1`'],
    ['an id without a name', { snapshotId: '801', name: null }, 0, '`801`'],
    ['an id with an empty name', { snapshotId: '801', name: '' }, 0, '`801`'],
    ['no snapshot', { snapshotId: null, name: 'deploy-1' }, 0, 'none'],
    ['its word', { status: 'in_progress' }, 1, 'in\\_progress'],
    ['no word', { status: '' }, 1, 'unknown'],
    ['no word, because nobody looked', { status: null }, 1, 'unknown'],
    ['no word, because there is none', { snapshotId: null, status: null }, 1, '–'],
    ['no size', { sizeMb: null }, 2, '–'],
    ['no time', { createdAt: null }, 3, '–'],
  ])('in a snapshot’s row: %s', (_name, fields, cell, text) => {
    expect(row(fields)[cell]?.replace(/ \|$/, '')).toBe(text);
  });

  test('slots only where somebody counted them', () => {
    const rows = [WEB.rows?.[0], WEB.rows?.[1]] as SummaryRow[];
    expect(shown({ rows })).toMatch(/Slots used \|\n.*\n.*\| 3 of 5 \|\n.*\| – \|\n/);
    expect(shown({ rows: rows.slice(1) })).not.toMatch(/Slots/);
  });

  test('why each snapshot was deleted or kept', () => {
    const verdicts = [
      { snapshot: snapshot({ id: '700', name: 'old' }), action: 'delete', why: 'beyond the newest 2' },
      { snapshot: snapshot({ id: '701' }), action: 'keep', why: 'among the newest 2' },
      { snapshot: snapshot({ id: '702' }), action: 'keep', why: 'made by this run' },
    ] as const;
    const text = shown({ retention: [{ server: 'web', verdicts }] });
    expect(text).toContain('`web`: 1 to delete, 2 to keep\n');
    expect(text).toMatch(/`700`.*`old`.*delete.*beyond the newest 2/);
    expect(text).toMatch(/`701`.*keep.*among the newest 2/);
  });

  test.each<[string, Partial<SummaryRestore>, RegExp]>([
    [
      'confirmed, and the application is well',
      { health: 'passed' },
      /\| ✅ confirmed \| .*health check passed/,
    ],
    [
      'confirmed, and the application is not well',
      { health: 'failed' },
      /\| ✅ confirmed \| .*health check failed/,
    ],
    ['confirmed, and nobody looked', { health: 'not_checked' }, /\| ✅ confirmed \| .*not checked/],
    ['requested', { confirmed: false }, /requested, not confirmed/],
    ['refused', { requested: false, confirmed: false }, /not restored/],
    ['a server whose state nobody knows', { serverStatus: null }, /\| unknown<br>/],
    ['a server without a word', { serverStatus: '' }, /\| unknown<br>/],
    ['a server with its word', { serverStatus: 'active' }, /\| active<br>/],
    ['what was confirmed is said', {}, /seen to begin and to end/],
    ['a server that was started', { started: true }, /started by this step/],
  ])('how a restore was verified: %s', (_name, fields, text) => {
    const restore = { ...WEB.restores?.[0], ...fields } as SummaryRestore;
    expect(shown({ restores: [restore] })).toMatch(text);
  });

  test.each<[string, Partial<SummaryRestore>, RegExp]>([
    ['of a restore', {}, /Everything written to the server since 2026-01-15 10:30:00 UTC is gone/],
    [
      'of one that may have been carried out',
      { confirmed: false },
      /Where the restore was carried out, everything written to the server since/,
    ],
    ['of a snapshot whose time nobody knows', { createdAt: null }, /since the snapshot was taken is gone/],
  ])('what is lost: %s', (_name, fields, text) => {
    const restore = { ...WEB.restores?.[0], createdAt: '2026-01-15T10:30:00Z', ...fields } as SummaryRestore;
    expect(shown({ restores: [restore] })).toMatch(text);
  });

  test.each([
    [
      'all confirmed',
      true,
      true,
      /\*\*Everything written to these servers since their snapshots were taken is gone/,
    ],
    [
      'one not confirmed',
      true,
      false,
      /\*\*Where the restore was carried out, everything written to these servers/,
    ],
  ])('what is lost on several servers: %s', (_name, first, second, text) => {
    const restores = [first, second].map(
      (confirmed) => ({ ...WEB.restores?.[0], confirmed }) as SummaryRestore,
    );
    expect(shown({ restores })).toMatch(text);
  });

  test('what is not confirmed is not called confirmed', () => {
    const restore = { ...WEB.restores?.[0], confirmed: false } as SummaryRestore;
    expect(shown({ restores: [restore] })).not.toMatch(/seen to begin|health|✅/);
  });

  test('nothing is called lost where no restore was requested', () => {
    const restore = { ...WEB.restores?.[0], requested: false, confirmed: false } as SummaryRestore;
    expect(shown({ restores: [restore] })).not.toMatch(/is gone/);
  });

  test('the commands as they are to be copied', () => {
    expect(shown({ commands: [COMMAND] })).toContain(`\`\`\`sh\n${COMMAND}\n\`\`\``);
    expect(COMMAND).toMatch(
      /^curl .*-X POST -H "Authorization: Bearer \$VPS_API_TOKEN" https:\/\/admin\.vps\.org\/api\/v1\/snapshots\/801\/restore\/$/,
    );
  });

  test('errors and warnings, not notices', () => {
    const text = shown({
      alerts: [
        { kind: 'error', title: 'Rolled back', text: 'one\ntwo' },
        { kind: 'warning', title: 'Not deleted', text: 'three', command: COMMAND },
        { kind: 'notice', title: 'Description cut', text: 'four' },
      ],
    });
    expect(text).toMatch(/^> \[!CAUTION\]\n> \*\*Rolled back\*\*\n>\n(> one|>)/m);
    expect(text).toMatch(/^> two$/m);
    expect(text).toMatch(/^> \[!WARNING\]\n> \*\*Not deleted\*\*\n/m);
    expect(text).toContain(`> \`\`\`sh\n> ${COMMAND}\n> \`\`\``);
    expect(text).not.toContain('four');
  });

  test('the explanation, where there is one', () => {
    expect(shown({ explanation: 'because' })).toBe('### h\n\nbecause\n\n');
    expect(shown({ explanation: '' })).toBe('### h\n\n');
  });

  test('a list in an alert', () => {
    const text = 'five of five:\n- 801 a\n- 802 b\n\nDelete one.';
    expect(shown({ alerts: [{ kind: 'error', title: 't', text }] })).toMatch(
      /> five of five:\n(>\n)+> - 801 a\n> - 802 b\n(>\n)+> Delete one\.\n/,
    );
  });

  test('what happened when, on the one server', () => {
    const events = [{ at: NOW, subject: 'web', text: 'snapshot 801 requested' }];
    const text = shown({ rows: [{ ...WEB.rows?.[0], server: 'web' } as SummaryRow], events });
    expect(text).toContain('| 2026-01-15 12:00:00 UTC | +0s | snapshot 801 requested |\n');
  });

  test('what happened when, on which of several servers', () => {
    const events = [
      { at: NOW, subject: 'web', text: 'snapshot 801 requested' },
      { at: NOW + 245_000, subject: 'db', text: 'snapshot 802 completed' },
      { at: NOW + 246_000, subject: '', text: 'the API answers again' },
    ];
    const rows = ['web', 'db'].map((server) => ({ ...WEB.rows?.[1], server }) as SummaryRow);
    const text = shown({ rows, events });
    expect(text).toMatch(/2026-01-15 12:00:00 UTC.*`web`.*snapshot 801 requested/);
    expect(text).toMatch(/2026-01-15 12:04:05 UTC \| \+4m 05s \| `db` \| snapshot 802 completed/);
    expect(text).toMatch(/\| \+4m 06s \|  \| the API answers again \|/);
  });

  test('no part of which there is nothing to tell', () => {
    expect(renderSummary({ headline: 'All is well' })).toBe('### All is well\n\n');
  });
});
