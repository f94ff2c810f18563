import { type RetentionVerdict } from '../snapshots/retention.ts';
import { type Alert, type LogEvent } from './log.ts';
import { code, details, escapeMarkdown, showTime, codeBlock, table } from './markdown.ts';
import { formatSize, formatElapsed } from './format.ts';

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
  readonly name: string | null;
  /** When the snapshot was taken: what was written since is lost. */
  readonly createdAt: string | null;
  readonly requested: boolean;
  readonly confirmed: boolean;
  readonly started: boolean;
  readonly health: 'passed' | 'failed' | 'not_checked';
  readonly serverStatus: string | null;
}

/** What a summary tells; absent parts are left out. */
export interface Summary {
  /** One line, with its sign. */
  readonly headline: string;
  /** Why, or what it means, in a sentence or two. */
  readonly explanation?: string;
  readonly rows?: readonly SummaryRow[];
  readonly restores?: readonly SummaryRestore[];
  readonly retention?: readonly {
    readonly server: string;
    readonly verdicts: readonly RetentionVerdict[];
    readonly deleted: readonly string[];
  }[];
  readonly alerts?: readonly Alert[];
  readonly events?: readonly LogEvent[];
  /** Commands to restore by hand. */
  readonly commands?: readonly string[];
}

/** The job summary as Markdown: an audit record that reads from the result down to the detail. */
export function renderSummary(summary: Summary): string {
  const { rows = [], restores = [], retention = [], alerts = [], events = [], commands = [] } = summary;
  const servers = new Set([...rows, ...restores, ...retention].map(({ server }) => server));
  return [
    `### ${escapeMarkdown(summary.headline)}\n\n`,
    summary.explanation ? `${escapeMarkdown(summary.explanation)}\n\n` : '',
    renderLoss(restores),
    ...alerts.filter(({ kind }) => kind !== 'notice').map(renderAlert),
    renderRestores(restores),
    renderRows(rows),
    ...retention.map(renderRetention),
    renderEvents(events, servers.size > 1),
    renderCommands(commands),
  ].join('');
}

function renderRows(rows: readonly SummaryRow[]): string {
  const slots = rows.some((row) => row.slotsUsed != null);
  return table(
    ['Server', 'Snapshot', 'Status', 'Size', 'Created', ...(slots ? ['Slots used'] : [])],
    rows.map((row) => [
      code(row.server),
      row.snapshotId === null ? 'none' : nameSnapshot(row.snapshotId, row.name),
      describeStatus(row),
      formatSize(row.sizeMb),
      showTime(row.createdAt),
      ...(slots ? [row.slotsUsed == null ? '–' : `${row.slotsUsed} of 5`] : []),
    ]),
  );
}

function describeStatus({ snapshotId, status }: SummaryRow): string {
  if (status === null || status === '') return snapshotId === null ? '–' : 'unknown';
  return escapeMarkdown(status);
}

/** Id and name in one cell: a table with a column for each does not fit the page. */
function nameSnapshot(id: string | null, name: string | null): string {
  const shown = id === null ? 'no usable id' : code(id);
  return name === null || name === '' ? shown : `${shown}<br>${code(name)}`;
}

/** What a restore destroys, said once, above all else. */
function renderLoss(restores: readonly SummaryRestore[]): string {
  const requested = restores.filter((restore) => restore.requested);
  const [only] = requested;
  if (only === undefined) return '';
  const certain = requested.every(({ confirmed }) => confirmed);
  const start = certain ? 'Everything' : 'Where the restore was carried out, everything';
  const what =
    requested.length > 1
      ? 'written to these servers since their snapshots were taken'
      : `written to the server since ${only.createdAt === null ? 'the snapshot was taken' : showTime(only.createdAt)}`;
  return `> [!CAUTION]\n> **${start} ${what} is gone.**\n\n`;
}

const HEALTH = {
  passed: '✅ health check passed',
  failed: '❌ **health check failed**',
  not_checked: 'application not checked',
} as const;

function renderRestores(restores: readonly SummaryRestore[]): string {
  const rows = table(
    ['Server', 'Snapshot', 'Back to', 'Restore', 'State now'],
    restores.map((restore) => [
      code(restore.server),
      nameSnapshot(restore.snapshotId, restore.name),
      showTime(restore.createdAt),
      describeRestore(restore),
      describeState(restore),
    ]),
  );
  const confirmed = restores.some((restore) => restore.confirmed);
  return confirmed ? `${rows}Confirmed: the server showed the restore starting and ending.\n\n` : rows;
}

function describeState({ serverStatus, started, confirmed, health }: SummaryRestore): string {
  const server = serverStatus === null || serverStatus === '' ? 'unknown' : escapeMarkdown(serverStatus);
  const lines = [
    started ? `${server}, started by this step` : server,
    ...(confirmed ? [HEALTH[health]] : []),
  ];
  return lines.join('<br>');
}

function describeRestore({ requested, confirmed }: SummaryRestore): string {
  if (confirmed) return '✅ confirmed';
  return requested ? '⚠️ **requested, not confirmed**' : '❌ **not restored**';
}

function renderRetention({ server, verdicts, deleted }: NonNullable<Summary['retention']>[number]): string {
  const rows = verdicts.map(({ snapshot, action, reason }) => [
    nameSnapshot(snapshot.id, snapshot.name),
    escapeMarkdown(snapshot.status),
    showTime(snapshot.createdAt),
    action === 'delete' ? '**delete**' : 'keep',
    escapeMarkdown(reason),
  ]);
  const planned = verdicts.filter(({ action }) => action === 'delete').length;
  const done = deleted.length === planned ? '' : ` (${deleted.length} deleted)`;
  return `${code(server)}: ${planned} to delete${done}, ${verdicts.length - planned} to keep\n\n${table(
    ['Snapshot', 'Status', 'Created', 'Decision', 'Reason'],
    rows,
  )}`;
}

function renderAlert({ kind, title, text, command }: Alert): string {
  // Our own words and checked ids: not escaped, so that it can be copied.
  const block = command === undefined ? '' : `\n${codeBlock(command)}`;
  const body = `[!${kind === 'error' ? 'CAUTION' : 'WARNING'}]\n**${escapeMarkdown(title)}**\n\n${text.split('\n').map(renderLine).join('')}${block}`;
  const quoted = body
    .trimEnd()
    .split('\n')
    .map((line) => `> ${line}`.trimEnd());
  return `${quoted.join('\n')}\n\n`;
}

/** A line of an error: an entry of a list, or a paragraph. */
function renderLine(line: string): string {
  if (line.trim() === '') return '';
  return line.startsWith('- ')
    ? `- ${escapeMarkdown(line.slice(2))}\n`
    : `\n${escapeMarkdown(line.trim())}\n\n`;
}

function renderCommands(commands: readonly string[]): string {
  if (commands.length === 0) return '';
  return details(
    'Restore by hand (overwrites the server, cannot be undone)',
    `Needs a token in \`VPS_API_TOKEN\`. The \`restore\` action does the same, and verifies it.\n\n${codeBlock(commands.join('\n'))}`,
  );
}

function renderEvents(events: readonly LogEvent[], withServer: boolean): string {
  const [first] = events;
  if (first === undefined) return '';
  const rows = events.map(({ at, subject, text }) => [
    showTime(new Date(at).toISOString()),
    `+${formatElapsed(Math.max(0, at - first.at))}`,
    ...(withServer ? [subject === '' ? '' : code(subject)] : []),
    escapeMarkdown(text),
  ]);
  return details('Timeline', table(['Time', 'After', ...(withServer ? ['Server'] : []), 'What'], rows));
}

/** The command that restores a snapshot by hand. Ids are checked, so nothing in them needs quoting. */
export function restoreCommand(apiUrl: string, snapshotId: string): string {
  return `curl --fail-with-body -X POST -H "Authorization: Bearer $VPS_API_TOKEN" ${apiUrl}/snapshots/${snapshotId}/restore/`;
}

/** The command that starts a server by hand. */
export function startCommand(apiUrl: string, serverId: string): string {
  return `curl --fail-with-body -X POST -H "Authorization: Bearer $VPS_API_TOKEN" -H "Content-Type: application/json" -d '{"action":"start"}' ${apiUrl}/servers/${serverId}/power/`;
}
