import { describe, expect, test } from '@jest/globals';
import { createHeartbeat, createOutageLog } from '../../../src/actions/common/heartbeat.ts';
import type { Deps } from '../../../src/actions/common/deps.ts';

/** A clock that is set, and a log that notes its lines. */
function createStand(): {
  deps: Pick<Deps, 'clock' | 'log'>;
  lines: string[];
  at: (seconds: number) => void;
} {
  const lines: string[] = [];
  let now = 0;
  const write = (...parts: readonly string[]): void =>
    void lines.push(`${now / 1000} ${parts.join(' ').trim()}`);
  return {
    deps: {
      clock: { now: () => now },
      log: { event: write, info: write, debug: () => undefined },
    } as unknown as Pick<Deps, 'clock' | 'log'>,
    lines,
    at: (seconds) => void (now = seconds * 1000),
  };
}

describe('outages', () => {
  const OUT = 'the API does not answer, still waiting: 503';
  const BACK = 'the API answers again';
  test.each<[string, readonly (readonly [seconds: number, outage: boolean])[], readonly string[]]>([
    [
      'nothing while it answers',
      [
        [0, false],
        [1, false],
      ],
      [],
    ],
    [
      'its beginning and its end, each once',
      [
        [0, true],
        [3, true],
        [6, false],
        [9, false],
      ],
      [`0 ${OUT}`, `6 ${BACK}`],
    ],
    [
      'not one that follows within five minutes',
      [
        [0, true],
        [3, false],
        [6, true],
        [9, false],
        [299, true],
        [302, false],
      ],
      [`0 ${OUT}`, `3 ${BACK}`],
    ],
    [
      'one that comes later again',
      [
        [0, true],
        [3, false],
        [300, true],
        [303, false],
      ],
      [`0 ${OUT}`, `3 ${BACK}`, `300 ${OUT}`, `303 ${BACK}`],
    ],
  ])('%s', (_name, looks, expected) => {
    const { deps, lines, at } = createStand();
    const outages = createOutageLog(deps);
    for (const [seconds, isOut] of looks) {
      at(seconds);
      outages.note(isOut ? '503' : null);
    }
    expect(lines).toEqual(expected);
  });
});

describe('a heartbeat', () => {
  test('speaks each 30 s of everything that is waited for, and only while there is something', () => {
    const { deps, lines, at } = createStand();
    const heartbeat = createHeartbeat('waiting', deps);
    heartbeat.set('a', 'x');
    heartbeat.set('b', 'y');
    for (const seconds of [0, 29, 30, 31, 59, 60]) {
      at(seconds);
      if (seconds === 31) heartbeat.set('a', 'z');
      if (seconds === 60) heartbeat.remove('b');
      heartbeat.beat();
    }
    at(90);
    heartbeat.remove('a');
    heartbeat.beat();
    expect(lines).toEqual(['30 Still waiting after 30s: a: x, b: y', '60 Still waiting after 1m 00s: a: z']);
  });
});
