import { describe, expect, test } from '@jest/globals';
import {
  renderSummary,
  type Summary,
  type SummaryRestore,
  type SummaryRow,
} from '../../../src/github/summary.ts';
import { COMMAND, filled } from './filled-summary.ts';
import { NOW, snapshot } from '../snapshots/samples.ts';

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
      { snapshot: snapshot({ id: '700', name: 'old' }), action: 'delete', reason: 'beyond the newest 2' },
      { snapshot: snapshot({ id: '701' }), action: 'keep', reason: 'among the newest 2' },
      { snapshot: snapshot({ id: '702' }), action: 'keep', reason: 'made by this run' },
    ] as const;
    const text = shown({ retention: [{ server: 'web', verdicts, deleted: ['700'] }] });
    expect(text).toContain('`web`: 1 to delete, 2 to keep\n');
    const undone = shown({ retention: [{ server: 'web', verdicts, deleted: [] }] });
    expect(undone).toContain('`web`: 1 to delete (0 deleted), 2 to keep\n');
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
    ['what was confirmed is said', {}, /the server showed the restore starting and ending/],
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
    expect(shown({ restores: [restore] })).not.toMatch(/starting and ending|health|✅/);
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
