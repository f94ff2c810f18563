import { isWebPage } from '../../../src/vps/text.ts';
import { type Switches } from '../../../simulator/api/switches.ts';
import {
  answerTo,
  answersTo,
  type Recording,
  fieldsOf,
  type Fields,
  isOk,
  itemsOf,
  jsonOf,
} from '../recording.ts';
import { type Exchange } from '../exchange.ts';
import { decide, inCode, type CheckResult, notShown, verdict } from '../row.ts';

export type Check = (recording: Recording) => CheckResult;

export const NOT_ASKED = 'not asked in this run';

/** Paths of lists. */
export const SNAPSHOT_LISTS = /^\/snapshots\/(\?|$)/;
export const SERVER_LISTS = /^\/servers\/(\?|$)/;

/** What a body looks like, without what it says. */
export function shapeOf(exchange: Exchange): string {
  const value = jsonOf(exchange);
  if (Array.isArray(value)) return 'an array';
  const fields = fieldsOf(value);
  if (fields !== null) return `{${Object.keys(fields).slice(0, 12).join(', ')}}`;
  if (exchange.text.trim() === '') return 'no body';
  return isWebPage(exchange.text) ? 'a web page' : 'plain text';
}

/** An answer in short: its status, and what its body looks like. */
export function answerOf(exchange: Exchange): string {
  return `${exchange.status}, ${shapeOf(exchange)}`;
}

/** The answers to these probes all have this status. */
export function answered(probes: readonly string[], ...expected: readonly number[]): Check {
  return (recording) => {
    const answers = probes.flatMap((probe) => answerTo(recording, probe) ?? []);
    if (answers.length === 0) return notShown(NOT_ASKED);
    const seen = answers.map((each) => answerOf(each));
    return verdict(
      answers.every(({ status }) => status !== null && expected.includes(status)),
      [...new Set(seen)].join('; '),
    );
  };
}

/** Checks the last answer to a probe. */
export function about(
  probe: string,
  check: (exchange: Exchange, recording: Recording) => CheckResult,
): Check {
  return (recording) => {
    const exchange = answerTo(recording, probe);
    return exchange === undefined ? notShown(NOT_ASKED) : check(exchange, recording);
  };
}

/** The last answer to the first of these patterns of probes that had a 2xx. */
export function firstOk(recording: Recording, ...patterns: readonly RegExp[]): Exchange | undefined {
  return patterns
    .map((pattern) => answersTo(recording, pattern).find(isOk))
    .find((each) => each !== undefined);
}

/** Fields of items: those that are documented and in none of them, and those that are in one and not documented. */
export function compareFields(
  items: readonly Fields[],
  documented: readonly string[],
): { readonly missing: readonly string[]; readonly extra: readonly string[] } {
  const known = new Set(items.flatMap((item) => Object.keys(item)));
  return {
    missing: documented.filter((field) => !known.has(field)),
    extra: [...known].filter((field) => !documented.includes(field)).toSorted(),
  };
}

export function missingFields(
  items: readonly Fields[],
  documented: readonly string[],
  switchName: 'snapshot_missing' | 'server_missing',
): CheckResult {
  if (items.length === 0) return notShown('no item was shown');
  const { missing } = compareFields(items, documented);
  const switches: Partial<Switches> = { [switchName]: missing };
  return decide(
    switches,
    missing.length === 0 ? `all of ${inCode(documented)}` : `missing: ${inCode(missing)}`,
  );
}

/** Every item of the lists that a pattern of probes was answered with. */
export function itemsOfAll(recording: Recording, path: RegExp): readonly Fields[] {
  return recording.exchanges
    .filter((each) => path.test(each.path) && isOk(each))
    .flatMap((each) => itemsOf(each) ?? []);
}

/** A number of seconds that was measured by reads: what the first read showed counts as none. */
export function roundSeconds(ms: number): number {
  return Math.round(ms / 1000);
}
