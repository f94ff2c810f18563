import { describe, expect, test } from '@jest/globals';
import { type Deps } from '../../../../src/actions/common/deps.ts';
import { headlineOfRestores } from '../../../../src/actions/restoring/headline.ts';
import {
  describeRestore,
  describeSoFar,
  fateOf,
  type Occasion,
  TITLES,
} from '../../../../src/actions/restoring/message.ts';
import {
  describeForGithub,
  endOf,
  leadOf,
  toSummary,
  withoutRepeats,
} from '../../../../src/actions/restoring/report.ts';
import {
  type FinishedRestore,
  isRequested,
  reasonOf,
  refuseRestore,
  type Restore,
} from '../../../../src/actions/restoring/restore.ts';
import { type Alert, type AlertTopic } from '../../../../src/github/log.ts';
import { startRestoration } from '../../../../src/snapshots/polling/restoration.ts';
import { ORIGIN, restoreTarget } from '../../snapshots/samples.ts';
import { NOW, serverOf, snapshotOf } from '../test-deps.ts';

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

/** One that went back to its snapshot of `11:mm`, an hour less those minutes before. */
const backTo = (minute: string): FinishedRestore => ({
  ...restored(),
  snapshot: snapshotOf('801', { createdAt: `2026-01-15T11:${minute}:00Z` }),
  requestedAt: NOW,
});
const unwell = restored({ health: { ok: false, reason: 'x' } });

test.each<[string, Occasion, ...Restore[]]>([
  ['🛑 A server is STOPPED after the rollback: start it', 'Deploy failed', down(), restored()],
  ['🛑 2 servers are STOPPED after the restore: start them', null, down(), down(), restored()],
  [
    '⏪ 2 servers rolled back to 11:30 UTC, 30 min of writes lost on each',
    'Deploy failed',
    backTo('30'),
    backTo('30'),
  ],
  ['⏪ 2 servers restored to 11:00 UTC, up to 60 min of writes lost', null, backTo('30'), backTo('00')],
  ['⏪ 2 servers restored to 11:00 UTC, up to 60 min of writes lost', null, backTo('00'), backTo('30')],
  ['⏪ 2 servers restored', null, backTo('30'), restored()],
  ['⚠️ 2 servers restored, health check FAILED', null, unwell, unwell],
  ['⚠️ 1 of 2 servers restored', null, refused(), restored()],
  ['⚠️ Rollback requested, not confirmed', 'Job cancelled', unconfirmed(), refused()],
  ['❌ Server NOT restored', null, refused()],
  ['❌ Servers NOT restored', null, refused(), refused()],
  ['❌ Deploy failed, server NOT restored', 'Deploy failed', refused()],
  ['❌ Deploy failed, servers NOT restored', 'Deploy failed', refused(), refused()],
])('the headline %j', (headline, occasion, ...restores) => {
  expect(headlineOfRestores(restores, undefined, occasion)).toBe(headline);
});

test.each<[string, FinishedRestore, RegExp]>([
  ['well', restored({ health: { ok: true } }), /^web: restored, [^\n]*health check passed\.$/],
  ['down', down(), /^web is STOPPED after the restore\./],
  ['down, last seen', { ...down(), serverStatus: null }, /^web was last seen STOPPED after the restore\./],
  ['something else', unconfirmed({ isMismatch: true }), /\nCheck both servers/],
  [
    'under way since nobody knows when',
    { ...unconfirmed(), serverStatus: 'restoring' },
    /takes 5 to 15 minutes\. /,
  ],
  ['nothing that may be repeated', refused({ byHand: 'none' }), /do not restore this snapshot by hand/],
  ['to repeat at a known price', refused(), /anyway \(this overwrites .* since 2026-01-15T11:00:00Z, and/],
  [
    'not complete yet',
    { ...refused(), snapshot: null },
    /anyway, and not before the snapshot is complete \(.* since the snapshot, and/,
  ],
])('what is said of one that is %s', (_name, restore, text) => {
  expect(describeRestore(restore, '', null).text).toMatch(text);
});

test('it is said how a restore is undone, where a snapshot was taken before', () => {
  const { details } = describeRestore(restored({}, { undoSnapshotId: '900' }), '', null);
  expect(details).toContain('To undo this, restore snapshot 900');
});

test.each<[string, FinishedRestore, Occasion, AlertTopic | undefined]>([
  ['rolled back', restored(), 'Deploy failed', 'rolled_back'],
  ['restored by a person', restored(), null, undefined],
  ['unwell', restored({ health: { ok: false, reason: 'x' } }), 'Deploy failed', undefined],
  ['somebody else’s', restored({ isForeign: true }), 'Deploy failed', undefined],
  ['down', down(), null, 'down_after_restore'],
])('what the message of one that is %s is about', (_name, restore, occasion, topic) => {
  expect(describeRestore(restore, '', occasion).topic).toBe(topic);
});

test('a restore so far, and what is with its snapshot', () => {
  const all: Restore[] = [restored(), down(), requested('accepted'), refused({ byHand: 'find' })];
  expect(all.map((each) => [describeSoFar(each), fateOf(each)])).toEqual([
    ['restored', 'kept'],
    ['STOPPED after the restore', 'kept'],
    [
      'restore of snapshot 801 requested, not confirmed; check in the panel of VPS.org that it has ended and the server runs',
      'kept',
    ],
    ['NOT restored, no restore of snapshot 801 is requested', 'not listed'],
  ]);
});

describe('the card of several servers', () => {
  const alert = (title: string, headline?: string): Alert => ({
    kind: 'error',
    title,
    text: `web: ${title}\nDo it.`,
    headline,
  });
  const [one, other] = [alert('One', 'one'), alert('Other', 'other')];

  test.each<[string, readonly Restore[], readonly Alert[], unknown]>([
    ['none without an alert about a server', [restored(), restored()], [alert('One')], undefined],
    ['the only one', [refused()], [one], one],
    ['none of two about one server', [refused()], [one, other], undefined],
    ['none where one is not restored', [restored(), refused()], [one, other], undefined],
    [
      'what to do after all went well',
      [restored(), restored()],
      [one, other],
      { ...alert('One'), text: 'Do it.' },
    ],
  ])('is led by %s', (_name, restores, alerts, lead) => {
    expect(leadOf(restores, alerts)).toEqual(lead);
  });

  test.each<[AlertTopic | undefined, unknown]>([
    ['down_after_restore', ['down_after_restore', undefined]],
    [undefined, [undefined, 'not_started_yet', undefined]],
  ])('below one about %j says nothing twice', (topic, topics) => {
    const all = [topic, 'not_started_yet', 'rolled_back', undefined] as const;
    const alerts = all.map((topic) => ({ ...alert('Same title'), topic }));
    expect(withoutRepeats(alerts, alerts[0]).map(({ topic }) => topic)).toEqual(topics);
  });

  test('has a row for each', () => {
    expect(toSummary([backTo('30'), down(), down({ hasEnded: false }), refused()])).toMatchObject([
      { loss: '30 min', hasEnded: false, confirmed: true },
      { loss: 'all since the snapshot', hasEnded: true, requested: true },
      { hasEnded: false },
      { hasEnded: false, requested: false },
    ]);
  });
});

test('the comment links to what to do about each that is not restored, and to the run', () => {
  const comment = (runUrl: string, ...restores: FinishedRestore[]): string =>
    describeForGithub(
      restores,
      {
        job: { runUrl, origin: ORIGIN, sha: ORIGIN.sha } as Deps['job'],
        log: {
          linkTo: (title: string) => (title === TITLES.refused ? 'https://x.example/' : ''),
        } as Deps['log'],
      },
      null,
    );
  const text = comment('https://run.example/', restored(), refused(), refused({ isByJob: true }));
  const rows = text.split('\n').filter((line) => line.startsWith('- '));
  expect(rows.map((row) => row.split('`801`: ')[1])).toEqual([
    '✅ restored, all writes since the snapshot lost',
    '❌ **not restored**, [what to do](https://x.example/)',
    '❌ not restored again: an earlier step of the job has requested it',
  ]);
  expect(text).toContain('By [this run](https://run.example/), job');
  expect(comment('')).toContain('By run `900`, job');
});
