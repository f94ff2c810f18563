import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { BASE_PATH } from '../../../simulator/machine.ts';
import type { RequestRecord } from '../../../simulator/request-log.ts';
import type { StepProcess } from '../harness/step-process.ts';
import type { FakeRunner, Line } from '../harness/fake-runner.ts';
import { START } from '../harness/test-environment.ts';
import { ANSWERS } from './answers.ts';
import { ENDS } from './ends.ts';
import { MAIN } from './create.ts';
import { ROLLBACKS } from './post.ts';
import { SIBLINGS } from './commands.ts';
import { play } from '../harness/scenario.ts';

/**
 * What each story does and tells, request by request and line by line: the whole of what a user sees, so that
 * nothing of it changes unnoticed.
 *
 * `UPDATE_STORIES=1 npm test -- stories` writes them anew; the difference is to be read.
 */
const FOLDER = new URL('stories/', import.meta.url);

const clock = (ms: number): string => (ms / 1000).toFixed(1);

function tellRequests(requests: readonly RequestRecord[]): string[] {
  const lines: string[] = [];
  const bodies = new Set<string>();
  let last = '';
  let times = 0;
  for (const { method, path, status, at, body } of requests) {
    const isNew = typeof body === 'string' && body !== '' && !bodies.has(body);
    if (isNew) bodies.add(body);
    const line = `${method} ${path.slice(BASE_PATH.length)} ${status ?? 'lost'}${isNew ? ` ${body}` : ''}`;
    times = line === last ? times + 1 : 1;
    if (times === 1) lines.push(`${clock(at - START)} ${line}`);
    else lines.splice(-1, 1, `${lines.at(-1)?.replace(/ ×.*$/, '')} ×${times} until ${clock(at - START)}`);
    last = line;
  }
  return lines;
}

/** The first and the last, which is what stays. */
function summariesOf({ summaries }: FakeRunner): string[] {
  return [...new Set([...summaries.slice(0, 1), ...summaries.slice(-1)])];
}

/** Of the heartbeats in a row the first and how many there were. */
function withoutBeats(lines: readonly Line[]): Line[] {
  const isBeat = ({ text }: Line): boolean => text.startsWith('Still ');
  return lines.flatMap((line, index) => {
    if (!isBeat(line)) return [line];
    if (index > 0 && lines[index - 1] !== undefined && isBeat(lines[index - 1] as Line)) return [];
    const rest = lines.slice(index).findIndex((other) => !isBeat(other));
    const count = rest < 0 ? lines.length - index : rest;
    return [count === 1 ? line : { ...line, text: `${line.text} (and ${count - 1} more)` }];
  });
}

function tellStep(name: string, { runner, exitCode, startedAt, endedAt }: StepProcess): string[] {
  return [
    `== ${name}: exit ${exitCode}, ${clock(startedAt)} to ${clock(endedAt)}`,
    ...withoutBeats(runner.lines).map(({ at, text }) => `${clock(at)} ${text}`),
    ...runner.annotations.map(({ at, kind, title, text }) => `${clock(at)} ${kind} "${title}" ${text}`),
    // Requests stand below.
    ...runner.debugLines.filter((line) => !/^(GET|POST|DELETE) /.test(line)).map((line) => `debug ${line}`),
    ...[...runner.outputs].map(([output, value]) => `${output}=${value}`),
    ...[...(name === 'main' ? runner.state : [])].map(([key, value]) => `state ${key}=${value}`),
    ...summariesOf(runner).flatMap((summary, index) => [
      `-- summary ${index + 1}`,
      ...summary.split('\n').filter((line) => line !== ''),
    ]),
  ];
}

describe('the story of', () => {
  test.each(Object.entries({ ...MAIN, ...ROLLBACKS, ...SIBLINGS, ...ANSWERS, ...ENDS }))(
    '%s',
    async (name, story) => {
      const { stage, steps } = await play(story);
      const told = [
        ...steps.flatMap(([step, process]) => tellStep(step, process)),
        '== requests',
        ...tellRequests(stage.requests),
        '== comments',
        ...stage.comments,
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
    },
  );
});
