/**
 * Makes the pictures of job summaries in docs/images: runs scenarios of the demo, renders what the built bundles
 * wrote as GitHub does, and has Chromium take a picture of it. The pages stay in reports/summaries.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DemoEnvironment, type Scenario } from './demo/environment.ts';
import { failedDeploy } from './demo/scenarios/restores.ts';
import { prune } from './demo/scenarios/retention.ts';
import { goodDeploy } from './demo/scenarios/snapshots.ts';
import { Screen } from './demo/screen.ts';
import { takePicture } from './pictures/chromium.ts';
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
  /** The folded part that is shown open. */
  readonly open?: string;
}

const PICTURES: readonly Picture[] = [
  { name: 'summary-snapshot', scenario: goodDeploy, job: 0, step: 'Snapshot' },
  {
    name: 'summary-rollback',
    scenario: failedDeploy,
    job: 0,
    step: 'Post Snapshot',
    open: 'What happened when',
  },
  { name: 'summary-prune', scenario: prune, job: 1, step: 'Prune', open: 'Retention' },
];

async function summaryOf({ name, scenario, job, step }: Picture): Promise<string> {
  const silent = new Screen(() => {});
  const demo = await DemoEnvironment.open(scenario, silent, path.join(reports, name), NIGHT);
  await scenario.run(demo);
  const { failed } = await demo.close();
  const result = demo.jobs[job]?.results.find(({ title }) => title === step);
  if (failed > 0 || result === undefined || result.summary === '')
    throw new Error(`${scenario.name} failed: 'npm run demo -- ${scenario.name}' says more`);
  return result.summary;
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
mkdirSync(images, { recursive: true });
for (const picture of PICTURES) {
  const markdown = await summaryOf(picture);
  const page = path.join(reports, `${picture.name}.html`);
  const opened = markdown.replaceAll(/<details>(?=<summary>([^<]*))/g, (tag, title: string) =>
    picture.open !== undefined && title.startsWith(picture.open) ? '<details open>' : tag,
  );
  if (picture.open !== undefined && opened === markdown)
    throw new Error(`${picture.name}: the summary has no part '${picture.open}' to show open`);
  writeFileSync(path.join(reports, `${picture.name}.md`), markdown);
  writeFileSync(
    page,
    renderPage(picture.step.startsWith('Prune') ? 'prune summary' : 'deploy summary', opened),
  );
  takePicture(page, path.join(images, `${picture.name}.png`));
  process.stdout.write(`docs/images/${picture.name}.png\n`);
}
