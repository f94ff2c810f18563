/**
 * `npm run demo`: three stories, told by the built bundles against a simulated VPS.org API, with real logs and
 * summaries. `--all` tells all of them, a name (`--list` shows them) tells that one. Fails if a story does not
 * end as told.
 */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Screen } from './demo/screen.ts';
import { Stage, type Story } from './demo/stage.ts';
import { buildMeanwhile } from './demo/stories/build-meanwhile.ts';
import { cancelledJob } from './demo/stories/cancelled-job.ts';
import { failedDeploy } from './demo/stories/failed-deploy.ts';
import { goodDeploy } from './demo/stories/good-deploy.ts';
import { lostAnswer } from './demo/stories/lost-answer.ts';
import { prune } from './demo/stories/prune.ts';
import { rerun } from './demo/stories/rerun.ts';
import { restoreButton } from './demo/stories/restore-button.ts';
import { retention } from './demo/stories/retention.ts';
import { rollbackJob } from './demo/stories/rollback-job.ts';
import { rotation } from './demo/stories/rotation.ts';
import { severalServers } from './demo/stories/several-servers.ts';
import { stopAndStart } from './demo/stories/stop-and-start.ts';
import { TIME_SCALE } from './demo/time.ts';

const FIRST: readonly Story[] = [goodDeploy, failedDeploy, cancelledJob];
const FURTHER: readonly Story[] = [
  rotation,
  retention,
  rerun,
  stopAndStart,
  buildMeanwhile,
  rollbackJob,
  restoreButton,
  prune,
  severalServers,
  lostAnswer,
];
const STORIES: readonly Story[] = [...FIRST, ...FURTHER];

const root = path.resolve(import.meta.dirname, '..');
const reports = path.join(root, 'reports/demo');

interface Count {
  readonly checked: number;
  readonly wrong: number;
}

function choose(names: readonly string[], all: boolean): readonly Story[] {
  if (names.length === 0) return all ? STORIES : FIRST;
  const unknown = names.filter((name) => !STORIES.some((story) => story.name === name));
  if (unknown.length > 0) throw new Error(`no story ${unknown.join(', ')}; --list shows them`);
  return STORIES.filter(({ name }) => names.includes(name));
}

async function tell(story: Story, screen: Screen, folder: string): Promise<Count> {
  const stage = await Stage.open(screen, path.join(folder, story.name), story.world);
  try {
    await story.tell(stage);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    stage.check(`the story came to its end (${why})`, false);
  }
  return await stage.close();
}

async function tellAll(stories: readonly Story[], screen: Screen): Promise<Count> {
  // Beside those of another demo that runs at the same time.
  const folder = mkdtempSync(path.join(tmpdir(), 'demo-'));
  let [checked, wrong] = [0, 0];
  for (const [index, story] of stories.entries()) {
    screen.heading(`${index + 1}. ${story.title}`);
    const count = await tell(story, screen, folder);
    checked += count.checked;
    wrong += count.wrong;
  }
  rmSync(reports, { recursive: true, force: true });
  cpSync(folder, reports, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  return { checked, wrong };
}

async function run(stories: readonly Story[]): Promise<void> {
  const screen = new Screen((text) => void process.stdout.write(text), process.stdout.columns);
  screen.heading('VPS.org snapshot action: the demo');
  screen.say(
    `Each story starts a simulated VPS.org API on this machine and runs the built actions of dist/ as a workflow runner does. No account is used, and nothing leaves this machine. A real snapshot takes minutes: here the clocks of the API and of the actions run ${TIME_SCALE} times as fast, so that the logs read as they would in a real job.`,
  );
  const { checked, wrong } = await tellAll(stories, screen);
  screen.heading(wrong === 0 ? 'All as told' : 'Not all is as told');
  screen.say(
    `Stories: ${stories.length}. Facts checked: ${checked}, wrong: ${wrong}. The files that the steps wrote are in ${path.relative(root, reports)}/.`,
  );
  if (stories === FIRST) {
    const names = FURTHER.map(({ name }) => name).join(', ');
    screen.say(`There are ${FURTHER.length} more: npm run demo -- --all, or by name: ${names}.`);
  }
  process.exitCode = wrong === 0 ? 0 : 1;
}

try {
  const { values, positionals } = parseArgs({
    options: { all: { type: 'boolean', default: false }, list: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const stories = choose(positionals, values.all);
  if (!existsSync(path.join(root, 'dist/main/index.js')))
    throw new Error("dist/main/index.js is missing: 'npm run build' makes it");
  if (values.list)
    for (const { name, title } of STORIES) process.stdout.write(`${name.padEnd(16)}${title}\n`);
  else await run(stories);
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
