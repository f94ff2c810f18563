import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const WIDTH = 1000;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Takes a picture of a page, as high as the page says that it is. */
export function takePicture(page: string, picture: string): void {
  const dom = run(page, ['--dump-dom', `--window-size=${WIDTH},800`]);
  const height = /data-height="(\d+)"/.exec(dom)?.[1];
  if (height === undefined) throw new Error(`${page} does not say its height`);
  run(page, [
    `--screenshot=${picture}`,
    `--window-size=${WIDTH},${height}`,
    '--force-device-scale-factor=1.5',
    '--hide-scrollbars',
  ]);
  if (!existsSync(picture)) throw new Error(`no picture of ${page} was taken`);
}

function run(page: string, options: readonly string[]): string {
  const home = mkdtempSync(path.join(tmpdir(), 'chromium-'));
  try {
    const { status, stdout, stderr } = spawnSync(
      findBrowser(),
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        `--user-data-dir=${home}`,
        ...options,
        pathToFileURL(page).href,
      ],
      { encoding: 'utf8', timeout: 60_000, env: { PATH: process.env['PATH'], HOME: home } },
    );
    if (status !== 0) throw new Error(`Chromium ended with ${status}: ${stderr}`);
    return stdout;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function findBrowser(): string {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) =>
    existsSync(file),
  );
  if (found === undefined)
    throw new Error('no Chromium: apt-get install chromium fonts-noto-color-emoji fonts-liberation');
  return found;
}
