/**
 * Runs the workflows of __tests__/workflows under act, each against a simulator of its own, and compares what
 * happened with `<workflow>.expect.yml`; so it does with those of .github/workflows for which there is one. Names on the
 * command line choose some of them.
 */
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleOf } from './runner/actions.ts';
import { runWorkflow } from './test-workflows/act.ts';
import { differencesOfComments, differencesOfRun, unlike } from './test-workflows/differences.ts';
import { readExpectation } from './test-workflows/expectation.ts';
import { exportTree } from './test-workflows/export.ts';
import { commentsOn, openGithub } from './test-workflows/github.ts';
import { Simulator } from './test-workflows/simulator.ts';

const root = path.resolve(import.meta.dirname, '..');
const FOLDER = '__tests__/workflows';
const OWN_FOLDER = '.github/workflows';
const LOGS = path.join(root, 'reports/workflows');
/** Virtual seconds per second: a snapshot of ten minutes takes one second. */
const TIME_SCALE = 600;
const SIDE_BY_SIDE = 2;

function workflowNames(chosen: readonly string[]): string[] {
  const files = globSync(`${FOLDER}/*.yml`, { cwd: root });
  const all = [
    ...new Set(files.map((file) => path.basename(file).replace(/(\.expect)?\.yml$/, ''))),
  ].toSorted();
  const unknown = chosen.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`no workflow ${unknown.join(', ')}; there are ${all.join(', ')}`);
  return chosen.length > 0 ? [...chosen] : all;
}

/** The file of a workflow, from the root of the repository. */
function workflowOf(name: string): string {
  const found = [FOLDER, OWN_FOLDER]
    .map((folder) => path.posix.join(folder, `${name}.yml`))
    .find((file) => existsSync(path.join(root, file)));
  if (found === undefined) throw new Error(`there is an expectation of ${name}, and no such workflow`);
  return found;
}

async function findDifferences(name: string, scratch: string): Promise<string[]> {
  const {
    simulator: options,
    runs,
    comments,
    state,
  } = readExpectation(path.join(root, FOLDER, `${name}.expect.yml`));
  const simulator = await Simulator.start({ 'time-scale': TIME_SCALE, ...options });
  const github = comments && (await openGithub());
  const found: string[] = [];
  let logs = '';
  const workflow = workflowOf(name);
  const isOwn = workflow.startsWith(OWN_FOLDER);
  const repository = path.join(scratch, isOwn ? 'all' : 'needed');
  const home = path.join(scratch, name);
  try {
    const setup = { repository, home, installs: isOwn, apiUrl: simulator.url, githubUrl: github?.origin };
    for (const [index, expected] of runs.entries()) {
      const { event, inputs, run, leg } = expected;
      const attempt = runs.slice(0, index + 1).filter((each) => each.run === run).length;
      const earlier = (await simulator.requests()).length;
      const ended = await runWorkflow({ ...setup, workflow, event, inputs, run, attempt, leg });
      const requests = (await simulator.requests()).slice(earlier);
      const which = runs.length > 1 ? `run ${run}, attempt ${attempt}: ` : '';
      found.push(
        ...differencesOfRun(expected, { ...ended, requests }).map((difference) => which + difference),
      );
      logs += ended.log;
    }
    found.push(...unlike(state, await simulator.state(), 'state'));
    if (github) found.push(...differencesOfComments(comments, commentsOn(github)));
    return found;
  } finally {
    writeFileSync(path.join(LOGS, `${name}.log`), logs);
    await github?.[Symbol.asyncDispose]();
    simulator.stop();
  }
}

async function runOne(name: string, scratch: string): Promise<boolean> {
  const started = performance.now();
  const found = await findDifferences(name, scratch).catch((error: unknown) => [String(error)]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`);
  process.stdout.write(found.map((difference) => `  - ${difference}\n`).join(''));
  return found.length === 0;
}

/** Runs them all, a few at a time, since most of their time is waiting; gives how many failed. */
async function runAll(names: readonly string[]): Promise<number> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'workflows-'));
  const queue = names.values();
  let failed = 0;
  try {
    exportTree(path.join(scratch, 'needed'), 'needed');
    if (names.some((name) => workflowOf(name).startsWith(OWN_FOLDER)))
      exportTree(path.join(scratch, 'all'), 'all');
    mkdirSync(LOGS, { recursive: true });
    const work = async (): Promise<void> => {
      for (const name of queue) if (!(await runOne(name, scratch))) failed += 1;
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (failed > 0) process.stdout.write(`act's logs are in ${path.relative(root, LOGS)}\n`);
  return failed;
}

if (!existsSync(path.join(root, '.tools/bin/act')))
  throw new Error('act is missing: scripts/install-tools.sh installs it');
if (!existsSync(bundleOf('main'))) throw new Error("dist/ is missing: 'npm run build' makes it");
const names = workflowNames(process.argv.slice(2));
const failed = await runAll(names);
process.stdout.write(`workflows: ${names.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && names.length > 0 ? 0 : 1;
