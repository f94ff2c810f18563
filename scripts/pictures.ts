/**
 * Makes the pictures of job summaries in docs/images, and some more to look at: runs scenarios of the demo, renders what the built bundles
 * wrote as GitHub does, and has Chromium take a picture of it. The pages stay in reports/summaries.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DemoEnvironment, type Scenario } from './demo/environment.ts';
import { failedDeploy, severalServers } from './demo/scenarios/restores.ts';
import { prune, rotation } from './demo/scenarios/retention.ts';
import { goodDeploy } from './demo/scenarios/snapshots.ts';
import { Screen } from './demo/screen.ts';
import { takePicture } from './pictures/chromium.ts';
import { cancelledDeploy, leftStopped, notRestored } from './pictures/scenarios.ts';
import { renderPage } from './pictures/page.ts';

const root = path.resolve(import.meta.dirname, '..');
const reports = path.join(root, 'reports/summaries');
const images = path.join(root, 'docs/images');
/** A night that is long over, so that a new picture differs from the old one where a summary does. */
const NIGHT = Date.parse('2026-03-10T03:07:00Z');

interface Picture {
  readonly name: string;
  readonly scenario: Scenario;
  /** The job of the scenario, from 0, and the title of its step. */
  readonly job: number;
  readonly step: string;
  /** No page of the documentation shows it: it stays beside its summary. */
  readonly isSpare?: boolean;
}

const PICTURES: readonly Picture[] = [
  { name: 'summary-snapshot', scenario: goodDeploy, job: 0, step: 'Snapshot', isSpare: true },
  { name: 'summary-rollback', scenario: failedDeploy, job: 0, step: 'Post Snapshot' },
  { name: 'summary-not-restored', scenario: notRestored, job: 0, step: 'Post Snapshot' },
  { name: 'summary-stopped', scenario: leftStopped, job: 0, step: 'Post Snapshot' },
  { name: 'summary-cancelled', scenario: cancelledDeploy, job: 0, step: 'Post Snapshot' },
  { name: 'summary-full', scenario: rotation, job: 0, step: 'Snapshot', isSpare: true },
  { name: 'summary-several-servers', scenario: severalServers, job: 0, step: 'Post Snapshot', isSpare: true },
  { name: 'summary-prune', scenario: prune, job: 1, step: 'Prune', isSpare: true },
];

async function summaryOf({ name, scenario, job, step }: Picture): Promise<string> {
  const silent = new Screen(() => {});
  const demo = await DemoEnvironment.open(scenario, silent, path.join(reports, name), NIGHT);
  await scenario.run(demo);
  const { failed } = await demo.close();
  const result = demo.jobs[job]?.results.find(({ title }) => title === step);
  if (failed > 0 || result === undefined || result.summary === '')
    throw new Error(`${scenario.name} failed: 'npm run demo -- ${scenario.name}' says more`);
  return withPublicAddresses(result.summary, demo.simulator.url);
}

/** A picture shows the addresses that a user has, not those of the simulator and of its application. */
function withPublicAddresses(summary: string, apiUrl: string): string {
  return summary
    .replaceAll(apiUrl, 'https://admin.vps.org/api/v1')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'https://shop.example');
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
mkdirSync(images, { recursive: true });
for (const picture of PICTURES) {
  const markdown = await summaryOf(picture);
  const page = path.join(reports, `${picture.name}.html`);
  writeFileSync(path.join(reports, `${picture.name}.md`), markdown);
  writeFileSync(
    page,
    renderPage(picture.step.startsWith('Prune') ? 'prune summary' : 'deploy summary', markdown),
  );
  const file = path.join(picture.isSpare === true ? reports : images, `${picture.name}.png`);
  takePicture(page, file);
  process.stdout.write(`${path.relative(root, file)}\n`);
}
