import { describe, expect, test } from '@jest/globals';
import { describeForGithub, endOf, reportRestore } from '../../../../src/actions/restoring/report.ts';
import {
  type FinishedRestore,
  isRequested,
  reasonOf,
  refuseRestore,
  type Restore,
} from '../../../../src/actions/restoring/restore.ts';
import type { Job } from '../../../../src/github/job.ts';
import { startRestoration } from '../../../../src/snapshots/polling/restoration.ts';
import { ORIGIN, restoreTarget } from '../../snapshots/samples.ts';
import { createTestDeps, serverOf, snapshotOf } from '../test-deps.ts';

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
  ...fields,
});
const requested = (request: 'accepted' | 'unclear' | 'foreign'): Restore => ({
  ...known(),
  stage: 'requested',
  mismatch: null,
  restoration: startRestoration({ before: serverOf('active'), request, requestedAt: 0 }),
});

/** The card of a restore, with its command. */
function cardOf(restore: FinishedRestore): string {
  const { deps } = createTestDeps();
  const cards: string[] = [];
  const write = (title: string, text: string, command?: string): number =>
    cards.push([title, text, ...(command === undefined ? [] : [command])].join(' | '));
  const log = { ...deps.log, error: write, notice: write, warning: write };
  reportRestore(restore, 'https://a.example/api/v1', { log }, true);
  return cards.join('\n');
}

const BY_HAND = /\| .*\/snapshots\/801\/restore\//;
const NO_COMMAND = /^[^|]*\| [^|]*$/;

describe('the card of a restore', () => {
  test.each<[string, FinishedRestore, readonly RegExp[]]>([
    [
      'says what is lost since the snapshot',
      restored(),
      [
        /^Rolled back \| web was restored from snapshot 801: server is active again/,
        /since 2026-01-15T11:00:00Z/,
      ],
    ],
    [
      'by what was known before where the list says no time',
      restored({ snapshot: null }, { createdAt: '2026-01-14T00:00:00Z' }),
      [/written to the server since 2026-01-14T00:00:00Z is gone\.$/],
    ],
    [
      'or that it is since the snapshot',
      restored({ snapshot: snapshotOf('801', { createdAt: null }) }),
      [/written to the server since the snapshot was taken is gone/],
    ],
    [
      'names what undoes it',
      restored({}, { undoSnapshotId: '900' }),
      [/Snapshot 900 is the server as it was before/],
    ],
    [
      'says that a second restore may follow',
      restored({ isSentTwice: true }),
      [/a second restore may follow/],
    ],
    [
      'says that the health check failed',
      restored({ health: { ok: false, reason: 'health check failed: x' } }),
      [
        /^Restored, health check failed \| web: the server is 'active'\. .*health check failed: x/,
        NO_COMMAND,
      ],
    ],
    [
      'of somebody else’s restore has no command',
      restored({ isForeign: true }),
      [/^Not restored \| .*Check the server in the panel of VPS\.org\.$/, NO_COMMAND],
    ],
    [
      'of somebody else’s restore that was not seen to its end neither',
      unconfirmed({ isForeign: true }),
      [/^Not restored \| .*Check the server in the panel of VPS\.org\.$/, NO_COMMAND],
    ],
    [
      'of a server that is down asks for a start, not for a restore',
      down(),
      [/^Server stopped after the restore \| web: the server is STOPPED\./, /Do not restore again/, /power/],
    ],
    [
      'of a server that is down and cannot be read says when it was',
      down({ serverStatus: null }),
      [/web: the server was last seen STOPPED\./],
    ],
    [
      'of one that nobody saw end',
      unconfirmed(),
      [
        /^Restore requested, not confirmed \| web: the server is 'active'\. Snapshot 801: a reason\. Look at/,
        BY_HAND,
      ],
    ],
    ['of something else', unconfirmed({ isMismatch: true }), [/^VPS\.org restores something else \|/]],
    [
      'of a refused one',
      refused(),
      [
        /^Not restored \| web: NOT restored, the server is 'active'\..*If you decide to restore anyway, by hand/,
        BY_HAND,
      ],
    ],
    ['without a word of the server', refused({}, {}, ''), [/the server is in an unknown state/]],
    ['of a server that cannot be read', refused({}, {}, null), [/the server is in an unknown state/]],
    [
      'of one that must not be restored by hand either',
      refused({ byHand: 'none' }),
      [/do not restore this snapshot by hand\.$/, NO_COMMAND],
    ],
    [
      'of one that is not there',
      refused({ byHand: 'find' }),
      [/Nothing was overwritten\. Look for the snapshot in the panel/, BY_HAND],
    ],
    [
      'of one that an earlier step restored',
      refused({ isByJob: true }),
      [/^Not restored again \| web: not restored again, the server is 'active'/],
    ],
    [
      'of one that was not complete',
      refused({ snapshot: snapshotOf('801', { status: 'in_progress' }) }),
      [/restore anyway, and not before the snapshot is complete, by hand/],
    ],
    [
      'of one that no list shows, and nobody saw complete',
      refused({ snapshot: null }),
      [/and not before the snapshot is complete/],
    ],
    [
      'of one that no list shows, and somebody saw complete',
      refused({ snapshot: null }, { seenCompleted: 'by the snapshot step' }),
      [/If you decide to restore anyway, by hand/],
    ],
    [
      'of an id that may have lost digits',
      refused({}, { idIsLossless: false }),
      [/The id of this snapshot may have lost digits/, NO_COMMAND],
    ],
  ])('%s', (_name, restore, patterns) => {
    const card = cardOf(restore);
    for (const pattern of patterns) expect(card).toMatch(pattern);
  });

  test('is as short as it can be', () => {
    expect(cardOf(restored())).not.toMatch(/undo|second/);
  });
});

describe('a restore at each stage', () => {
  const ready: Restore = { ...known(), stage: 'ready', before: serverOf('active'), readAt: 0 };
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

describe('the comment on GitHub', () => {
  const job = { origin: ORIGIN, runUrl: '', sha: '0123456789abcdef' } as Job;

  test('names the run, with its address where that is known', () => {
    expect(describeForGithub([restored()], job)).toContain('By run `900`, job `deploy`');
    const runUrl = 'https://github.com/acme/shop/actions/runs/900';
    expect(describeForGithub([restored()], { ...job, runUrl })).toContain(`By [this run](${runUrl}), job`);
  });

  test.each<[FinishedRestore, string]>([
    [restored(), '✅ restored'],
    [restored({ health: { ok: false, reason: 'x' } }), '⚠️ restored, but the health check failed'],
    [down(), '❌ **the server is stopped after the restore**'],
    [unconfirmed(), '⚠️ restore requested, **not confirmed**'],
    [refused(), '❌ **not restored**'],
    [restored({ isForeign: true }), '❌ **not restored**'],
    [refused({ isByJob: true }), '❌ not restored again: an earlier step of the job has requested it'],
  ])('$stage', (restore, sign) => {
    expect(describeForGithub([restore], job)).toContain(`- server \`12345\`, snapshot \`801\`: ${sign}\n`);
  });
});
