/**
 * Runs the workflows of __tests__/workflows under act, each against a simulator of its own, and compares what
 * happened with `<workflow>.expect.yml`. Names on the command line choose some of them.
 */
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runWorkflow } from './workflows/act.ts';
import { differences, readExpectation, type Outcome } from './workflows/expectation.ts';
import { exportTree } from './workflows/export.ts';
import { Simulator } from './workflows/simulator.ts';

const root = path.resolve(import.meta.dirname, '..');
const FOLDER = '__tests__/workflows';
const LOGS = path.join(root, 'reports/workflows');
/** Virtual seconds per second: a snapshot of ten minutes takes one second. */
const TIME_SCALE = '600';

function workflowNames(chosen: readonly string[]): string[] {
  const all = globSync(`${FOLDER}/*.yml`, { cwd: root })
    .map((file) => path.basename(file, '.yml'))
    .filter((name) => !name.endsWith('.expect'))
    .toSorted();
  const unknown = chosen.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`no workflow ${unknown.join(', ')}; there are ${all.join(', ')}`);
  return chosen.length > 0 ? [...chosen] : all;
}

async function complaints(name: string, repository: string, home: string): Promise<string[]> {
  const expectation = readExpectation(path.join(root, FOLDER, `${name}.expect.yml`));
  const { event, inputs } = expectation;
  const simulator = await Simulator.start(['--time-scale', TIME_SCALE, ...expectation.simulator]);
  try {
    const workflow = path.join(FOLDER, `${name}.yml`);
    const run = await runWorkflow({ repository, workflow, home, apiUrl: simulator.url, event, inputs });
    const outcome: Outcome = {
      ...run,
      requests: await simulator.requests(),
      state: await simulator.state(),
    };
    writeFileSync(path.join(LOGS, `${name}.log`), outcome.log);
    return differences(expectation, outcome);
  } finally {
    simulator.stop();
  }
}

async function runAll(names: readonly string[]): Promise<number> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'workflows-'));
  const repository = path.join(scratch, 'repository');
  let failed = 0;
  try {
    mkdirSync(repository);
    exportTree(repository);
    mkdirSync(LOGS, { recursive: true });
    for (const name of names) {
      const begun = performance.now();
      const found = await complaints(name, repository, path.join(scratch, name)).catch((error: unknown) => [
        String(error),
      ]);
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      process.stdout.write(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)\n`);
      process.stdout.write(found.map((complaint) => `  - ${complaint}\n`).join(''));
      if (found.length > 0) failed += 1;
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (failed > 0) process.stdout.write(`act's logs are in ${path.relative(root, LOGS)}\n`);
  return failed;
}

for (const needed of ['.tools/bin/act', 'dist/main/index.js']) {
  if (!existsSync(path.join(root, needed)))
    throw new Error(
      `${needed} is missing: scripts/install-tools.sh installs act, 'npm run build' builds dist`,
    );
}
const names = workflowNames(process.argv.slice(2));
const failed = await runAll(names);
process.stdout.write(`workflows: ${names.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && names.length > 0 ? 0 : 1;
