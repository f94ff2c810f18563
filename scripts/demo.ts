/**
 * `npm run demo`: three scenarios, run with the built bundles against a simulated VPS.org API, with real logs and
 * summaries. `--all` runs all of them, a name (`--list` shows them) runs that one. `--contract FILE` lets the API be as
 * `npm run contract` saw it. Fails if a check fails.
 */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { useContract } from '../simulator/api/contract.ts';
import { DemoEnvironment, type Scenario } from './demo/environment.ts';
import * as restores from './demo/scenarios/restores.ts';
import * as retention from './demo/scenarios/retention.ts';
import * as snapshots from './demo/scenarios/snapshots.ts';
import { Screen } from './demo/screen.ts';
import { TIME_SCALE } from './demo/time.ts';
import { bundleOf } from './runner/actions.ts';

const FIRST: readonly Scenario[] = [snapshots.goodDeploy, restores.failedDeploy, snapshots.cancelledJob];
const FURTHER: readonly Scenario[] = [
  retention.rotation,
  retention.keepLast,
  restores.rerun,
  snapshots.stopAndStart,
  snapshots.buildMeanwhile,
  restores.rollbackJob,
  restores.restoreButton,
  retention.prune,
  restores.severalServers,
  snapshots.lostAnswer,
];
const SCENARIOS: readonly Scenario[] = [...FIRST, ...FURTHER];

const root = path.resolve(import.meta.dirname, '..');
const reports = path.join(root, 'reports/demo');

interface Count {
  readonly checked: number;
  readonly failed: number;
}

function choose(names: readonly string[], all: boolean): readonly Scenario[] {
  if (names.length === 0) return all ? SCENARIOS : FIRST;
  const unknown = names.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown.length > 0) throw new Error(`no scenario ${unknown.join(', ')}; --list shows them`);
  return SCENARIOS.filter(({ name }) => names.includes(name));
}

async function runOne(scenario: Scenario, screen: Screen, folder: string): Promise<Count> {
  const demo = await DemoEnvironment.open(scenario, screen, path.join(folder, scenario.name));
  try {
    await scenario.run(demo);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    demo.check(`the scenario ran to its end (${reason})`, false);
  }
  return await demo.close();
}

async function runEach(scenarios: readonly Scenario[], screen: Screen): Promise<Count> {
  // Beside those of another demo that runs at the same time.
  const folder = mkdtempSync(path.join(tmpdir(), 'demo-'));
  let [checked, failed] = [0, 0];
  for (const [index, scenario] of scenarios.entries()) {
    screen.heading(`${index + 1}. ${scenario.title}`);
    const count = await runOne(scenario, screen, folder);
    checked += count.checked;
    failed += count.failed;
  }
  rmSync(reports, { recursive: true, force: true });
  cpSync(folder, reports, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  return { checked, failed };
}

async function runDemo(scenarios: readonly Scenario[]): Promise<void> {
  const screen = new Screen((text) => void process.stdout.write(text), process.stdout.columns);
  screen.heading('VPS.org snapshot action: the demo');
  screen.print(
    `Each scenario starts a simulated VPS.org API on this machine and runs the built actions of dist/ as a workflow runner does. No account is used, and nothing leaves this machine. A real snapshot takes minutes: here the clocks of the API and of the actions run ${TIME_SCALE} times as fast, so that the logs read as they would in a real job. Beside the inputs that are shown, each step gets the address of the simulated API (api_url), which yours does not need. A step that lets the token into its log, summary, outputs or state fails the demo.`,
  );
  const { checked, failed } = await runEach(scenarios, screen);
  screen.heading(failed === 0 ? 'All checks passed' : 'Some checks failed');
  screen.print(
    `Scenarios: ${scenarios.length}. Checks: ${checked}, failed: ${failed}. The files that the steps wrote are in ${path.relative(root, reports)}/.`,
  );
  if (scenarios === FIRST) {
    const names = FURTHER.map(({ name }) => name).join(', ');
    screen.print(`There are ${FURTHER.length} more: npm run demo -- --all, or by name: ${names}.`);
  }
  process.exitCode = failed === 0 ? 0 : 1;
}

try {
  const { values, positionals } = parseArgs({
    options: {
      all: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      contract: { type: 'string' },
    },
    allowPositionals: true,
  });
  useContract(values.contract);
  const scenarios = choose(positionals, values.all);
  if (!existsSync(bundleOf('main'))) throw new Error("dist/ is missing: 'npm run build' makes it");
  if (values.list)
    for (const { name, title } of SCENARIOS) process.stdout.write(`${name.padEnd(16)}${title}\n`);
  else await runDemo(scenarios);
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
