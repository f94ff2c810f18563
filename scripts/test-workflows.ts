/**
 * Runs under act the workflows of __tests__/workflows, examples/ and the pages, and those of .github/workflows of which
 * something is expected, each against a simulator of its own, and compares what happened with `<workflow>.expect.yml`.
 * Names on the command line choose some of them, or a folder.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleOf } from './runner/actions.ts';
import { runWorkflow } from './test-workflows/act.ts';
import {
  differencesOfComments,
  differencesOfRun,
  lacksTextsOnly,
  unlike,
} from './test-workflows/differences.ts';
import { readExpectation } from './test-workflows/expectation.ts';
import { exportLibrary, exportTree, exportWhole } from './test-workflows/export.ts';
import { commentsOn, openGithub } from './test-workflows/github.ts';
import { Simulator } from './test-workflows/simulator.ts';
import { isOwn, ROOT, type Source, sources } from './test-workflows/sources.ts';

const LOGS = path.join(ROOT, 'reports/workflows');
/** Virtual seconds per second: a snapshot of ten minutes takes one second. */
const TIME_SCALE = 600;
const SIDE_BY_SIDE = 2;

function choose(chosen: readonly string[]): readonly Source[] {
  const all = sources();
  const isChosen = (choice: string, { name }: Source): boolean =>
    name === choice || name.startsWith(`${choice}/`);
  const unknown = chosen.filter((choice) => !all.some((source) => isChosen(choice, source)));
  if (unknown.length > 0)
    throw new Error(`no workflow ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}`);
  return chosen.length > 0 ? all.filter((source) => chosen.some((choice) => isChosen(choice, source))) : all;
}

/** Where the exported repositories and the homes of all runs are. */
interface Folders {
  readonly repository: string;
  readonly whole: string;
  readonly library: string;
  readonly homes: string;
}

/** How all runs of a workflow differ from what is expected of them. */
interface Found {
  readonly differences: readonly string[];
  /**
   * Whether act alone may be to blame: it closes the terminal of a command that fails, perhaps before it has read all
   * of it, and waits for the end of one that does not fail, perhaps for ever (`HostEnvironment.exec` in its source).
   */
  readonly mayBeActs: boolean;
}

async function findDifferences(
  source: Source,
  home: string,
  { library, repository, whole }: Folders,
): Promise<Found> {
  const { simulator: options, runs, comments, state } = readExpectation(path.join(ROOT, source.expectation));
  const simulator = await Simulator.start({ 'time-scale': TIME_SCALE, ...options });
  const github = comments && (await openGithub());
  const differences: string[] = [];
  let isLogAlone = true;
  let logs = '';
  try {
    const setup = {
      library,
      repository: isOwn(source) ? whole : repository,
      isOwn: isOwn(source),
      home,
      apiUrl: simulator.url,
      githubUrl: github?.origin,
    };
    for (const [index, expected] of runs.entries()) {
      const { event, inputs, run, leg, breaks } = expected;
      const attempt = runs.slice(0, index + 1).filter((each) => each.run === run).length;
      const workflow = source.file;
      const earlier = (await simulator.requests()).length;
      const ended = await runWorkflow({ ...setup, workflow, event, inputs, run, attempt, leg, breaks });
      const outcome = { ...ended, requests: (await simulator.requests()).slice(earlier) };
      const which = runs.length > 1 ? `run ${run}, attempt ${attempt}: ` : '';
      differences.push(...differencesOfRun(expected, outcome).map((difference) => which + difference));
      logs += ended.log;
      if (ended.exitCode === null) return { differences, mayBeActs: true };
      isLogAlone &&= lacksTextsOnly(expected, outcome);
    }
    const later = unlike(state, await simulator.state(), 'state');
    if (github) later.push(...differencesOfComments(comments, commentsOn(github)));
    return { differences: [...differences, ...later], mayBeActs: isLogAlone && later.length === 0 };
  } finally {
    writeFileSync(path.join(LOGS, `${path.basename(home)}.log`), logs);
    await github?.[Symbol.asyncDispose]();
    simulator.stop();
  }
}

/** Gives whether it went as expected; it is tried once more where act may be to blame. */
async function runOne(source: Source, folders: Folders, again = ''): Promise<boolean> {
  const started = performance.now();
  const home = path.join(folders.homes, source.name.replaceAll('/', '-') + again);
  const { differences, mayBeActs } = await findDifferences(source, home, folders).catch((error: unknown) => ({
    differences: [String(error)],
    mayBeActs: false,
  }));
  const isOk = differences.length === 0;
  const isTriedAgain = !isOk && mayBeActs && again === '';
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const word = isOk ? 'ok  ' : isTriedAgain ? 'tried again:' : 'FAIL';
  process.stdout.write(`${word} ${source.name} (${seconds} s)\n`);
  process.stdout.write(differences.map((difference) => `  - ${difference}\n`).join(''));
  return isTriedAgain ? runOne(source, folders, '-again') : isOk;
}

/** Runs them all, a few at a time, since most of their time is waiting; gives how many failed. */
async function runAll(chosen: readonly Source[]): Promise<number> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'workflows-'));
  const folders = {
    repository: path.join(scratch, 'repository'),
    whole: path.join(scratch, 'whole'),
    library: path.join(scratch, 'library'),
    homes: path.join(scratch, 'homes'),
  };
  const queue = chosen.values();
  let failed = 0;
  try {
    exportTree(folders.repository, chosen);
    if (chosen.some(isOwn)) exportWhole(folders.whole);
    exportLibrary(folders.library);
    mkdirSync(LOGS, { recursive: true });
    const work = async (): Promise<void> => {
      for (const source of queue) if (!(await runOne(source, folders))) failed += 1;
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (failed > 0) process.stdout.write(`act's logs are in ${path.relative(ROOT, LOGS)}\n`);
  return failed;
}

if (!existsSync(path.join(ROOT, '.tools/bin/act')))
  throw new Error('act is missing: scripts/install-tools.sh installs it');
if (!existsSync(bundleOf('main'))) throw new Error("dist/ is missing: 'npm run build' makes it");
const chosen = choose(process.argv.slice(2));
const failed = await runAll(chosen);
process.stdout.write(`workflows: ${chosen.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && chosen.length > 0 ? 0 : 1;
