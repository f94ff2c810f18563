import { BASE_PATH } from '../../../simulator/api/path.ts';
import type { RequestRecord } from '../../../simulator/transports/request-log.ts';
import type { Played } from './scenario.ts';
import type { StepProcess } from './step-process.ts';

/** A job in a few lines: one for each step, the requests that change something, and what is there in the end. */
export function outcomeOf({ testEnv, steps }: Played): string[] {
  const snapshots = testEnv.existing().map(({ id, phase }) => `${id} ${phase}`);
  const servers = testEnv.actualState.servers.filter(({ phase }) => phase !== 'active');
  const left = [...snapshots, ...servers.map(({ id, phase }) => `server ${id} ${phase}`)];
  return [
    ...steps.map(({ name, process }) => describeStep(name, process)),
    ...fold(testEnv.requests.filter(changes).map(describeRequest)),
    ...(testEnv.comments.length === 0 ? [] : ['comment on GitHub']),
    `left: ${left.join(', ') || 'nothing'}`,
  ];
}

export function changes({ method }: RequestRecord): boolean {
  return method !== 'GET';
}

export function describeRequest({ method, path, body, status }: RequestRecord): string {
  const { action } = (body === '' ? {} : JSON.parse(body)) as { readonly action?: string };
  return [method, path.slice(BASE_PATH.length), action, status ?? 'lost'].filter(Boolean).join(' ');
}

/** How often each thing was read, by its path. */
export function readsOf(requests: readonly RequestRecord[]): Record<string, number> {
  const reads: Record<string, number> = {};
  for (const request of requests.filter((each) => !changes(each))) {
    const path = request.path.slice(BASE_PATH.length).replace(/[?&]page_size=100/, '');
    reads[path] = (reads[path] ?? 0) + 1;
  }
  return reads;
}

/** Equal lines in a row are one. */
function fold(lines: readonly string[]): string[] {
  return lines.flatMap((line, at) => {
    if (line === lines[at - 1]) return [];
    const next = lines.findIndex((other, index) => index > at && other !== line);
    const count = (next === -1 ? lines.length : next) - at;
    return [count === 1 ? line : `${line} ×${count}`];
  });
}

/** Exit code, headline, annotations, what is said of each snapshot, and what is offered to be restored by hand. */
function describeStep(name: string, { runner, exitCode }: StepProcess): string {
  const { summary } = runner;
  const offered = [...summary.matchAll(/\/snapshots\/([^/]+)\/restore\//g)].map(([, id]) => id);
  const parts = [
    headlineOf(summary),
    ...runner.titles(),
    ...rowsOf(summary),
    offered.length === 0 ? '' : `offers ${offered.join()}`,
  ];
  return [`${name} exit ${exitCode}`, ...parts.filter((part) => part !== '')].join(' | ');
}

export function headlineOf(summary: string): string {
  return (/^### (.*)$/m.exec(summary)?.[1] ?? '').replaceAll(/\\(.)/g, '$1');
}

/** Each snapshot in the tables of a summary, with what became of it. */
function rowsOf(summary: string): string[] {
  return tablesOf(summary)
    .flat()
    .flatMap(({ Server, Snapshot, Status, Result, Restore }) => {
      const said = Restore ?? Result ?? Status ?? (Server === undefined ? undefined : '–');
      return Snapshot === undefined || said === undefined ? [] : [`${Snapshot.split(' ')[0]} ${said}`];
    });
}

/** The tables of a summary: rows of cells by the names of their columns, as plain text. One row is a list. */
export function tablesOf(summary: string): Record<string, string>[][] {
  const tables: Record<string, string>[][] = [];
  let columns: string[] = [];
  let facts: Record<string, string> | null = null;
  for (const line of summary.split('\n')) {
    const [, name, fact] = /^- \*\*(.*):\*\* (.*)$/.exec(line) ?? [];
    const cells = line.startsWith('| ') ? line.slice(2, -2).split(' | ').map(toPlain) : [];
    if (name === undefined || fact === undefined) facts = null;
    else if (facts === null) tables.push([(facts = { [name]: toPlain(fact) })]);
    else facts[name] = toPlain(fact);
    if (cells.length === 0) columns = [];
    else if (columns.length === 0) {
      columns = cells;
      tables.push([]);
    } else if (cells[0] !== '---') {
      tables.at(-1)?.push(Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ''])));
    }
  }
  return tables;
}

function toPlain(cell: string): string {
  return cell
    .replaceAll('<br>', ' ')
    .replaceAll(/`|\*\*/g, '')
    .replaceAll(/\\(.)/g, '$1');
}
