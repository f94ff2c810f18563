import { type CommentExpectation, type RunExpectation } from './expectation.ts';
import { type Comment } from './github.ts';

/** What a run of the workflow showed. */
export interface Outcome {
  /** null where act did not end by itself, and was stopped. */
  readonly exitCode: number | null;
  readonly log: string;
  readonly requests: readonly string[];
}

/** Whether all differences of a run are texts that its log lacks. */
export const lacksTextsOnly = (expected: RunExpectation, actual: Outcome): boolean =>
  differencesOfRun({ ...expected, log: [], jobs: undefined }, actual).length === 0;

/** One sentence per thing that is not as expected of a run. */
export function differencesOfRun(expected: RunExpectation, actual: Outcome): string[] {
  if (actual.exitCode === null) return ['act did not end by itself, and was stopped'];
  const result = actual.exitCode === 0 ? 'success' : 'failure';
  const normalize = expected.requests_in_any_order ? counted : folded;
  const log = endStepsLast(actual.log);
  return [
    ...(result === expected.result ? [] : [`ended in ${result} (act: ${actual.exitCode})`]),
    ...missingInOrder(expected.log, log),
    ...(expected.jobs ? differencesOfJobs(expected.jobs, log) : []),
    ...expected.never.filter((text) => actual.log.includes(text)).map((text) => `the log says "${text}"`),
    ...differentRequests(normalize(expected.requests), normalize(actual.requests)),
  ];
}

/** act may log the last lines of a step after how it ended: puts that behind all that the step wrote. */
function endStepsLast(log: string): string {
  const ends = new Map<string, string>();
  const lines: string[] = [];
  for (const line of log.split('\n')) {
    const job = /^\[[^\]]*\]/.exec(line)?.[0] ?? '';
    const end = ends.get(job);
    if (end !== undefined && line.includes('⭐ Run ')) {
      lines.push(end);
      ends.delete(job);
    }
    if (!/^\[[^\]]*\] +. {2}(Success|Failure) - (Main|Post) /u.test(line)) lines.push(line);
    // A composite action ends right after its last step.
    else ends.set(job, [ends.get(job) ?? [], line].flat().join('\n'));
  }
  return [...lines, ...ends.values()].join('\n');
}

/** One sentence per job that is missing, too many, or says something else. */
function differencesOfJobs(expected: NonNullable<RunExpectation['jobs']>, log: string): string[] {
  const logs = new Map<string, string>();
  for (const line of log.split('\n')) {
    // `[Workflow/Job-2   ]`, the number for the leg of a matrix; the end of the name is that of the job.
    const name = /^\[(?:[^\]]*\/)?([^\]/]+?) *\]/.exec(line)?.[1];
    if (name !== undefined) logs.set(name, `${logs.get(name) ?? ''}${line}\n`);
  }
  return [
    ...[...logs.keys()].filter((name) => !(name in expected)).map((name) => `job "${name}" is not expected`),
    ...Object.entries(expected).flatMap(([name, texts]) =>
      missingInOrder(texts, logs.get(name) ?? '').map((difference) => `job "${name}": ${difference}`),
    ),
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

const isRead = (request: string): boolean => request.startsWith('GET ');

/**
 * The changes in their order, and what was read between two of them, each once: how often something is polled, and
 * which of two reads side by side comes first, depends on the machine's speed.
 */
function folded(requests: readonly string[]): readonly string[] {
  const reads = new Set<string>();
  const takeReads = (): string[] => {
    const taken = [...reads].toSorted();
    reads.clear();
    return taken;
  };
  const found: string[] = [];
  for (const request of requests) {
    if (isRead(request)) reads.add(request);
    else found.push(...takeReads(), request);
  }
  return [...found, ...takeReads()];
}

/**
 * The same without an order, and so without the ids that follow from it: each GET once, and every request that changes
 * something as often as it was made.
 */
function counted(requests: readonly string[]): readonly string[] {
  return [...new Set(requests.filter(isRead)), ...requests.filter((request) => !isRead(request))]
    .map((request) => request.replace(/\/snapshots\/\d+\//, '/snapshots/*/'))
    .toSorted();
}

function differentRequests(expected: readonly string[], actual: readonly string[]): string[] {
  if (expected.join('\n') === actual.join('\n')) return [];
  return [`requests\n    expected:${indented(expected)}\n    made:${indented(actual)}`];
}

function indented(requests: readonly string[]): string {
  return requests.map((request) => `\n      ${request}`).join('');
}

/** One sentence per comment that is missing, too many, elsewhere or says something else. */
export function differencesOfComments(
  expected: readonly CommentExpectation[],
  actual: readonly Comment[],
): string[] {
  if (expected.length !== actual.length)
    return [`${actual.length} comments on GitHub, not ${expected.length}`];
  return expected.flatMap(({ place, contains }, index) => {
    const comment = actual[index];
    return [
      ...unlike(place, comment?.place, `place of comment ${index + 1}`),
      ...contains
        .filter((text) => comment?.body.includes(text) !== true)
        .map((text) => `comment ${index + 1} does not contain "${text}": "${comment?.body}"`),
    ];
  });
}

/**
 * An expected mapping is a part of the actual one, an expected list is the whole of it, and a text between slashes is
 * a pattern.
 */
export function unlike(expected: unknown, actual: unknown, where: string): string[] {
  if (typeof expected !== 'object' || expected === null) {
    const pattern = typeof expected === 'string' ? /^\/(?<source>.+)\/$/.exec(expected)?.groups : undefined;
    const isAlike =
      pattern === undefined
        ? Object.is(expected, actual)
        : new RegExp(pattern['source'] ?? '').test(String(actual));
    return isAlike ? [] : [`${where} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`];
  }
  if (typeof actual !== 'object' || actual === null) return [`${where} is ${JSON.stringify(actual)}`];
  const length = Array.isArray(expected) && Array.isArray(actual) && expected.length !== actual.length;
  if (length) return [`${where} has ${actual.length} items, not ${expected.length}`];
  return Object.entries(expected).flatMap(([key, value]) =>
    unlike(value, (actual as Record<string, unknown>)[key], `${where}.${key}`),
  );
}
