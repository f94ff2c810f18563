import { formatDuration, UNITS } from '../format.ts';
import { ID_PATTERN } from '../../vps/model.ts';

/** Parsers of single input values: each gives the final type or throws an `Error` that shows the right form. */

/** Longer than any workflow run may take (35 days); above it a number is a mistake. */
const LONGEST = 36 * UNITS.d;

/** `90s`, `1.5h`, … in milliseconds. */
export function parseDuration(
  text: string,
  range: { readonly min?: number; readonly max?: number } = {},
): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  if (!match) {
    if (/^\d{1,9}$/.test(text)) {
      throw new Error(
        `${quote(text)} has no unit: write ${text}s for seconds, ${text}m for minutes, ${text}h for hours or ${text}d for days`,
      );
    }
    throw new Error(
      `${quote(text)} is not a duration: write a number with ms, s, m, h or d, such as 90s or 30m`,
    );
  }
  const duration = Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
  const { min = 1, max = LONGEST } = range;
  if (duration < min) throw new Error(`${quote(text)} is too short: at least ${formatDuration(min)}`);
  if (duration > max) throw new Error(`${quote(text)} is too long: at most ${formatDuration(max)}`);
  return duration;
}

/** YAML 1.2 core: `true`, `True`, `TRUE`, `false`, `False`, `FALSE`. */
export function parseBoolean(text: string): boolean {
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  throw new Error(`${quote(text)} is not a boolean: write true or false`);
}

export function parseChoice<T extends string>(text: string, choices: readonly T[]): T {
  const choice = choices.find((c) => c === text);
  if (choice === undefined) throw new Error(`${quote(text)} is not one of ${choices.join(', ')}`);
  return choice;
}

/** A whole number in a range. */
export function parseCount(text: string, min: number, max: number): number {
  const count = Number(text);
  if (!/^\d{1,9}$/.test(text) || count < min || count > max) {
    throw new Error(`${quote(text)} is not a whole number from ${min} to ${max}`);
  }
  return count;
}

/** Words between commas, spaces or line breaks; repeats and empty elements are dropped. */
function splitWords(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((word) => word !== ''))];
}

/** An id as people write it: `#801`, `"801"` and `0801` mean 801; quotes may stand around a whole list, too. */
function tidyId(word: string): string {
  return word
    .replace(/^["']|["']$/g, '')
    .replace(/^#/, '')
    .replace(/^0+(?=\d+$)/, '');
}

function refuseYamlList(words: readonly string[]): void {
  if (!words.some((word) => word.startsWith('-'))) return;
  const ids = words.map((word) => tidyId(word.replace(/^-+/, ''))).filter((id) => ID_PATTERN.test(id));
  const example = ids.length === 0 ? '12345, 12346' : ids.slice(0, 3).join(', ');
  throw new Error(
    `it looks like a YAML list pasted as text; write the ids with commas between them: ${example}`,
  );
}

function parseWords(text: string, pattern: RegExp, most: number, complaint: string): string[] {
  const words = splitWords(text);
  refuseYamlList(words);
  const ids = [...new Set(words.map(tidyId))];
  const wrong = ids.filter((id) => !pattern.test(id));
  if (wrong.length === 0) return ids;
  throw new Error(
    `${wrong.map(quote).join(', ')} ${complaint}: letters, digits, '-' and '_', at most ${most} of them, a letter or digit first`,
  );
}

/** Ids between commas, spaces or line breaks; repeats and empty elements are dropped. */
export function parseIds(text: string): string[] {
  return parseWords(text, ID_PATTERN, 64, 'cannot be an id');
}

/** Ids or names of snapshots. */
export function parseSnapshotWords(text: string): string[] {
  return parseWords(text, /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 100, 'is neither an id nor a name');
}

/** Whether a host name means this machine, where plain http carries a token to nobody else. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** The API's address without a slash at its end: https, or http to this machine. */
export function parseApiUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null) throw new Error(`${quote(text)} is not a URL`);
  const problems: string[] = [];
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    problems.push(`${nameOf(url)} is not https: the token would be sent unencrypted`);
  if (hasUserInfo(url)) problems.push('it contains a user name or password');
  if (text.includes('?') || text.includes('#')) problems.push('it contains a query or a fragment');
  if (problems.length > 0) throw new Error(problems.join('; '));
  return url.href.replace(/\/+$/, '');
}

/** Addresses to check after a restore, between commas, spaces or line breaks. */
export function parseHealthUrls(text: string): string[] {
  const words = splitWords(text);
  const problems = words.flatMap((word) => {
    const url = URL.parse(word);
    if (url === null) return [`${quote(word.split('?')[0] ?? '')} is not an http(s) URL`];
    const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
    return [
      ...(isWeb ? [] : [`${nameOf(url)} is not an http(s) URL`]),
      ...(hasUserInfo(url) ? [`${nameOf(url)} contains a user name or password`] : []),
    ];
  });
  if (problems.length > 0) throw new Error(problems.join('; '));
  return words.map((word) => new URL(word).href);
}

/** An address without what may be secret in it. */
function nameOf({ protocol, host }: URL): string {
  return quote(host === '' ? protocol : `${protocol}//${host}`);
}

function hasUserInfo({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

/** A token that can stand in a header; throws with what is likely wrong with it. */
export function parseToken(text: string): string {
  if (text === '') {
    throw new Error(
      'it is empty. Usual causes: the secret is not set in this repository, organization or environment; its name is misspelt; or the workflow was started by a pull request from a fork or by Dependabot, which gets no secrets',
    );
  }
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw new Error(
      'it contains a space, a line break or another character that no token has; check how the secret was pasted',
    );
  }
  return text;
}

/** A value in quotes, cut so that a pasted file does not fill the log. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
