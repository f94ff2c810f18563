import { describe, expect, test } from '@jest/globals';
import { formatSize } from '../../../../src/github/format.ts';
import {
  renderSummary,
  type Summary,
  type SummaryRestore,
  type SummaryRow,
} from '../../../../src/github/summary.ts';
import { BARE, COMMAND, filled } from './filled-summary.ts';
import { NOW, snapshot } from '../../snapshots/samples.ts';

describe('what it shows', () => {
  const WEB = filled('web_01');
  const shown = (summary: Partial<Summary>): string => renderSummary({ ...BARE, ...summary });

  const OTHER = WEB.rows?.[1] as SummaryRow;

  test('every snapshot with its size, time and slots', () => {
    const shownRow = { ...WEB.rows?.[0], createdAt: '2026-01-15T10:30:00Z' } as SummaryRow;
    const [row] = shown({ rows: [shownRow, OTHER] })
      .split('\n')
      .filter((line) => line.startsWith('| `web'));
    for (const part of ['`web_01`', 'web\\_01', formatSize(2048), '2026-01-15 10:30:00 UTC', '3 of 5'])
      expect(row).toContain(part);
  });

  const row = (fields: Partial<SummaryRow>): string[] =>
    shown({ rows: [{ ...WEB.rows?.[0], server: 'web', ...fields } as SummaryRow, OTHER] })
      .split('\n')
      .filter((line) => line.startsWith('| `web` '))
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
    const fate = (deleted: string[], failed: string[], kept: string[] = failed, isPlan = false): string =>
      shown({ retention: [{ server: 'web', verdicts, isPlan, deleted, failed, kept: new Set(kept) }] });
    expect(fate(['700'], [])).toMatch(/`700`.*`old` \| \*\*deleted\*\* \| beyond the newest 2/);
    expect(fate([], ['700'])).toMatch(/`700`.*not confirmed as deleted \| beyond the newest 2/);
    expect(fate([], [], ['700'])).toMatch(/`700`.*❌ not deleted \| beyond the newest 2/);
    expect(fate([], [])).toMatch(/`700`.*not confirmed as deleted \| beyond the newest 2/);
    expect(fate([], [], [], true)).toMatch(/`700`.*\*\*would be deleted\*\* \| beyond the newest 2/);
    expect(fate(['700'], [])).toMatch(/`701`.* \| kept \| among the newest 2/);
  });

  test.each<[string, Partial<SummaryRestore>, RegExp]>([
    [
      'confirmed, and the application is well',
      { health: 'passed' },
      /Last seen:\*\* .*health check passed\n.*Restore:\*\* ✅ confirmed/,
    ],
    [
      'confirmed, and the application is not well',
      { health: 'failed' },
      /Last seen:\*\* .*health check failed\*\*\n.*Restore:\*\* ✅ confirmed/,
    ],
    [
      'confirmed, and nobody looked',
      { health: 'not_checked' },
      /Last seen:\*\* .*not checked\n.*Restore:\*\* ✅ confirmed/,
    ],
    ['requested', { confirmed: false }, /requested, not confirmed/],
    ['refused', { requested: false, confirmed: false }, /not restored/],
    ['a server whose state nobody knows', { serverStatus: null }, /Last seen:\*\* unknown,/],
    ['a server without a word', { serverStatus: '' }, /Last seen:\*\* unknown,/],
    ['a server with its word', { serverStatus: 'active' }, /Last seen:\*\* active,/],
    ['what was confirmed is said', {}, /✅ confirmed/],
    ['a server that was started', { started: true }, /started by this step/],
  ])('how a restore was verified: %s', (_name, fields, text) => {
    const restore = { ...WEB.restores?.[0], ...fields } as SummaryRestore;
    expect(shown({ restores: [restore] })).toMatch(text);
  });

  test.each<[string, Partial<SummaryRestore>, string]>([
    ['of a restore', {}, '14 min of writes lost'],
    ['of one that may have been carried out', { confirmed: false }, 'perhaps 14 min of writes lost'],
    ['of none', { confirmed: false, requested: false }, 'none'],
  ])('what is lost on each of several servers: %s', (_name, fields, text) => {
    const one = { ...WEB.restores?.[0], loss: '14 min of writes lost', ...fields } as SummaryRestore;
    const [, , row = ''] = shown({ restores: [one, one] })
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(row).toMatch(new RegExp(`\\| ${text} \\|$`));
  });

  test.each([
    [true, false],
    [false, true],
  ])('of one restore whose confirmation is %j: when the snapshot was taken', (confirmed, isShown) => {
    const restore = { ...WEB.restores?.[0], confirmed, createdAt: '2026-01-15T10:30:00Z' } as SummaryRestore;
    expect(shown({ restores: [restore] }).includes('2026-01-15 10:30:00 UTC')).toBe(isShown);
  });

  test('what is known of one server is one list, and what is not known has no line', () => {
    const rows = [{ ...OTHER, server: 'web', snapshotId: '801', status: 'completed' }];
    expect(shown({ rows, explanation: 'because', step: 'snapshot' })).toBe(
      '### h\n\n- **Server:** `web`\n- **Snapshot:** `801`\n- **Status:** completed\n- **Why:** because\n- **This step:** `snapshot`\n\n',
    );
  });

  test.each(['__run', '__acme_vps-snapshot-action_2', '0', '', undefined])(
    'a step that the runner calls %j has no id, and no line',
    (step) => {
      expect(shown({ explanation: 'because', ...(step === undefined ? {} : { step }) })).not.toContain(
        'This step',
      );
    },
  );

  test.each(['_snapshot', 'Snapshot-2'])('a step with the id %s has a line', (step) => {
    expect(shown({ step })).toContain(`**This step:** \`${step}\``);
  });

  test('what is not confirmed is not called confirmed', () => {
    const restore = { ...WEB.restores?.[0], confirmed: false } as SummaryRestore;
    expect(shown({ restores: [restore] })).not.toMatch(/seen to start|health|✅/);
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
    expect(shown({ explanation: 'because' })).toBe('### h\n\n- **Why:** because\n\n');
    expect(shown({ explanation: '' })).toBe('### h\n\n');
  });

  const LEAD = { kind: 'error', title: 'Not restored', text: 'it is up.\nDecide:', details: 'why.' } as const;
  const linkTo = (title: string): string => `https://forge.example/guide#${title.length}`;

  test('below the headline: what to do, the command, causes and the guide, without what the headline says', () => {
    const lead = { ...LEAD, headline: 'NOT restored', command: COMMAND };
    expect(shown({ lead, alerts: [lead], linkTo })).toBe(
      `### h\n\n> [!CAUTION]\n> Decide:\n>\n>\n> \`\`\`sh\n> ${COMMAND}\n> \`\`\`\n>\n>\n> why.\n>\n> [More about “Not restored”](https://forge.example/guide#12)\n\n`,
    );
  });

  test('where the headline is the title: all of the text', () => {
    expect(shown({ lead: LEAD, alerts: [LEAD] })).toBe(
      '### h\n\n> [!CAUTION]\n> it is up.\n>\n>\n> Decide:\n>\n>\n> why.\n\n',
    );
  });

  test('a list in an alert', () => {
    const text = 'five of five:\n- 801 a\n- 802 b\n\nDelete one.';
    expect(shown({ alerts: [{ kind: 'error', title: 't', text }] })).toMatch(
      /> five of five:\n(>\n)+> - 801 a\n> - 802 b\n(>\n)+> Delete one\.\n/,
    );
  });

  test('what happened when, on the one server', () => {
    const events = [0, 1000].map((ms) => ({ at: NOW + ms, subject: 'web', text: 'snapshot 801 requested' }));
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

  test('no part of which there is nothing to report', () => {
    expect(renderSummary({ ...BARE, headline: 'All is well' })).toBe('### All is well\n\n');
  });
});
