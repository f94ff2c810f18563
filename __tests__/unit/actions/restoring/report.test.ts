import { describe, expect, test } from '@jest/globals';
import { endOf } from '../../../../src/actions/restoring/report.ts';
import {
  type FinishedRestore,
  isRequested,
  reasonOf,
  refuseRestore,
  type Restore,
} from '../../../../src/actions/restoring/restore.ts';
import { startRestoration } from '../../../../src/snapshots/polling/restoration.ts';
import { restoreTarget } from '../../snapshots/samples.ts';
import { serverOf, snapshotOf } from '../test-deps.ts';

type Target = Parameters<typeof restoreTarget>[0];
const known = (target: Target = {}, serverStatus: string | null = 'active') => ({
  target: restoreTarget(target),
  snapshot: snapshotOf('801'),
  serverStatus,
});
type End<S extends FinishedRestore['stage']> = Partial<Extract<FinishedRestore, { readonly stage: S }>>;

const restored = (fields: End<'restored'> = {}, target?: Target): FinishedRestore => ({
  ...known(target),
  stage: 'restored',
  isForeign: false,
  isStarted: false,
  isSentTwice: false,
  wasUp: true,
  health: null,
  ...fields,
});
const refused = (fields: End<'refused'> = {}, target?: Target, status: string | null = 'active') => ({
  ...refuseRestore(known(target, status), 'a reason', fields),
});
const unconfirmed = (fields: End<'unconfirmed'> = {}, target?: Target): FinishedRestore => ({
  ...known(target),
  stage: 'unconfirmed',
  isForeign: false,
  isMismatch: false,
  reason: 'a reason',
  ...fields,
});
const down = (fields: End<'down'> = {}): FinishedRestore => ({
  ...known({}, 'stopped'),
  stage: 'down',
  isForeign: false,
  reason: 'a reason',
  hasEnded: true,
  ...fields,
});
const requested = (request: 'accepted' | 'unclear' | 'foreign'): Restore => ({
  ...known(),
  stage: 'requested',
  mismatch: null,
  restoration: startRestoration({ before: serverOf('active'), request, requestedAt: 0 }),
});

describe('a restore at each stage', () => {
  const ready: Restore = { ...known(), stage: 'ready', before: serverOf('active'), readAt: 0, now: 0 };
  const OTHER = 'another restore was running; none was requested by this run';

  test.each<[string, Restore, boolean, string]>([
    ['checked', ready, false, ''],
    ['somebody else’s', { ...known(), stage: 'foreign' }, false, OTHER],
    ['requested', requested('accepted'), true, 'not confirmed yet'],
    ['perhaps requested', requested('unclear'), true, 'not confirmed yet'],
    ['somebody else’s, watched', requested('foreign'), false, OTHER],
    ['refused', refused(), false, 'a reason'],
    ['not confirmed', unconfirmed(), true, 'a reason'],
    ['down', down(), true, 'a reason'],
    ['restored', restored(), true, ''],
    ['somebody else’s, ended', restored({ isForeign: true }), false, OTHER],
    ['unwell', restored({ health: { ok: false, reason: 'x' } }), true, 'x'],
  ])('%s: requested by this run %s, %j', (_name, restore, isOwn, reason) => {
    expect([isRequested(restore), reasonOf(restore)]).toEqual([isOwn, reason]);
  });

  test('says what followed it', () => {
    expect(endOf(refused())).toEqual({ started: false, health: 'not_checked' });
    expect(endOf(restored({ isStarted: true, health: { ok: true } }))).toEqual({
      started: true,
      health: 'passed',
    });
    expect(endOf(restored({ health: { ok: false, reason: 'x' } })).health).toBe('failed');
  });

  test('stands against this server alone, and was not sent, where nothing else is said', () => {
    expect(refuseRestore(known(), 'a reason')).toMatchObject({
      isOfServerAlone: true,
      wasSent: false,
      byHand: 'restore',
      isByJob: false,
    });
  });
});
