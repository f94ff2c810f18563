import { describe, expect, test } from '@jest/globals';
import { createHeartbeat, createOutageLog } from '../../../../src/actions/common/heartbeat.ts';
import type { Deps } from '../../../../src/actions/common/deps.ts';
import { fails } from '../test-deps.ts';

/** A clock that is set, and a log that notes its lines. */
function createStand(): {
  deps: Pick<Deps, 'clock' | 'log'>;
  lines: string[];
  at: (seconds: number) => void;
} {
  const lines: string[] = [];
  let now = 0;
  const write =
    (kind: string) =>
    (...parts: readonly string[]): void =>
      void lines.push(`${now / 1000} ${kind} ${parts.join(' ').trim()}`);
  return {
    deps: {
      clock: { now: () => now },
      log: { event: write('event'), info: write('info') },
    } as unknown as Pick<Deps, 'clock' | 'log'>,
    lines,
    at: (seconds) => void (now = seconds * 1000),
  };
}

describe('a heartbeat', () => {
  test('speaks each 30 s of everything that is waited for, and only while there is something', () => {
    const { deps, lines, at } = createStand();
    const heartbeat = createHeartbeat('waiting', deps);
    heartbeat.set('a', 'x');
    heartbeat.set('b', 'y');
    for (const seconds of [0, 29.9, 30, 31, 59, 60]) {
      at(seconds);
      if (seconds === 31) heartbeat.set('a', 'z');
      if (seconds === 60) heartbeat.remove('b');
      heartbeat.beat();
    }
    at(90);
    heartbeat.remove('a');
    heartbeat.beat();
    expect(lines).toEqual([
      '30 info Still waiting after 30s: a: x, b: y',
      '60 info Still waiting after 1m 00s: a: z',
    ]);
  });

  test('says how long it usually takes, where that is known', () => {
    const { deps, lines, at } = createStand();
    const heartbeat = createHeartbeat('waiting', deps, 'it usually takes 3 to 10 minutes');
    heartbeat.set('a', 'x');
    at(45);
    heartbeat.beat();
    expect(lines).toEqual(['45 info Still waiting after 45s (it usually takes 3 to 10 minutes): a: x']);
  });

  test('counts from when it was made, and is due 30 s after its last line', () => {
    const { deps, lines, at } = createStand();
    at(100);
    const heartbeat = createHeartbeat('waiting', deps);
    heartbeat.set('a', 'x');
    for (const seconds of [129, 145, 160, 174, 175]) {
      at(seconds);
      heartbeat.beat();
    }
    expect(lines).toEqual([
      '145 info Still waiting after 45s: a: x',
      '175 info Still waiting after 1m 15s: a: x',
    ]);
  });

  test.each([
    [3, 'a0: x, a1: x, a2: x'],
    [4, 'x: a0, a1, a2 and 1 more'],
    [50, 'x: a0, a1, a2 and 47 more'],
  ])('is one line for %i servers', (count, text) => {
    const { deps, lines, at } = createStand();
    const heartbeat = createHeartbeat('waiting', deps);
    for (let n = 0; n < count; n += 1) heartbeat.set(`a${n}`, 'x');
    at(30);
    heartbeat.beat();
    expect(lines).toEqual([`30 info Still waiting after 30s: ${text}`]);
  });
});

test('a heartbeat of many servers has one part for each state', () => {
  const { deps, lines, at } = createStand();
  const heartbeat = createHeartbeat('waiting', deps);
  for (let n = 0; n < 6; n += 1) heartbeat.set(`a${n}`, n === 2 ? 'y' : 'x');
  at(30);
  heartbeat.beat();
  expect(lines).toEqual(['30 info Still waiting after 30s: x: a0, a1, a3 and 2 more · y: a2']);
});

describe('an outage', () => {
  const OUT = fails('http', 503);
  const said = (seconds: number, kind: string, text = OUT.message): string =>
    `${seconds} ${kind} Still waiting for the API after ${seconds}s: ${text}`;

  /** Seconds since its beginning at which somebody waits; negative ones at which the API answers. */
  function play(moments: readonly number[]): readonly string[] {
    const { deps, lines, at } = createStand();
    const outage = createOutageLog(deps);
    for (const seconds of moments) {
      at(Math.abs(seconds));
      if (seconds < 0) outage.answered();
      else outage.waiting(OUT, seconds * 1000);
    }
    return lines;
  }

  test.each<[string, readonly number[], readonly string[]]>([
    ['that passes within 10 s is nothing to speak of', [1, 5, 9.9, -10], []],
    [
      'has its first line after 10 s, and another one when it ends',
      [3, 10, 14, -20],
      [said(10, 'event'), '20 event the API answers again'],
    ],
    [
      'has a line each 30 s, of which the first alone is something that happened',
      [10, 20, 30, 39.9, 40, 55],
      [said(10, 'event'), said(40, 'info')],
    ],
    ['ends once', [12, -15, -16], [said(12, 'event'), '15 event the API answers again']],
    [
      'that comes again after 30 s is a new one',
      [12, -15, 45, -50],
      [
        said(12, 'event'),
        '15 event the API answers again',
        said(45, 'event'),
        '50 event the API answers again',
      ],
    ],
    [
      'that comes again at once is no news',
      [12, -15, 20, -25],
      [said(12, 'event'), '15 event the API answers again'],
    ],
    ['that was none ends without a word', [-5], []],
  ])('%s', (_name, moments, lines) => {
    expect(play(moments)).toEqual(lines);
  });

  test('says what is the matter now', () => {
    const { deps, lines, at } = createStand();
    const outage = createOutageLog(deps);
    at(10);
    outage.waiting(OUT, 10_000);
    at(50);
    outage.waiting(fails('proxy'), 50_000);
    expect(lines).toEqual([said(10, 'event'), said(50, 'info', fails('proxy').message)]);
  });
});
