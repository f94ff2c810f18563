import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';
import type { Deps } from '../../../src/actions/common/deps.ts';
import { requestRestore, type Restore } from '../../../src/actions/restoring/request.ts';
import { createSchedule } from '../../../src/snapshots/schedule.ts';
import { VpsError, type VpsErrorFields } from '../../../src/vps/errors.ts';
import type { Server } from '../../../src/vps/model.ts';
import { restoreTarget, server } from '../snapshots/samples.ts';

const MINUTE = 60_000;
const fails = (kind: VpsErrorFields['kind'], status?: number): VpsError =>
  new VpsError({ kind, method: 'POST', path: '/snapshots/801/restore/', status });
const LOST = fails('reset');
const FULL_STOP = fails('http', 400);

interface Told {
  readonly restore: Restore;
  /** Requests that were sent, and looks at the server. */
  readonly sent: number;
  readonly looks: number;
  /** How often "requested, not confirmed" was told. */
  readonly told: number;
  readonly tookMs: number;
}

/** Requests a restore; `null` is an accepted request, and the last look is seen for ever. */
async function request(
  answers: readonly (Error | null)[],
  looks: readonly (Server | Error)[] = [server('active')],
  options: { readonly before?: Server | null; readonly until?: number; readonly cancelAt?: number } = {},
): Promise<Told> {
  const { before = server('active'), until = 30 * MINUTE, cancelAt } = options;
  const clock = new VirtualClock();
  const cancelled = new AbortController();
  if (cancelAt !== undefined) clock.at(cancelAt, () => cancelled.abort());
  let sent = 0;
  let looked = 0;
  let told = 0;
  const deps = {
    clock,
    cancelled: cancelled.signal,
    log: { event: () => undefined },
    api: {
      restoreSnapshot() {
        const answer = answers[sent] ?? null;
        sent += 1;
        return answer === null ? Promise.resolve() : Promise.reject(answer);
      },
      getServer() {
        const seen = looks[Math.min(looked, looks.length - 1)] ?? server('active');
        looked += 1;
        return seen instanceof Error ? Promise.reject(seen) : Promise.resolve(seen);
      },
    },
  } as unknown as Deps;
  const checked = {
    target: restoreTarget(),
    stage: 'checked',
    before,
    requested: false,
    accepted: false,
    reason: '',
  };
  const restore = await clock.run(
    requestRestore(
      checked as unknown as Restore,
      deps,
      { schedule: createSchedule(null), until, timeout: until },
      () => {
        told += 1;
        return Promise.resolve();
      },
    ),
  );
  return { restore, sent, looks: looked, told, tookMs: clock.now() };
}

test('an accepted request is sent once, told, and not looked after here', async () => {
  const { restore, sent, looks, told } = await request([null]);
  expect(restore).toMatchObject({ stage: 'requested', requested: true, accepted: true });
  expect([sent, looks, told]).toEqual([1, 0, 1]);
});

test.each<[string, VpsError, RegExp]>([
  ['with a 400', FULL_STOP, /^VPS\.org refused the request: /],
  ['with a 404', fails('http', 404), /^VPS\.org refused the request: /],
  ['by a closed port', fails('refused'), /^the request could not be sent: /],
  ['by a cancel', fails('cancelled'), /^the request could not be sent: /],
])('refused %s: nothing was requested', async (_name, error, reason) => {
  const { restore, sent, told } = await request([error]);
  expect(restore).toMatchObject({ stage: 'refused', requested: false, accepted: false });
  expect(restore.reason).toMatch(reason);
  expect([sent, told]).toEqual([1, 0]);
});

describe('after an answer that was lost', () => {
  const still = server('active');
  interface Row {
    readonly name: string;
    readonly looks: readonly (Server | Error)[];
    readonly before?: Server | null;
    readonly until?: number;
    readonly cancelAt?: number;
    readonly sent: number;
    readonly looked: number;
  }
  test.each<Row>([
    { name: 'the server stays as it was for 60 s: sent once more', looks: [still], sent: 2, looked: 20 },
    { name: 'restoring: taken', looks: [still, server('restoring')], sent: 1, looked: 2 },
    { name: 'another updated_at: taken', looks: [still, server('active', 'after')], sent: 1, looked: 2 },
    { name: 'another status alone tells nothing', looks: [still, server('stopped')], sent: 1, looked: 2 },
    {
      name: 'an updated_at that went tells nothing',
      looks: [still, server('active', null)],
      sent: 1,
      looked: 2,
    },
    {
      name: 'a server that cannot be read tells nothing',
      looks: [still, fails('http', 403)],
      sent: 1,
      looked: 2,
    },
    { name: 'an outage tells nothing', looks: [fails('timeout')], sent: 1, looked: 1 },
    {
      name: 'shown at the last look',
      looks: [...Array<Server>(19).fill(still), server('restoring')],
      sent: 1,
      looked: 20,
    },
    { name: 'nobody read the server before', looks: [still], before: null, sent: 1, looked: 0 },
    { name: 'no updated_at before', looks: [still], before: server('active', null), sent: 1, looked: 0 },
    { name: 'no time is left at all', looks: [still], until: 0, sent: 1, looked: 0 },
    { name: 'the time ends with the first look', looks: [still], until: 3000, sent: 1, looked: 1 },
    { name: 'cancelled in the pause', looks: [still], cancelAt: 4000, sent: 1, looked: 1 },
  ])('$name', async ({ looks, before, until, cancelAt, sent, looked }) => {
    const told = await request([LOST, null], looks, {
      ...(before !== undefined && { before }),
      ...(until !== undefined && { until }),
      ...(cancelAt !== undefined && { cancelAt }),
    });
    expect([told.sent, told.looks]).toEqual([sent, looked]);
    expect(told.restore).toMatchObject({ stage: 'requested', requested: true, accepted: sent === 2 });
    expect(told.told).toBe(sent);
  });

  test.each([
    ['seen restoring', server('restoring'), true],
    ['a changed time only', server('active', 'after'), false],
    ['nothing certain', server('stopped'), false],
  ])('the watch is told what was seen: %s', async (_name, seen, sawRestoring) => {
    expect((await request([LOST], [seen])).restore).toMatchObject({ sawRestoring });
  });

  test.each<[string, Error]>([
    ['lost as well', LOST],
    ['refused', FULL_STOP],
  ])('the second request is %s: never a third, and nobody knows', async (_name, second) => {
    const { restore, sent, told } = await request([LOST, second, null]);
    expect(restore).toMatchObject({ stage: 'requested', requested: true, accepted: false });
    expect([sent, told]).toEqual([2, 2]);
  });
});

test.each<[string, readonly (Error | null)[], readonly (Server | Error)[]]>([
  ['the request', [new TypeError('a bug')], []],
  ['a look', [LOST], [new TypeError('a bug')]],
])('a mistake in %s is passed on as it is', async (_name, answers, looks) => {
  await expect(request(answers, looks)).rejects.toThrow(new TypeError('a bug'));
});
