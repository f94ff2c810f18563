import { type RetentionVerdict } from '../snapshots/retention.ts';
import { type Alert, type LogEvent } from './log.ts';
import { code, codeBlock, details, escapeMarkdown, link, list, showTime, table } from './markdown.ts';
import { formatElapsed, formatSize, formatTime } from './format.ts';

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
  /** How much that is, and what is with the snapshot now, for people. */
  readonly loss: string;
  readonly fate: string;
  readonly requested: boolean;
  readonly confirmed: boolean;
  /** It was seen to end, and the server not to start again. */
  readonly hasEnded: boolean;
  readonly started: boolean;
  readonly health: 'passed' | 'failed' | 'not_checked';
  readonly serverStatus: string | null;
}

/** The guide's entry of a title, empty where nobody knows its address. */
type LinkTo = (title: string) => string;

/** What a summary reports; absent parts are left out. */
export interface Summary {
  /** One line: first of all the state of the server. */
  readonly headline: string;
  /** What the headline is about: what to do stands right below it, and its title or first line is not repeated. */
  readonly lead: Alert | undefined;
  /** Why, in a sentence. */
  readonly explanation?: string;
  /** What asked for a restore: why it did not come is another reason, which the lead has. */
  readonly trigger?: string;
  readonly rows?: readonly SummaryRow[];
  readonly restores?: readonly SummaryRestore[];
  readonly retention?: readonly SummaryRetention[];
  readonly alerts: readonly Alert[];
  readonly events: readonly LogEvent[];
  /** Commands to restore by hand. */
  readonly commands?: readonly string[];
  /** What the runner calls the step: its id, where it has one. A job may have two. */
  readonly step: string;
  readonly linkTo: LinkTo;
}

interface SummaryRetention {
  readonly server: string;
  readonly verdicts: readonly RetentionVerdict[];
  /** A dry run: nothing was carried out. */
  readonly isPlan: boolean;
  /** What became of those that were to go; one that is in none of them was cut off. */
  readonly deleted: readonly string[];
  readonly failed: readonly string[];
  readonly kept: ReadonlySet<string>;
}

/** The job summary as Markdown: an audit record that reads from the result down to the detail. */
export function renderSummary(summary: Summary): string {
  const { rows = [], restores = [], retention = [], commands = [] } = summary;
  const { lead, alerts, events, step, linkTo } = summary;
  const servers = new Set([...rows, ...restores, ...retention].map(({ server }) => server));
  const ends = list([
    ['Trigger', escapeMarkdown(summary.trigger ?? '')],
    ['Why', escapeMarkdown(summary.explanation ?? '')],
    ['This step', isNamed(step) ? code(step) : ''],
  ]);
  return [
    `### ${escapeMarkdown(summary.headline)}\n\n`,
    lead === undefined ? '' : renderLead(lead, linkTo),
    ...alerts
      .filter((alert) => alert.kind !== 'notice' && alert !== lead)
      .map((alert) => renderAlert(alert, linkTo)),
    mergeLists(renderRestores(restores), renderRows(rows), retention.length === 0 ? ends : ''),
    ...retention.map(renderRetention),
    retention.length === 0 ? '' : ends,
    renderEvents(events, servers.size > 1),
    renderCommands(commands),
  ].join('');
}

/** A step without an id is called `__…` by GitHub's runner and by its number by others, which tells nobody anything. */
function isNamed(step: string): boolean {
  return /^(?!__)[a-z_]/i.test(step);
}

/** Lists in a row are one: an empty line between them would space all of their entries. */
function mergeLists(...parts: readonly string[]): string {
  return parts.join('').replaceAll(/(?<=^- .*\n)\n(?=- )/gm, '');
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

const HEALTH = {
  passed: '✅ health check passed',
  failed: '❌ **health check failed**',
  not_checked: 'application not checked',
} as const;

function renderRestores(restores: readonly SummaryRestore[]): string {
  const isFleet = restores.length > 1;
  // Of a single one the lead says when it goes back to, and what is with its snapshot.
  const [only] = restores;
  const showsTime = isFleet || only?.confirmed === false;
  return table(
    [
      'Server',
      'Last seen',
      'Restore',
      'Snapshot',
      ...(showsTime ? ['Taken'] : []),
      ...(isFleet ? ['Writes lost'] : []),
    ],
    restores.map((restore) => [
      code(restore.server),
      describeServer(restore),
      describeOutcome(restore),
      `${nameSnapshot(restore.snapshotId, restore.name)}${isFleet ? `, ${restore.fate}` : ''}`,
      ...(showsTime ? [showTime(restore.createdAt)] : []),
      ...(isFleet ? [describeLoss(restore)] : []),
    ]),
  );
}

function describeLoss({ requested, confirmed, loss }: SummaryRestore): string {
  if (!requested) return 'none';
  return confirmed ? escapeMarkdown(loss) : `perhaps ${escapeMarkdown(loss)}`;
}

function describeServer({ serverStatus, started, confirmed, health }: SummaryRestore): string {
  const server = serverStatus === null || serverStatus === '' ? 'unknown' : escapeMarkdown(serverStatus);
  const lines = [
    started ? `${server}, started by this step` : server,
    ...(confirmed ? [HEALTH[health]] : []),
  ];
  return lines.join(',<br>');
}

function describeOutcome({ requested, confirmed, hasEnded }: SummaryRestore): string {
  if (confirmed) return '✅ confirmed';
  if (hasEnded) return '⚠️ ended, **server not started**';
  return requested ? '⚠️ **requested, not confirmed**' : '❌ **not restored**';
}

function renderRetention(retention: SummaryRetention): string {
  const rows = retention.verdicts.map((verdict) => [
    nameSnapshot(verdict.snapshot.id, verdict.snapshot.name),
    resultOf(verdict, retention),
    escapeMarkdown(verdict.reason),
    escapeMarkdown(verdict.snapshot.status),
    showTime(verdict.snapshot.createdAt),
  ]);
  const facts = table(['Snapshot', 'Result', 'Why', 'Status', 'Created'], rows);
  return `${code(retention.server)}\n\n${facts}`;
}

function resultOf({ snapshot: { id }, action }: RetentionVerdict, retention: SummaryRetention): string {
  if (action === 'keep') return 'kept';
  if (retention.isPlan) return '**would be deleted**';
  if (id === null) return '❌ not deleted';
  if (retention.deleted.includes(id)) return '**deleted**';
  const isUntouched = retention.kept.has(id) && !retention.failed.includes(id);
  return isUntouched ? '❌ not deleted' : '❌ not confirmed as deleted';
}

/** What to do and why, below the headline that says what is so. */
function renderLead(alert: Alert, linkTo: LinkTo): string {
  const [first = '', ...more] = alert.text.split('\n');
  const lines = alert.headline === undefined ? [first, ...more] : more;
  return renderBlock(alert, lines, linkTo);
}

function renderAlert(alert: Alert, linkTo: LinkTo): string {
  return renderBlock(alert, alert.text.split('\n'), linkTo, `**${escapeMarkdown(alert.title)}**\n\n`);
}

const SIGNS = { error: 'CAUTION', warning: 'WARNING', notice: 'NOTE' } as const;

function renderBlock(alert: Alert, lines: readonly string[], linkTo: LinkTo, head = ''): string {
  // Our own words and checked ids: not escaped, so that it can be copied.
  const block = alert.command === undefined ? '' : `\n${codeBlock(alert.command)}`;
  const details = (alert.details ?? '').split('\n').map(renderLine).join('');
  const more = link(`More about “${alert.title}”`, linkTo(alert.title));
  const parts = [`${head}${lines.map(renderLine).join('')}${block}${details}`.trim(), more];
  const body = parts.filter((part) => part !== '').join('\n\n');
  if (body === '') return '';
  const quoted = `[!${SIGNS[alert.kind]}]\n${body}`.split('\n').map((line) => `> ${line}`.trimEnd());
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
    formatTime(at),
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
