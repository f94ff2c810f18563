import { SWITCH_NAMES, type SwitchName, type Switches } from '../../simulator/api/switches.ts';
import { type Recording } from './recording.ts';
import { inApiTime } from './exchange.ts';
import { redact, secretsOf } from './redaction.ts';
import { type CheckResult, type Row, type Verdict } from './row.ts';
import { ROWS } from './rows/index.ts';

/** A row with what was seen of it. */
export type Result = Row & CheckResult;

/** What a run has found, and what it means for the simulator. */
export interface Report {
  readonly results: readonly Result[];
  /** What `contract.json` holds: the later row decides where two speak of one switch and the simulator's default is seen by one of them. */
  readonly switches: Partial<Switches>;
}

/** Checks every row; nothing of the account is left in it. */
export function checkAll(run: Recording, tokens: readonly string[]): Report {
  const recording = { ...run, exchanges: inApiTime(run.exchanges) };
  const secrets = secretsOf(recording, tokens);
  const results = ROWS.map((row) => {
    const checked = row.check(recording);
    return { ...row, ...checked, seen: redact(checked.seen, secrets) };
  });
  const switches: Partial<Record<SwitchName, unknown>> = {};
  // What differs from the default was seen for certain; that the default holds may mean that it was not the case.
  for (const verdict of ['holds', 'differs'] as const) {
    for (const result of results.filter((each) => each.verdict === verdict))
      Object.assign(switches, result.switches);
  }
  const kept = SWITCH_NAMES.filter(
    (name) =>
      name in switches && redact(JSON.stringify(switches[name]), secrets) === JSON.stringify(switches[name]),
  );
  return {
    results,
    switches: Object.fromEntries(kept.map((name) => [name, switches[name]])),
  };
}

const VERDICTS: readonly Verdict[] = ['differs', 'not shown', 'holds'];
const SOURCES = { documented: 'documentation', clients: 'clients', unknown: 'assumed' } as const;

function countVerdicts({ results }: Report): string {
  return VERDICTS.map(
    (verdict) => `${verdict}: ${results.filter((each) => each.verdict === verdict).length}`,
  ).join(', ');
}

/** The table for a terminal: what differs comes last, where it is seen. */
export function renderTable(report: Report): readonly string[] {
  const width = Math.max(...report.results.map(({ id }) => id.length));
  const order = VERDICTS.toReversed().flatMap((verdict) =>
    report.results.filter((each) => each.verdict === verdict),
  );
  return [
    ...order.map(
      ({ id, verdict, seen }) => `${verdict.padEnd(9)}  ${id.padEnd(width)}  ${seen.replaceAll('`', '')}`,
    ),
    countVerdicts(report),
  ];
}

export interface Heading {
  readonly date: string;
  /** What was allowed, and how it ended. */
  readonly mode: string;
  readonly requests: number;
}

/** The report to send. */
export function renderMarkdown(report: Report, { date, mode, requests }: Heading): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const table = VERDICTS.flatMap((verdict) => {
    const rows = report.results.filter((each) => each.verdict === verdict);
    if (rows.length === 0) return [];
    return [
      `## ${verdict[0]?.toUpperCase()}${verdict.slice(1)} (${rows.length})`,
      '',
      '| row | statement | source | what was seen |',
      '| --- | --- | --- | --- |',
      ...rows.map(
        ({ id, statement, source, seen }) =>
          `| \`${id}\` | ${cell(statement)} | ${SOURCES[source]} | ${cell(seen)} |`,
      ),
      '',
    ];
  });
  return [
    '# What the VPS.org API does',
    '',
    `${date} · ${mode} · ${requests} requests · ${countVerdicts(report)}`,
    '',
    ...table,
    '## For the simulator',
    '',
    '```json',
    renderContract(report, date).trimEnd(),
    '```',
    '',
  ].join('\n');
}

/** `contract.json`, which configures the simulator. */
export function renderContract({ switches }: Report, date: string): string {
  return `${JSON.stringify({ version: 1, date, switches }, undefined, 2)}\n`;
}
