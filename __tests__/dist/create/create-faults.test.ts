import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../simulator/fault.ts';
import { bare, FAULTS, type FaultCase } from '../harness/faults.ts';
import { type Life, runLife } from '../harness/job.ts';
import { openStage, type Stage } from '../harness/test-environment.ts';

const LIST = 'GET /snapshots/?server_id=12345';
const CREATE = 'POST /snapshots/';
const SERVER = 'GET /servers/12345/';

/** What must hold of every life, whatever met it. */
function brokenPromises({ main, post }: Life, stage: Stage): string[] {
  const { snapshots, restores } = stage.truth();
  const completed = snapshots.filter(({ phase }) => phase === 'completed').map(({ id }) => id);
  const said = main.stdout + post.stdout;
  return [
    ...(main.code === 0 && !completed.includes(main.outputs['snapshot_id'] ?? '')
      ? ['green without a snapshot']
      : []),
    ...snapshots.filter(({ id }) => !said.includes(id)).map(({ id }) => `nobody names snapshot ${id}`),
    ...(snapshots.length > 1 ? ['more than one snapshot'] : []),
    ...(restores.length > 0 ? ['something was restored'] : []),
    ...(stage.server.requests.some(({ authorized }) => !authorized) ? ['a request without the token'] : []),
  ];
}

/** How many lists were read between the first two create requests; `null` where there was one or none. */
function looksBetween({ server: { requests } }: Stage): number | null {
  const [first, second] = requests.flatMap(({ method }, at) => (method === 'POST' ? [at] : []));
  return first === undefined || second === undefined ? null : second - first - 1;
}

interface Seen {
  readonly main: number | null;
  readonly asks: readonly string[];
  /** Snapshots that exist in the end. */
  readonly made: number;
  readonly post: number | null;
  readonly postAsks: readonly string[];
  readonly looks: number | null;
}

/** A life whose job fails in the end, by something that has nothing to do with the deploy. */
async function meet(
  fault: FaultCase,
  at: Readonly<Record<string, unknown>>,
): Promise<{ seen: Seen; life: Life }> {
  await using stage = await openStage({ pace: 200 });
  stage.server.faults.add(parseFaults({ ...fault.fault, ...at }));
  const life = await runLife(stage, {
    inputs: { on_failure: 'restore' },
    ends: 'failure',
    restoreIf: 'false',
  });
  expect(brokenPromises(life, stage)).toEqual([]);
  const seen = {
    main: life.main.code,
    asks: bare(life.main.requests),
    made: stage.truth().snapshots.length,
    post: life.post.code,
    postAsks: bare(life.post.requests),
    looks: looksBetween(stage),
  };
  return { seen, life };
}

/** As if nothing had met it. */
const WELL: Seen = {
  main: 0,
  asks: [LIST, CREATE, SERVER, LIST],
  made: 1,
  post: 0,
  postAsks: [],
  looks: null,
};

describe('the list before the create request', () => {
  const expected = ({ answer }: FaultCase): Seen =>
    answer === 'refused' || answer === 'unusable' ? { ...WELL, main: 1, asks: [LIST], made: 0 } : WELL;

  test.concurrent.each(FAULTS)('$name', async (fault) => {
    const { seen } = await meet(fault, { method: 'GET', path: '/snapshots/', nth: 1 });
    expect(seen).toEqual(expected(fault));
  });
});

describe('the create request: exactly one snapshot, known by its id', () => {
  function expected({ answer, acts, status }: FaultCase): Seen {
    if (answer === 'refused') {
      // A 400 is followed by one list, to tell a full server from a bad request.
      const asks = status === 400 ? [LIST, CREATE, LIST] : [LIST, CREATE];
      return { ...WELL, main: 1, asks, made: 0 };
    }
    if (answer === 'late') return WELL;
    if (answer === 'limited') return { ...WELL, asks: [LIST, CREATE, CREATE, SERVER, LIST], looks: 0 };
    // Found by its key, and never asked for again.
    if (acts) return { ...WELL, asks: [LIST, CREATE, LIST, SERVER, LIST] };
    // Absent in 5 complete lists, 20 after a time-out, so it is asked for once more. The first one may still turn up: post
    // looks for it.
    const looks = status === 504 || status === 408 ? 20 : 5;
    return { ...WELL, asks: [LIST, CREATE, LIST, CREATE, SERVER, LIST], looks, postAsks: [LIST] };
  }

  test.concurrent.each(FAULTS)('$name', async (fault) => {
    const { seen } = await meet(fault, { method: 'POST', path: '/snapshots/', nth: 1 });
    expect(seen).toEqual(expected(fault));
  });
});

describe('a poll', () => {
  const isFinal = ({ answer, status }: FaultCase): boolean => answer === 'refused' || status === 302;

  test.concurrent.each(FAULTS.filter((fault) => !isFinal(fault)))('$name', async (fault) => {
    const { seen } = await meet(fault, { method: 'GET', path: '/snapshots/', nth: 2 });
    expect(seen).toEqual(WELL);
  });

  test.concurrent.each(FAULTS.filter(isFinal))('$name: red, the snapshot is named', async (fault) => {
    const { seen, life } = await meet(fault, { method: 'GET', path: '/snapshots/', nth: 2 });
    expect(seen).toEqual({ ...WELL, main: 1, postAsks: [LIST] });
    const errors = life.main.annotations.filter(({ kind }) => kind === 'error');
    expect(errors.map(({ text }) => text).join('\n')).toMatch(/\b801\b/);
    expect(life.main.outputs['snapshot_id']).toBe('801');
    expect(life.post.stdout).toMatch(/\b801\b/);
  });
});

describe('the early look at the server, which warns when the token may not read it', () => {
  test.concurrent.each(FAULTS)('$name', async (fault) => {
    const { seen, life } = await meet(fault, { method: 'GET', path: '/servers/12345/', nth: 1 });
    expect(seen).toEqual(WELL);
    const warned = life.main.annotations.some(({ title }) => title === 'Restores cannot be confirmed');
    expect(warned).toBe(fault.status === 403 || fault.status === 404);
  });
});
