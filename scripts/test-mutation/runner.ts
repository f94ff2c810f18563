import { glob } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ancestors, collect, collected, expect, jest, type Test } from './jest-globals.ts';

/**
 * A test runner for Stryker that loads the tests once and tries each mutant in the same process, which takes
 * milliseconds where a run of Jest takes seconds. Code that runs while the sources are loaded needs a process
 * of its own for each mutant, which Stryker starts.
 */

/**
 * The tests for the mutants of a folder of `src/`. For `snapshots` and `vps` only their own unit tests count, which is
 * stricter than all tests that pass through them.
 */
function testFilesFor(folder: string): string[] {
  if (folder === 'snapshots' || folder === 'vps') return [`unit/${folder}/**/*.test.ts`];
  return ['integration/**/*.test.ts', 'unit/actions/**/*.test.ts'];
}

/** What the instrumented sources read and write. */
interface Instrumented {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: unknown;
}

interface MutantRun {
  readonly activeMutant: { readonly id: string };
  readonly mutantActivation: 'static' | 'runtime';
  readonly testFilter?: readonly string[];
  readonly hitLimit?: number;
}

interface Ran {
  readonly failure: string | null;
  readonly ms: number;
  /** Turns of the event loop. */
  readonly turns: number;
}

const NAMESPACE = '__stryker__';
const globals = globalThis as unknown as Record<string, Instrumented | undefined>;
const instrumented = (globals[NAMESPACE] ??= {});

class InProcessRunner {
  /** How the tests ran with the unchanged sources. */
  readonly #usual = new Map<string, Ran>();
  /** How many mutants each test has killed: its neighbours are likely to be next. */
  readonly #kills = new Map<string, number>();
  #loaded = false;

  capabilities(): { reloadEnvironment: boolean } {
    return { reloadEnvironment: false };
  }

  async dryRun(): Promise<object> {
    await this.#load();
    const tests: object[] = [];
    for (const test of collected) {
      instrumented.currentTestId = test.id;
      const ran = await runTest(test, null);
      instrumented.currentTestId = undefined;
      this.#usual.set(test.id, ran);
      const status = ran.failure === null ? 0 : 1;
      tests.push({
        id: test.id,
        name: test.id,
        fileName: `__tests__/${test.file}`,
        status,
        timeSpentMs: ran.ms,
        ...(ran.failure !== null && { failureMessage: ran.failure }),
      });
    }
    return { status: 'complete', tests, mutantCoverage: instrumented.mutantCoverage };
  }

  async mutantRun(run: MutantRun): Promise<object> {
    // A mutant in code that runs at load time is there before the first source is loaded.
    if (run.mutantActivation === 'static') instrumented.activeMutant = run.activeMutant.id;
    try {
      await this.#load();
    } catch (error) {
      return { status: 'killed', killedBy: [], failureMessage: String(error), nrOfTests: 0 };
    }
    instrumented.activeMutant = run.activeMutant.id;
    instrumented.hitLimit = run.hitLimit;
    instrumented.hitCount = run.hitLimit === undefined ? undefined : 0;
    const wanted = run.testFilter && new Set(run.testFilter);
    let nrOfTests = 0;
    try {
      for (const test of this.#likeliestFirst()) {
        if (wanted && !wanted.has(test.id)) continue;
        nrOfTests += 1;
        const ran = await runTest(test, this.#usual.get(test.id) ?? null);
        const { failure } = ran;
        if (failure === null && !this.#usual.has(test.id)) this.#usual.set(test.id, ran);
        if (run.hitLimit !== undefined && (instrumented.hitCount ?? 0) > run.hitLimit) {
          return { status: 'timeout', reason: 'the mutant was reached far more often than the code' };
        }
        if (failure !== null) {
          this.#kills.set(test.id, 1 + (this.#kills.get(test.id) ?? 0));
          return { status: 'killed', killedBy: [test.id], failureMessage: failure, nrOfTests };
        }
      }
      return { status: 'survived', nrOfTests };
    } finally {
      instrumented.activeMutant = undefined;
    }
  }

  #likeliestFirst(): readonly Test[] {
    const costOf = ({ id }: Test): number =>
      (this.#usual.get(id)?.ms ?? Infinity) / (1 + (this.#kills.get(id) ?? 0));
    return this.#usual.size === 0 ? collected : collected.toSorted((a, b) => costOf(a) - costOf(b) || 0);
  }

  async #load(): Promise<void> {
    if (this.#loaded) return;
    this.#loaded = true;
    registerHooks({
      resolve: (specifier, context, next) =>
        specifier === '@jest/globals'
          ? { url: new URL('jest-globals.ts', import.meta.url).href, shortCircuit: true }
          : next(specifier, context),
    });
    const fc = await import('fast-check');
    // A fixed seed: the same mutant has the same result in each run. Which input killed it does not matter.
    fc.configureGlobal({ seed: 1, endOnFailure: true });
    const files: string[] = [];
    for await (const name of glob(testFilesFor(process.env['MUTATED'] ?? ''), { cwd: '__tests__' }))
      files.push(name);
    for (const name of files.toSorted())
      await collect(name, pathToFileURL(path.resolve('__tests__', name)).href);
    // A title with a stack differs from process to process, and its test would never be run for a mutant.
    const unstable = collected.find(({ id }) => /\n +at /.test(id));
    if (unstable) throw new Error(`the title of a test holds a stack: ${unstable.id}`);
  }
}

/** Runs one test with its hooks; a limit relative to its usual duration ends one that hangs. */
async function runTest(test: Test, usual: Ran | null): Promise<Ran> {
  const startedAt = performance.now();
  const blocks = ancestors(test.block);
  const limits = { turns: 20 * (usual?.turns ?? 1e6) + 5000, ms: 10 * (usual?.ms ?? 6000) + 1000 };
  let turns = 0;
  let failure: string | null = null;
  let over = false;
  const run = async (): Promise<void> => {
    expect.setState({ assertionCalls: 0, expectedAssertionsNumber: null, isExpectingAssertions: false });
    try {
      for (const body of blocks.flatMap((each) => each.beforeAll.splice(0))) await body();
      for (const body of blocks.flatMap((each) => each.before)) await body();
      await test.body();
      for (const { error } of expect.extractExpectedAssertionsErrors()) throw error;
    } finally {
      for (const body of blocks.toReversed().flatMap((each) => each.after)) await body();
      jest.restoreAllMocks();
    }
  };
  const done = run()
    .catch((error: unknown) => {
      failure = (error instanceof Error ? error.message : String(error)) || 'failed';
    })
    .finally(() => {
      over = true;
    });
  const hung = new Promise<void>((resolve) => {
    const turn = (): void => {
      if (over) return resolve();
      turns += 1;
      if (turns > limits.turns && performance.now() - startedAt > limits.ms) {
        failure = 'it does not end';
        return resolve();
      }
      setImmediate(turn);
    };
    setImmediate(turn);
  });
  await Promise.race([done, hung]);
  return { failure, ms: performance.now() - startedAt, turns };
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'in-process', injectableClass: InProcessRunner }];
