import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What is expected of one run of a workflow. */
export interface RunExpectation {
  /** The event that starts the workflow, `push` when left out. */
  readonly event: string;
  /** Inputs of a `workflow_dispatch`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Which run of the workflow this is an attempt of. */
  readonly run: number;
  /** The only leg of a matrix that runs, `NAME:VALUE`, as in a re-run of the failed jobs; empty for all. */
  readonly leg: string;
  /** A part of the command that breaks half-way, of those that are stood for; empty for none. */
  readonly breaks: string;
  readonly result: 'success' | 'failure';
  /** Texts that occur in the log, in this order. */
  readonly log: readonly string[];
  /** Texts that occur nowhere in it. */
  readonly never: readonly string[];
  /** Where several jobs run side by side: all that run, and texts that occur in the log of each, in this order. */
  readonly jobs: Readonly<Record<string, readonly string[]>> | undefined;
  /** `METHOD path` of all requests to the API; what is read between two changes once, in any order. */
  readonly requests: readonly string[];
  /** For work side by side: how often each change is asked for counts, the order does not. */
  readonly requests_in_any_order: boolean;
}

/** A comment on GitHub. */
export interface CommentExpectation {
  readonly place: string;
  /** Texts that occur in it. */
  readonly contains: readonly string[];
}

/** What `<workflow>.expect.yml` says. */
export interface Expectation {
  /** Further options of the simulator, by name; each item of a list is an option of its own. */
  readonly simulator: Readonly<Record<string, unknown>>;
  /** Attempt 1 of a run of the workflow, attempt 2, and so on, against the same simulator. */
  readonly runs: readonly RunExpectation[];
  /** All comments, in order; where this is given, a stand-in of GitHub's API takes them. */
  readonly comments: readonly CommentExpectation[] | undefined;
  /**
   * A part of the simulator's state at the end; its `snapshots` are those that still exist. A text between slashes is
   * a pattern.
   */
  readonly state: unknown;
}

const RUN_DEFAULTS = {
  event: 'push',
  inputs: {},
  run: 1,
  leg: '',
  breaks: '',
  log: [],
  never: [],
  jobs: undefined,
  requests_in_any_order: false,
};
const RUN_REQUIRED = ['result', 'requests'];
const OPTIONAL = ['simulator', 'comments'];

/**
 * Reads an expectation. One run is described at the top level; several are the items of `runs`, which have what is
 * said at the top level in common. A key that is not known is an error, so that no typing mistake passes.
 */
export function readExpectation(file: string): Expectation {
  const { runs, simulator = {}, comments, state, ...shared } = readMapping(file);
  if (state === undefined) throw new Error(`${file}: state missing`);
  const items = runs === undefined ? [{}] : (runs as readonly Partial<RunExpectation>[]);
  return {
    simulator: simulator as Expectation['simulator'],
    comments: comments as Expectation['comments'],
    runs: items.map((run) => readRun(file, { ...shared, ...run })),
    state,
  };
}

function readMapping(file: string): Readonly<Record<string, unknown>> {
  const raw: unknown = parse(readFileSync(file, 'utf8'));
  if (typeof raw !== 'object' || raw === null) throw new Error(`${file} is no mapping`);
  return raw as Readonly<Record<string, unknown>>;
}

function readRun(file: string, given: Partial<RunExpectation>): RunExpectation {
  const known = [...Object.keys(RUN_DEFAULTS), ...RUN_REQUIRED];
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  const missing = RUN_REQUIRED.filter((key) => !(key in given));
  if (unknown.length > 0)
    throw new Error(
      `${file}: unknown ${unknown.join(', ')}; known are ${[...known, ...OPTIONAL].join(', ')}`,
    );
  if (missing.length > 0) throw new Error(`${file}: ${missing.join(', ')} missing`);
  const run = { ...RUN_DEFAULTS, ...(given as RunExpectation) };
  if (!['success', 'failure'].includes(run.result))
    throw new Error(`${file}: result is success or failure, not ${run.result}`);
  return run;
}
