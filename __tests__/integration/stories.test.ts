import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { RequestRecord } from '../../simulator/request-log.ts';
import type { StepProcess } from './harness-process.ts';
import { shorten, START } from './harness.ts';
import { play, STORIES } from './stories.ts';

/**
 * What each story does and tells, request by request and line by line. Of a text only the facts are kept (ids,
 * numbers, quoted and decisive words), so that better wording changes nothing, and a fact that is lost does.
 *
 * `UPDATE_STORIES=1 npm test -- stories` writes them anew; the difference is to be read.
 */
const FOLDER = new URL('stories/', import.meta.url);
const FACT =
  /(?<!\w)'[\w .-]{1,24}'|`[^`]*`|[\w./?=&:#-]*\d[\w./?=&:#-]*|\b(?:not|never|unknown|kept|deleted|gone|failed|completed|in progress|requested|confirmed|refused|restored|rolled back|active|stopped|started|dry run)\b/gi;

const factsOf = (text: string): string => (text.match(FACT) ?? []).join(' ');
const clock = (ms: number): string => (ms / 1000).toFixed(1);

function tellRequests(requests: readonly RequestRecord[]): string[] {
  const lines: string[] = [];
  let last = '';
  let times = 0;
  for (const { method, path, status, at, body } of requests) {
    const name = typeof body === 'string' && body !== '' ? ` ${factsOf(body)}` : '';
    const line = `${method} ${shorten(path)} ${status ?? 'lost'}${name}`;
    times = line === last ? times + 1 : 1;
    if (times === 1) lines.push(`${clock(at - START)} ${line}`);
    else lines.splice(-1, 1, `${lines.at(-1)?.replace(/ ×.*$/, '')} ×${times} until ${clock(at - START)}`);
    last = line;
  }
  return lines;
}

function tellStep(name: string, { runner, exitCode, startedAt, endedAt }: StepProcess): string[] {
  return [
    `== ${name}: exit ${exitCode}, ${clock(startedAt)} to ${clock(endedAt)}`,
    ...runner.lines.map(({ at, text }) => `${clock(at)} ${factsOf(text)}`),
    ...runner.annotations.map(
      ({ at, kind, title, text }) => `${clock(at)} ${kind} "${title}" ${factsOf(text)}`,
    ),
    // Requests stand below.
    ...runner.debugLines
      .filter((line) => !/^(GET|POST|DELETE) /.test(line))
      .map((line) => `debug ${factsOf(line)}`),
    ...[...runner.outputs].map(([output, value]) => `${output}=${value}`),
    ...[...(name === 'main' ? runner.state : [])].map(([key, value]) => `state ${key}=${value}`),
    ...[...new Set(runner.summaries)].flatMap((summary, index) => [
      `-- summary ${index + 1}`,
      ...summary
        .split('\n')
        .map(factsOf)
        .filter((facts) => facts !== ''),
    ]),
  ];
}

describe('the story of', () => {
  test.each(Object.entries(STORIES))('%s', async (name, story) => {
    const { stage, steps } = await play(story);
    const told = [
      ...steps.flatMap(([step, process]) => tellStep(step, process)),
      '== requests',
      ...tellRequests(stage.requests),
      '== comments',
      ...stage.comments.map(factsOf),
      '== in the end',
      ...stage.existing().map(({ id, phase }) => `snapshot ${id} ${phase}`),
      ...stage.truth.servers.map(({ id, phase }) => `server ${id} ${phase}`),
      '',
    ].join('\n');
    const file = new URL(`${name.replaceAll(/[^a-z_-]+/gi, '-')}.txt`, FOLDER);
    if (process.env['UPDATE_STORIES'] === '1') {
      await mkdir(FOLDER, { recursive: true });
      await writeFile(file, told);
    }
    expect(told).toBe(await readFile(file, 'utf8'));
  });
});
