import { describe, expect, test } from '@jest/globals';
import { findListedServer, refuseSameServer } from '../../../../src/actions/create/identity.ts';
import type { ServerProgress } from '../../../../src/actions/creating/progress.ts';
import { createServerReader } from '../../../../src/actions/server/reader.ts';
import type { ServerRecord } from '../../../../src/github/state.ts';
import type { Snapshot } from '../../../../src/vps/model.ts';
import { UUID } from '../../snapshots/samples.ts';
import { createTestDeps, fails, outcomeOf, SECOND, serverOf, snapshotOf } from '../test-deps.ts';

const record = { server: UUID, ids: [UUID], snapshotId: null } as unknown as ServerRecord;
/** A server typed by its UUID, which snapshots name by its number. */
const NUMBERED = [snapshotOf('801')];
const LISTED = serverOf('restoring');

interface Script {
  readonly before: readonly Snapshot[];
  readonly error?: Error;
  /** How many seconds lie between two searches. */
  readonly pause?: number;
  readonly until?: number;
}

/** Looks for the server twice. */
async function find({ before, error, pause = 0, until = 60 }: Script) {
  const ends: number[] = [];
  const { deps, clock } = createTestDeps({
    until: until * SECOND,
    api: {
      listServers({ until: end }) {
        ends.push(end / SECOND);
        return error ? Promise.reject(error) : Promise.resolve({ servers: [LISTED], complete: true });
      },
      getServer: () => Promise.reject(fails('http', 403)),
    },
  });
  const listed = createServerReader('list', deps);
  const first = await outcomeOf(clock, findListedServer({ record, before }, deps, listed));
  await clock.run(clock.sleep(pause * SECOND));
  const second = await outcomeOf(clock, findListedServer({ record, before }, deps, listed));
  expect([second.value, second.error]).toEqual([first.value, first.error]);
  return { found: first.value, error: first.error, ends };
}

describe('a server that its own address does not show', () => {
  test.each<[string, Script, ends: number[]]>([
    ['one list serves all who ask within 5 s', { before: NUMBERED, pause: 4 }, [20]],
    ['later it is read again', { before: NUMBERED, pause: 5 }, [20, 25]],
    ['5 s are left for it when the time is over', { before: NUMBERED, pause: 5, until: 0 }, [5, 10]],
  ])('is found in the list by the id that its snapshots name; %s', async (_, script, ends) => {
    expect(await find(script)).toEqual({ found: LISTED, error: undefined, ends });
  });

  test.each<[string, readonly Snapshot[]]>([
    ['there are none', []],
    ['they name it as it was typed', [snapshotOf('801', { server: { id: null, uuid: UUID, name: null } })]],
  ])('is not looked for where snapshots name no other id: %s', async (_, before) => {
    expect(await find({ before })).toEqual({ found: null, error: undefined, ends: [] });
  });

  test('is not found where the list is refused, and that stops nothing', async () => {
    const { found, error } = await find({ before: NUMBERED, error: fails('http', 403) });
    expect([found, error]).toEqual([null, undefined]);
  });

  test('a mistake in the search is passed on as it is', async () => {
    const bug = new TypeError('a bug');
    expect((await find({ before: NUMBERED, error: bug })).error).toBe(bug);
  });
});

test('one server is given twice where one of several ids is in common', () => {
  const same = [{ record: { ...record, server: '7', ids: ['7', UUID] } }, { record }];
  const refuse = (): void => refuseSameServer(same as unknown as readonly ServerProgress[]);
  expect(refuse).toThrow(`7 and ${UUID} are the same server`);
});
