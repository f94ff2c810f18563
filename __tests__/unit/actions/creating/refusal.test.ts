import { describe, expect, test } from '@jest/globals';
import { CancelledError, FailedError } from '../../../../src/actions/common/errors.ts';
import { createProgress } from '../../../../src/actions/creating/progress.ts';
import { resolveRefusal } from '../../../../src/actions/creating/refusal.ts';
import type { VpsError } from '../../../../src/vps/errors.ts';
import { KEY } from '../../snapshots/samples.ts';
import {
  createTestDeps,
  fails,
  listOf,
  MINUTE,
  outcomeOf,
  SAVES_NOTHING,
  SECOND,
  serverOf,
  snapshotOf,
  type TestDeps,
} from '../test-deps.ts';

/** What the server shows from which second on: a word, or why a read of it has no answer. */
type Shown = readonly (readonly [from: number, word: string | Error])[];

interface Script {
  readonly refusal?: VpsError;
  readonly shown?: Shown;
  readonly snapshots?: number;
  /** Seconds that a list takes. */
  readonly listTakes?: number;
  readonly rotatedAt?: number | null;
  readonly until?: number;
  readonly cancelAt?: number;
}

interface Resolved {
  /** That the request is to be sent again, or what was thrown. */
  readonly end: unknown;
  readonly at: number;
  /** When the list was read, in seconds. */
  readonly lists: readonly number[];
  readonly phase: string;
  readonly name: string;
}

/** A request is refused at 0 s. */
async function resolve(script: Script): Promise<Resolved> {
  const { refusal = fails('http', 400), shown = [[0, 'active']], snapshots = 0, listTakes = 0 } = script;
  const { rotatedAt = null, until, cancelAt } = script;
  const lists: number[] = [];
  const stand: TestDeps = createTestDeps({
    cancelAt,
    ...(until !== undefined && { until }),
    api: {
      async getServer(_id, limits) {
        for (;;) {
          if (stand.clock.now() >= limits.until) throw fails('deadline');
          const word = shown.findLast(([from]) => from * SECOND <= stand.clock.now())?.[1] ?? 'active';
          if (typeof word === 'string') return serverOf(word);
          if (word !== OUTAGE) throw word;
          await stand.clock.sleep(SECOND);
        }
      },
      listServers: () => Promise.reject(fails('http', 403)),
      async listSnapshots() {
        lists.push(stand.clock.now() / SECOND);
        await stand.clock.sleep(listTakes * SECOND);
        if (stand.cancelled.signal.aborted) throw fails('cancelled');
        return listOf(Array.from({ length: snapshots }, (_, index) => snapshotOf(`${index}`)));
      },
    },
    more: SAVES_NOTHING,
  });
  const start = { server: '12345', key: KEY, name: 'deploy' };
  const progress = createProgress(stand.deps, 0, start);
  const { error, at } = await outcomeOf(
    stand.clock,
    resolveRefusal(refusal, progress, stand.deps, {
      rotatedAt,
      whenFull: 'rotate',
      refusals: { isRenamed: false },
    }),
  );
  const { phase, name } = progress.record;
  return { end: error ?? 'again', at: at / SECOND, lists, phase, name };
}

/** Every read fails, until there is an answer or no time left. */
const OUTAGE = fails('timeout');
const DENIED = fails('http', 403);
const CONFLICT = fails('http', 409);

describe('a refused create request', () => {
  interface Row extends Script {
    readonly name: string;
    readonly end: RegExp;
    readonly at: number;
    readonly lists: readonly number[];
    /** Which name the next request has; `deploy` where nothing is said. */
    readonly as?: string;
  }
  const RENAMED = 'deploy-111111';

  test.each<Row>([
    {
      name: 'by a web page: final at once',
      refusal: fails('http', 400, { isHtml: true }),
      end: /^No snapshot was made: .*web page/,
      at: 0,
      lists: [],
    },
    {
      name: 'with 400 while the server restarts: again when it rests, without a list',
      shown: [
        [0, 'restoring'],
        [300, 'active'],
      ],
      end: /^again$/,
      at: 300,
      lists: [],
    },
    {
      name: 'with 400 while the server is at work until the budget ends: final',
      shown: [[0, 'restoring']],
      end: /^No snapshot was made/,
      at: 1800,
      lists: [1800],
    },
    {
      name: 'with 400 while the server comes to rest only when the budget ends: final, since nothing can be sent',
      shown: [
        [0, 'restoring'],
        [60, 'active'],
      ],
      until: MINUTE,
      end: /^No snapshot was made/,
      at: 60,
      lists: [60],
    },
    {
      name: 'with 409 while the server restarts: again when it rests, without a list',
      refusal: CONFLICT,
      shown: [
        [0, 'restoring'],
        [300, 'active'],
      ],
      end: /^again$/,
      at: 300,
      lists: [],
    },
    {
      name: 'with 409 while the server is at work until the budget ends: final',
      refusal: CONFLICT,
      shown: [[0, 'restoring']],
      until: MINUTE,
      end: /^No snapshot was made/,
      at: 60,
      lists: [60],
    },
    {
      name: 'with 409 at rest after a rotation: only a 400 may mean that the server still counts as full',
      refusal: CONFLICT,
      rotatedAt: 0,
      end: /^again$/,
      at: 0,
      lists: [0],
      as: RENAMED,
    },
    {
      name: 'of a server that cannot be read: a list shows it, a minute later',
      shown: [[0, OUTAGE]],
      end: /^again$/,
      at: 60,
      lists: [60],
      as: RENAMED,
    },
    {
      name: 'of a server that restarts, and may not be read any more: a list shows it',
      shown: [
        [0, 'rebooting'],
        [10, DENIED],
      ],
      end: /^again$/,
      at: 12,
      lists: [12],
      as: RENAMED,
    },
    {
      name: 'of a server that is being restored, and may not be read any more: final',
      shown: [
        [0, 'restoring'],
        [10, DENIED],
      ],
      end: /^No snapshot was made/,
      at: 12,
      lists: [12],
    },
    {
      name: 'of a server that was full without a rotation: said so',
      snapshots: 5,
      end: /^No free snapshot slot: .* it was not full when this step began, so nothing was rotated/,
      at: 0,
      lists: [0],
    },
    {
      name: 'of a server that is full after the rotation',
      rotatedAt: -2 * MINUTE,
      snapshots: 5,
      end: /^No free snapshot slot: .* so no snapshot was made\.\n/,
      at: 0,
      lists: [0],
    },
  ])('$name', async ({ name: _name, end, at, lists, as = 'deploy', ...script }) => {
    const resolved = await resolve(script);
    const ended =
      resolved.end instanceof FailedError ? `${resolved.end.title}: ${resolved.end.message}` : resolved.end;
    expect(ended).toMatch(end);
    // Also while another request is waited for: a cancel must not call this one perhaps done.
    expect({ ...resolved, end }).toEqual({ end, at, lists, phase: 'refused', name: as });
  });
});

test.each<[string, Script]>([
  ['the server restarts', { shown: [[0, 'rebooting']] }],
  ['the list is read', { listTakes: 5 }],
])('a cancel while %s ends the step as cancelled, and the request stays refused', async (_name, script) => {
  const { end, phase } = await resolve({ ...script, cancelAt: 4 * SECOND });
  expect([end, phase]).toEqual([new CancelledError(), 'refused']);
});

test('a mistake in a read of the server is passed on as it is', async () => {
  const { end } = await resolve({ shown: [[0, new TypeError('a bug')]] });
  expect(end).toEqual(new TypeError('a bug'));
});
