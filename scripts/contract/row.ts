import { isDeepStrictEqual } from 'node:util';
import { defaultSwitches, type SwitchName, type Switches } from '../../simulator/api/switches.ts';
import { type Recording } from './recording.ts';

/** Where a statement is from: the vendor's documentation, the vendor's clients, or nowhere: it is what is assumed. */
export type Source = 'documented' | 'clients' | 'unknown';

/**
 * What a row needs beside a token: nothing (`read`), a server that may be lost, a second server, a token with few
 * permissions, commands that change and show what is on the server, or something that happens by itself.
 */
export type Need = 'read' | 'destroy' | 'second-server' | 'limited-token' | 'content' | 'chance';

export type Verdict = 'holds' | 'differs' | 'not shown';

export interface CheckResult {
  readonly verdict: Verdict;
  /** What was seen, or why nothing was. */
  readonly seen: string;
  /** What it means for the simulator. */
  readonly switches?: Partial<Switches>;
}

/** One statement about the API. */
export interface Row {
  readonly id: string;
  readonly statement: string;
  readonly source: Source;
  readonly needs: Need;
  /** How it is observed. */
  readonly how: string;
  /** The switches of the simulator that it decides. */
  readonly decides: readonly SwitchName[];
  readonly check: (recording: Recording) => CheckResult;
}

/** Rows that need the same where they say nothing else. */
export function rowsThatNeed(
  needs: Need,
  rows: readonly (Omit<Row, 'needs'> & Partial<Pick<Row, 'needs'>>)[],
): readonly Row[] {
  return rows.map((row) => ({ needs, ...row }));
}

export function holds(seen: string, switches?: Partial<Switches>): CheckResult {
  return { verdict: 'holds', seen, ...(switches && { switches }) };
}

export function differs(seen: string, switches?: Partial<Switches>): CheckResult {
  return { verdict: 'differs', seen, ...(switches && { switches }) };
}

export function notShown(why: string): CheckResult {
  return { verdict: 'not shown', seen: why };
}

/** Holds or differs, as a condition says. */
export function verdict(isSo: boolean, seen: string, switches?: Partial<Switches>): CheckResult {
  return isSo ? holds(seen, switches) : differs(seen, switches);
}

const DEFAULTS = defaultSwitches();

/** Holds where the switches have the values that are documented or assumed. */
export function decide(switches: Partial<Switches>, seen: string): CheckResult {
  const isUsual = Object.entries(switches).every(([name, value]) =>
    isDeepStrictEqual(value, DEFAULTS[name as SwitchName]),
  );
  return verdict(isUsual, seen, switches);
}

/** Seconds for people. */
export function inSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 6) / 10} min`;
}

/** Words for people, each in code. */
export function inCode(words: Iterable<string>): string {
  return [...new Set(words)].map((word) => `\`${word}\``).join(', ');
}
