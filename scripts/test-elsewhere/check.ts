/**
 * `check.ts NODE`: runs every bundle with this Node, in folders with a space and an umlaut, with line breaks of Windows in
 * what is given to it. Where NODE is a Windows program under Wine, paths are given as it knows them.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEMO_TOKEN } from '../../simulator/api/simulated-api.ts';
import { startServer } from '../../simulator/transports/http-server.ts';
import { type EntryName, type JobStatus } from '../runner/actions.ts';
import { startStep, type StepResult } from '../runner/step.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const [node = process.execPath] = process.argv.slice(2);
const isWindows = /node-windows|\.exe$/.test(node);
/** Virtual seconds per second: a snapshot of ten minutes takes one second. */
const TIME_SCALE = 600;

const home = mkdtempSync(path.join(tmpdir(), 'Schnappschüsse für '));
const bundles = path.join(home, 'eine Kopie');
const temp = path.join(home, 'temp');
mkdirSync(temp);
cpSync(path.join(ROOT, 'dist'), path.join(bundles, 'dist'), { recursive: true });
cpSync(path.join(ROOT, 'package.json'), path.join(bundles, 'package.json'));

const problems: string[] = [];
function expect(what: string, holds: boolean, seen: unknown): void {
  process.stdout.write(`${holds ? 'ok  ' : 'FAIL'} ${what}\n`);
  if (!holds) problems.push(`${what}: ${JSON.stringify(seen)}`);
}

const server = await startServer({ timeScale: TIME_SCALE, servers: [{ id: 12345 }, { id: 12346 }] });
let steps = 0;

async function run(
  entry: EntryName,
  inputs: Readonly<Record<string, string>>,
  state: StepResult['state'] = {},
  jobStatus: JobStatus = 'success',
): Promise<StepResult> {
  const folder = path.join(home, `Schritt ${(steps += 1)}`);
  mkdirSync(folder);
  const started = await startStep(entry, {
    folder,
    temp,
    inputs: { api_token: DEMO_TOKEN, api_url: server.url, ...inputs },
    state,
    jobStatus,
    node,
    bundle: path.join(bundles, 'dist', entry, 'index.js'),
    toPath: isWindows ? (file) => `Z:${file.replaceAll('/', '\\')}` : undefined,
  });
  return await started.ended;
}

try {
  const poll = { poll_interval: '100ms' };
  const both = '12345\r\n12346\r\n';
  const main = await run('main', {
    ...poll,
    server_id: both,
    description: 'vor dem Ausrollen: für alle\r\n',
    on_failure: 'restore',
  });
  expect(
    'main takes a snapshot of both servers',
    main.code === 0 && main.outputs['snapshot_id'] === '801,802',
    main,
  );
  server.api.deploy();
  const post = await run('post', { ...poll, server_id: both, on_failure: 'restore' }, main.state, 'failure');
  expect('post restores both', post.code === 1 && server.api.state().restores.length === 2, post);
  const waited = await run('wait', { ...poll, snapshot_id: '801\r\n802' });
  expect('wait sees both completed', waited.outputs['snapshot_status'] === 'completed,completed', waited);
  const restored = await run('restore', { ...poll, snapshot_id: '801' });
  expect('restore restores one', restored.code === 0 && restored.outputs['restored'] === 'true', restored);
  const pruned = await run('prune', { server_id: both, keep_last: '1' });
  expect('prune keeps both', pruned.outputs['kept'] === '801,802', pruned);
  const deleted = await run('delete', { snapshot_id: '801\r\n802' });
  expect('delete deletes both', deleted.outputs['deleted'] === '801,802', deleted);
  expect(
    'the summary is whole',
    main.summary.includes('server-12346 (12346)') && !main.summary.includes('\u{fffd}'),
    main.summary,
  );
} finally {
  await server.close();
  rmSync(home, { recursive: true, force: true });
}
process.stdout.write(problems.map((problem) => `${problem}\n`).join(''));
process.exitCode = problems.length === 0 ? 0 : 1;
