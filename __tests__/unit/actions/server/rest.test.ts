import { describe, expect, test } from '@jest/globals';
import { CancelledError } from '../../../../src/actions/common/errors.ts';
import type { Heartbeat } from '../../../../src/actions/common/heartbeat.ts';
import type { ServerReader } from '../../../../src/actions/server/reader.ts';
import { isAtRest, waitForRest, type RestOptions } from '../../../../src/actions/server/rest.ts';
import type { Limits } from '../../../../src/vps/api.ts';
import { createTestDeps, fails, MINUTE, outcomeOf, SECOND, serverOf } from '../test-deps.ts';

test.each([
  ['active', true],
  ['stopped', true],
  ['suspended', true],
  ['error', true],
  ['failed', true],
  ['restoring', false],
  ['rebooting', false],
  ['off', false],
  ['', false],
])('a server that is %j is at rest: %s', (status, expected) => {
  expect(isAtRest({ status })).toBe(expected);
});

/** What the server says from which second on; an error is a read that has no answer. */
type Timeline = readonly (readonly [from: number, word: string | Error])[];

interface Waited {
  /** The word and the second at which the wait ended, or how else it did. */
  readonly end: unknown;
  readonly at: number;
  readonly lines: readonly string[];
  readonly asked: readonly { readonly newerThan: number; readonly limits: Limits }[];
  readonly waitedFor: readonly string[];
}

async function wait(
  timeline: Timeline,
  options: Partial<RestOptions> = {},
  { until = 5 * MINUTE, cancelAt }: { readonly until?: number; readonly cancelAt?: number } = {},
): Promise<Waited> {
  const { deps, clock, lines } = createTestDeps({ until, cancelAt });
  const asked: { newerThan: number; limits: Limits }[] = [];
  const waitedFor: string[] = [];
  const heartbeat: Heartbeat = {
    set: (subject, state) => void waitedFor.push(`${subject} ${state}`),
    remove: (subject) => void waitedFor.push(`${subject} removed`),
    beat: () => undefined,
  };
  const reader: ServerReader = {
    read(_ids, newerThan, limits) {
      asked.push({ newerThan, limits });
      const word = timeline.findLast(([from]) => from * SECOND <= clock.now())?.[1] ?? 'active';
      if (word instanceof Error) return Promise.reject(word);
      return Promise.resolve({ value: serverOf(word), readAt: clock.now() });
    },
  };
  const { value, error, at } = await outcomeOf(
    clock,
    waitForRest(reader, deps, {
      serverIds: ['12345'],
      label: 'web',
      newerThan: -1,
      patience: 'standing',
      heartbeat,
      ...options,
    }),
  );
  const end =
    error ??
    (value?.kind === 'done'
      ? `${value.value.server.status}${value.value.isKnown ? '' : ', not known'}`
      : value?.kind);
  return { end, at: at / SECOND, lines, asked, waitedFor };
}

describe('waiting until a server rests', () => {
  interface Row {
    readonly name: string;
    readonly timeline: Timeline;
    readonly options?: Partial<RestOptions>;
    readonly end: unknown;
    readonly at: number;
  }
  const ALTERNATING: Timeline = Array.from({ length: 20 }, (_, n) => [
    n * 60,
    n % 2 === 0 ? 'stopping' : 'starting',
  ]);

  test.each<Row>([
    { name: 'ends at once where it does', timeline: [[0, 'stopped']], end: 'stopped', at: 0 },
    {
      name: 'lasts until it does',
      timeline: [
        [0, 'rebooting'],
        [40, 'active'],
      ],
      end: 'active',
      at: 42,
    },
    {
      name: 'takes a broken server as it is',
      timeline: [
        [0, 'rebooting'],
        [10, 'error'],
      ],
      end: 'error',
      at: 12,
    },
    {
      name: 'ends with a word that its caller knows',
      timeline: [
        [0, 'rebooting'],
        [10, 'restoring'],
      ],
      options: { orStatus: 'restoring' },
      end: 'restoring',
      at: 12,
    },
    {
      name: 'ends with one unknown word that has stood for two minutes',
      timeline: [[0, 'off']],
      end: 'off, not known',
      at: 120,
    },
    {
      name: 'counts from the first read that said that word',
      timeline: [
        [0, 'stopping'],
        [60, 'off'],
      ],
      end: 'off, not known',
      at: 180,
    },
    { name: 'ends with no status that has stood', timeline: [[0, '']], end: ', not known', at: 120 },
    { name: 'lasts while the words change', timeline: ALTERNATING, end: 'timeout', at: 300 },
    {
      name: 'lasts, whatever stands, where that is to be waited for',
      timeline: [
        [0, 'restoring'],
        [250, 'active'],
      ],
      options: { unknownWords: 'wait' },
      end: 'active',
      at: 252,
    },
    {
      name: 'ends with the budget',
      timeline: [[0, 'restoring']],
      options: { unknownWords: 'wait' },
      end: 'timeout',
      at: 300,
    },
    {
      name: 'rides out an outage',
      timeline: [
        [0, 'rebooting'],
        [10, fails('http', 503)],
        [50, 'active'],
      ],
      end: 'active',
      at: 51,
    },
    {
      name: 'throws a refusal that stood',
      timeline: [
        [0, 'rebooting'],
        [10, fails('http', 404)],
      ],
      end: expect.objectContaining({ status: 404 }),
      at: 12,
    },
  ])('$name', async ({ timeline, options, end, at }) => {
    const waited = await wait(timeline, options);
    expect(waited.end).toEqual(end);
    expect(waited.at).toBe(at);
    expect(waited.lines.length).toBeLessThanOrEqual(1);
  });

  test('a word has stood only in four reads: an outage is none', async () => {
    const outage: Timeline = [
      [0, 'off'],
      [1, fails('http', 503)],
      [200, 'off'],
    ];
    // One read at the start, three after the outage.
    expect(await wait(outage)).toMatchObject({ end: 'off, not known', at: 207 });
  });

  test('is reported once, and heard of meanwhile', async () => {
    const { lines, waitedFor } = await wait([
      [0, 'rebooting'],
      [5, ''],
      [8, 'active'],
    ]);
    expect(lines).toEqual(["0 web: the server is 'rebooting'; waiting until it rests"]);
    expect(waitedFor).toEqual(["web 'rebooting'", "web 'rebooting'", "web ''", 'web removed']);
  });

  test('says so of a server without a status', async () => {
    expect((await wait([[0, '']])).lines).toEqual([
      "0 web: the server is 'without a status'; waiting until it rests",
    ]);
  });

  test('each read is newer than the one before it, and has the caller’s patience', async () => {
    const { asked } = await wait([
      [0, 'rebooting'],
      [5, 'active'],
    ]);
    expect(asked.map(({ newerThan }) => newerThan)).toEqual([-1, 0, 3000]);
    expect(new Set(asked.map(({ limits }) => limits.patience))).toEqual(new Set(['standing']));
  });

  test('ends with a cancel', async () => {
    const cancelled = await wait([[0, 'rebooting']], {}, { cancelAt: 4 * SECOND });
    expect([cancelled.end, cancelled.at]).toEqual([new CancelledError(), 4]);
  });
});
