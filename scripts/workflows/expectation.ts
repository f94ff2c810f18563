import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What `<workflow>.expect.yml` says; a key that is not named here is an error, so that no typing mistake passes. */
export interface Expectation {
  /** The event that starts the workflow, `push` when left out. */
  readonly event: string;
  /** Inputs of a `workflow_dispatch`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Further arguments of the simulator. */
  readonly simulator: readonly string[];
  readonly result: 'success' | 'failure';
  /** Texts that occur in the log, in this order. */
  readonly log: readonly string[];
  /** Texts that occur nowhere in it. */
  readonly never: readonly string[];
  /** `METHOD path` of all requests to the API, runs of the same one folded into one. */
  readonly requests: readonly string[];
  /** A part of the simulator's state at the end; its `snapshots` are those that still exist. */
  readonly state: unknown;
}

/** What a run of the workflow showed. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly log: string;
  readonly requests: readonly string[];
  readonly state: unknown;
}

const DEFAULTS = { event: 'push', inputs: {}, simulator: [], never: [] };
const REQUIRED = ['result', 'log', 'requests', 'state'];

export function readExpectation(file: string): Expectation {
  const raw: unknown = parse(readFileSync(file, 'utf8'));
  if (typeof raw !== 'object' || raw === null) throw new Error(`${file} is no mapping`);
  const known = [...Object.keys(DEFAULTS), ...REQUIRED];
  const unknown = Object.keys(raw).filter((key) => !known.includes(key));
  const missing = REQUIRED.filter((key) => !(key in raw));
  if (unknown.length > 0) throw new Error(`${file}: unknown ${unknown.join(', ')}`);
  if (missing.length > 0) throw new Error(`${file}: ${missing.join(', ')} missing`);
  const expectation = { ...DEFAULTS, ...(raw as Expectation) };
  if (!['success', 'failure'].includes(expectation.result))
    throw new Error(`${file}: result is success or failure, not ${expectation.result}`);
  return expectation;
}

/** One sentence per thing that is not as expected. */
export function differences(expected: Expectation, actual: Outcome): string[] {
  const result = actual.exitCode === 0 ? 'success' : 'failure';
  return [
    ...(result === expected.result ? [] : [`ended in ${result} (act: ${actual.exitCode})`]),
    ...missingInOrder(expected.log, actual.log),
    ...expected.never.filter((text) => actual.log.includes(text)).map((text) => `the log says "${text}"`),
    ...differentRequests(expected.requests, folded(actual.requests)),
    ...unlike(expected.state, actual.state, 'state'),
  ];
}

function missingInOrder(texts: readonly string[], log: string): string[] {
  let from = 0;
  for (const text of texts) {
    const at = log.indexOf(text, from);
    if (at === -1) {
      const where = log.includes(text) ? 'too early' : 'nowhere';
      return [`the log says ${where}: "${text}"`];
    }
    from = at + text.length;
  }
  return [];
}

/** How often something is polled depends on the machine's speed; what is asked does not. */
function folded(requests: readonly string[]): readonly string[] {
  return requests.filter((request, index) => request !== requests[index - 1]);
}

function indented(requests: readonly string[]): string {
  return requests.map((request) => `\n      ${request}`).join('');
}

function differentRequests(expected: readonly string[], actual: readonly string[]): string[] {
  if (expected.join('\n') === actual.join('\n')) return [];
  return [`requests\n    expected:${indented(expected)}\n    made:${indented(actual)}`];
}

/** An expected mapping is a part of the actual one, an expected list is the whole of it. */
function unlike(expected: unknown, actual: unknown, where: string): string[] {
  if (typeof expected !== 'object' || expected === null) {
    return Object.is(expected, actual)
      ? []
      : [`${where} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`];
  }
  if (typeof actual !== 'object' || actual === null) return [`${where} is ${JSON.stringify(actual)}`];
  const length = Array.isArray(expected) && Array.isArray(actual) && expected.length !== actual.length;
  if (length) return [`${where} has ${actual.length} items, not ${expected.length}`];
  return Object.entries(expected).flatMap(([key, value]) =>
    unlike(value, (actual as Record<string, unknown>)[key], `${where}.${key}`),
  );
}
