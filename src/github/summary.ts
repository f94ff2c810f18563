import { type RetentionVerdict } from '../snapshots/retention.ts';
import { type Alert, type Event } from './log.ts';
import {
  code,
  details,
  escapeHtml,
  escapeMarkdown,
  formatSize,
  formatTime,
  shellBlock,
  table,
} from './markdown.ts';

/** One server's line of a summary. */
export interface SummaryRow {
  readonly server: string;
  readonly snapshotId: string | null;
  readonly name: string | null;
  readonly status: string | null;
  readonly sizeMb: number | null;
  readonly createdAt: string | null;
  /** Slots used of five, this snapshot included; absent where nobody looked. */
  readonly slotsUsed?: number | null;
}

export interface SummaryRestore {
  readonly server: string;
  readonly snapshotId: string;
  readonly requested: boolean;
  readonly confirmed: boolean;
  readonly started: boolean;
  readonly health: 'passed' | 'failed' | 'not_checked';
  readonly serverStatus: string | null;
  readonly reason: string;
}

/** What a summary tells; absent parts are left out. */
export interface Summary {
  /** One line, with its sign. */
  readonly headline: string;
  /** Why, or what it means, in a sentence or two. */
  readonly explanation?: string;
  readonly rows?: readonly SummaryRow[];
  readonly restores?: readonly SummaryRestore[];
  readonly retention?: readonly { readonly server: string; readonly verdicts: readonly RetentionVerdict[] }[];
  readonly alerts?: readonly Alert[];
  readonly events?: readonly Event[];
  /** Commands to restore by hand. */
  readonly commands?: readonly string[];
}

/** The job summary as Markdown: an audit record that reads from the result down to the detail. */
export function renderSummary(summary: Summary): string {
  return [
    `### ${escapeMarkdown(summary.headline)}\n\n`,
    summary.explanation ? `${escapeMarkdown(summary.explanation)}\n\n` : '',
    renderRestores(summary.restores ?? []),
    renderRows(summary.rows ?? []),
    ...(summary.retention ?? []).map(renderRetention),
    ...(summary.alerts ?? []).filter(({ kind }) => kind !== 'notice').map(renderAlert),
    renderCommands(summary.commands ?? []),
    renderEvents(summary.events ?? []),
  ].join('');
}

function renderRows(rows: readonly SummaryRow[]): string {
  const slots = rows.some((row) => row.slotsUsed != null);
  return table(
    ['Server', 'Snapshot', 'Name', 'Status', 'Size', 'Created', ...(slots ? ['Slots used'] : [])],
    rows.map((row) => [
      code(row.server),
      row.snapshotId === null ? 'none' : code(row.snapshotId),
      row.name === null ? '–' : code(row.name),
      row.status === null || row.status === '' ? 'unknown' : escapeMarkdown(row.status),
      formatSize(row.sizeMb),
      row.createdAt === null ? '–' : escapeMarkdown(row.createdAt),
      ...(slots ? [row.slotsUsed == null ? '–' : `${row.slotsUsed} of 5`] : []),
    ]),
  );
}

const HEALTH = { passed: 'passed', failed: '**failed**', not_checked: 'not checked' } as const;

function renderRestores(restores: readonly SummaryRestore[]): string {
  return table(
    ['Server', 'From snapshot', 'Requested', 'Confirmed', 'Started by us', 'Health', 'Server is', 'Remark'],
    restores.map((restore) => [
      code(restore.server),
      code(restore.snapshotId),
      restore.requested ? 'yes' : 'no',
      restore.confirmed ? '**yes**' : 'no',
      restore.started ? 'yes' : 'no',
      HEALTH[restore.health],
      restore.serverStatus === null ? 'unknown' : escapeMarkdown(restore.serverStatus),
      escapeMarkdown(restore.reason),
    ]),
  );
}

function renderRetention({ server, verdicts }: NonNullable<Summary['retention']>[number]): string {
  const rows = verdicts.map(({ snapshot, action, why }) => [
    code(snapshot.id),
    code(snapshot.name ?? ''),
    escapeMarkdown(snapshot.status),
    snapshot.createdAt === null ? '–' : escapeMarkdown(snapshot.createdAt),
    action === 'delete' ? '**delete**' : 'keep',
    escapeMarkdown(why),
  ]);
  const deleted = verdicts.filter(({ action }) => action === 'delete').length;
  return details(
    `Retention on ${escapeHtml(server)}: ${deleted} to delete, ${verdicts.length - deleted} to keep`,
    table(['Snapshot', 'Name', 'Status', 'Created', 'Decision', 'Why'], rows),
  );
}

function renderAlert({ kind, title, text, command }: Alert): string {
  const lines = text.split('\n').map((line) => `> ${escapeMarkdown(line)}\n`);
  // Our own words and checked ids: not escaped, so that it can be copied.
  const block =
    command === undefined ? '' : `>\n> \`\`\`sh\n> ${command.replaceAll('\n', '\n> ')}\n> \`\`\`\n`;
  const sign = kind === 'error' ? 'CAUTION' : 'WARNING';
  return `> [!${sign}]\n> **${escapeMarkdown(title)}**\n>\n${lines.join('>\n')}${block}\n`;
}

function renderCommands(commands: readonly string[]): string {
  if (commands.length === 0) return '';
  return details(
    'Restore by hand (overwrites the server, cannot be undone)',
    shellBlock(commands.join('\n')),
  );
}

function renderEvents(events: readonly Event[]): string {
  const rows = events.map(({ at, subject, text }) => [
    formatTime(at),
    subject === '' ? '' : code(subject),
    escapeMarkdown(text),
  ]);
  return details('What happened when', table(['Time', 'Server', 'What'], rows));
}

/** The command that restores a snapshot by hand. Ids are checked, so nothing in them needs quoting. */
export function restoreCommand(apiUrl: string, snapshotId: string): string {
  return `curl -X POST -H "Authorization: Bearer $VPS_API_TOKEN" ${apiUrl}/snapshots/${snapshotId}/restore/`;
}
