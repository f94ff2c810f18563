import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../simulator/fault.ts';
import { bare } from './harness/faults.ts';
import { type Life, type LifeOptions, runLife } from './harness/job.ts';
import { openStage } from './harness/test-environment.ts';
import { titlesOf } from './harness/annotations.ts';

/**
 * An API that says nothing costs the 30 s that a request may take, and no test can have them for less. They run all at
 * once, one for each kind of request, and wait without work.
 */
const LIST = 'GET /snapshots/?server_id=12345';
const CREATE = 'POST /snapshots/';
const SERVER = 'GET /servers/12345/';
const RESTORE = 'POST /snapshots/801/restore/';
const DELETE = 'DELETE /snapshots/801/';
const ASK = { on_failure: 'restore' };
const WELL: LifeOptions = { inputs: { on_success: 'delete' } };
const FAILED: LifeOptions = { inputs: ASK, ends: 'failure' };

const KEPT = { snapshots: 1, restores: 0 };
const RESTORED = { snapshots: 1, restores: 1, told: 'error: Rolled back' };

const CELLS = [
  {
    name: 'the list: asked again',
    fault: { kind: 'silence', method: 'GET', path: '/snapshots/', nth: 1 },
    life: WELL,
    main: [LIST, CREATE, LIST],
    post: [DELETE],
    ...KEPT,
  },
  {
    name: 'the create request, carried out: found by its key',
    fault: { kind: 'silence', method: 'POST', path: '/snapshots/', nth: 1 },
    life: WELL,
    main: [LIST, CREATE, LIST],
    post: [DELETE],
    ...KEPT,
  },
  {
    name: 'the create request, never seen by the API: sent once more after 20 looks',
    fault: { kind: 'silence_before', method: 'POST', path: '/snapshots/', nth: 1 },
    life: WELL,
    main: [LIST, CREATE, LIST, CREATE, LIST],
    post: [LIST, DELETE],
    ...KEPT,
  },
  {
    name: 'the create request, answered byte by byte for ever',
    fault: { kind: 'drip', ms_per_byte: 1000, method: 'POST', path: '/snapshots/', nth: 1 },
    life: WELL,
    main: [LIST, CREATE, LIST],
    post: [DELETE],
    ...KEPT,
  },
  {
    name: 'a poll: asked again',
    fault: { kind: 'silence', method: 'GET', path: '/snapshots/', nth: 3 },
    life: WELL,
    main: [LIST, CREATE, LIST],
    post: [DELETE],
    ...KEPT,
  },
  {
    name: 'the deletion: asked again, gone',
    fault: { kind: 'silence', method: 'DELETE', nth: 1 },
    life: WELL,
    main: [LIST, CREATE, LIST],
    post: [DELETE, DELETE],
    ...KEPT,
  },
  {
    name: 'the look at the server before a restore',
    fault: { kind: 'silence', method: 'GET', path: '/servers/12345/', nth: 2 },
    life: FAILED,
    main: [LIST, CREATE, SERVER, LIST],
    post: [LIST, SERVER, RESTORE, SERVER],
    ...RESTORED,
  },
  {
    name: 'the restore request, carried out: seen at the server',
    fault: { kind: 'silence', method: 'POST', path: '/snapshots/*/restore/', nth: 1 },
    life: FAILED,
    main: [LIST, CREATE, SERVER, LIST],
    post: [LIST, SERVER, RESTORE, SERVER],
    ...RESTORED,
  },
  {
    name: 'the restore request, never seen by the API: sent once more',
    fault: { kind: 'silence_before', method: 'POST', path: '/snapshots/*/restore/', nth: 1 },
    life: FAILED,
    main: [LIST, CREATE, SERVER, LIST],
    post: [LIST, SERVER, RESTORE, SERVER, RESTORE, SERVER],
    ...RESTORED,
  },
  {
    name: 'a look at the server that is being restored',
    fault: { kind: 'drip', ms_per_byte: 1000, method: 'GET', path: '/servers/12345/', nth: 4 },
    life: FAILED,
    main: [LIST, CREATE, SERVER, LIST],
    post: [LIST, SERVER, RESTORE, SERVER],
    ...RESTORED,
  },
];

interface Ran {
  readonly life: Life;
  readonly snapshots: number;
  readonly restores: number;
}

async function run({ fault, life: options }: (typeof CELLS)[number]): Promise<Ran> {
  await using stage = await openStage();
  stage.server.faults.add(parseFaults(fault));
  const life = await runLife(stage, options);
  const { snapshots, restores } = stage.truth();
  return { life, snapshots: snapshots.length, restores: restores.length };
}

/** Begun at once and awaited one by one: jest runs but a few tests at a time. */
const RUNS = new Map(CELLS.map((cell) => [cell.name, run(cell)]));
await Promise.allSettled(RUNS.values());

describe('silence at', () => {
  test.each(CELLS)('$name', async ({ name, main, post, snapshots, restores, ...cell }) => {
    const ran = await RUNS.get(name);

    expect(ran?.life.main.code).toBe(0);
    expect(bare(ran?.life.main.requests ?? [])).toEqual(main);
    expect(bare(ran?.life.post.requests ?? [])).toEqual(post);
    expect({ snapshots: ran?.snapshots, restores: ran?.restores }).toEqual({ snapshots, restores });
    expect(ran && titlesOf(ran.life.post)).toEqual('told' in cell ? [cell.told] : []);
  });
});
