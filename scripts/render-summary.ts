/**
 * Makes the pictures of job summaries in docs/images: lets stories of the demo happen, renders what the built
 * bundles wrote as GitHub does, and has Chromium photograph it. The pages stay in reports/summaries.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Screen } from './demo/screen.ts';
import { Stage, type Story } from './demo/stage.ts';
import { failedDeploy } from './demo/stories/failed-deploy.ts';
import { goodDeploy } from './demo/stories/good-deploy.ts';
import { prune } from './demo/stories/prune.ts';
import { takePicture } from './render/chromium.ts';
import { renderPage } from './render/page.ts';

const root = path.resolve(import.meta.dirname, '..');
const reports = path.join(root, 'reports/summaries');
const images = path.join(root, 'docs/images');
/** A night that is long over, so that a new picture differs from the old one where a summary does. */
const NIGHT = Date.parse('2026-03-10T03:07:00Z');

interface Picture {
  readonly name: string;
  readonly story: Story;
  /** The job of the story, from 0, and the title of its step. */
  readonly job: number;
  readonly step: string;
  /** The folded part that is shown open. */
  readonly open?: string;
}

const PICTURES: readonly Picture[] = [
  { name: 'summary-snapshot', story: goodDeploy, job: 0, step: 'Snapshot' },
  {
    name: 'summary-rollback',
    story: failedDeploy,
    job: 0,
    step: 'Post Snapshot',
    open: 'What happened when',
  },
  { name: 'summary-prune', story: prune, job: 1, step: 'Prune', open: 'Retention' },
];

async function summaryOf({ name, story, job, step }: Picture): Promise<string> {
  const stage = await Stage.open(new Screen(() => {}), path.join(reports, name), story.world, NIGHT);
  await story.tell(stage);
  const { wrong } = await stage.close();
  const told = stage.jobs[job]?.told.find(({ label }) => label === step);
  if (wrong > 0 || told === undefined || told.summary === '')
    throw new Error(`${story.name} did not end as told: 'npm run demo -- ${story.name}' says more`);
  return told.summary;
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
  writeFileSync(path.join(reports, `${picture.name}.md`), markdown);
  writeFileSync(
    page,
    renderPage(picture.step.startsWith('Prune') ? 'prune summary' : 'deploy summary', opened),
  );
  takePicture(page, path.join(images, `${picture.name}.png`));
  process.stdout.write(`docs/images/${picture.name}.png\n`);
}
