import { describe, expect, test } from '@jest/globals';
import { createSchedule } from '../../../../src/snapshots/polling/schedule.ts';
import { every, phasesOf, timelineOf, type Known, type Read } from './restoration-reads.ts';
import { server } from '../samples.ts';

describe('a restore has ended, and the server is up', () => {
  const RESTORING = every(3, 3, 30, 'restoring');

  test.each<[string, readonly Read[], Known, string]>([
    [
      'when it was active for 15 s after restoring',
      [...RESTORING, ...every(3, 33, 60, 'active')],
      {},
      'running 3, active 48',
    ],
    [
      'in four reads at least, however far apart they are',
      [...RESTORING, ...every(15, 45, 150, 'active')],
      {},
      'running 3, active 90',
    ],
    ['not in 12 s', [...RESTORING, ...every(3, 33, 45, 'active')], {}, 'running 3'],
    [
      'not when it was active for 8 s and then stopped',
      [...RESTORING, ...every(2, 33, 41, 'active'), [44, 'stopped'], [47, 'stopped']],
      {},
      'running 3, stopped 47',
    ],
    [
      'not in 15 s with another word between',
      [...RESTORING, ...every(3, 33, 42, 'active'), [45, 'restoring'], ...every(3, 48, 60, 'active')],
      {},
      'running 3',
    ],
    [
      'not in 15 s with an unknown word between',
      [...RESTORING, ...every(3, 33, 42, 'active'), [45, 'booting'], ...every(3, 48, 60, 'active')],
      {},
      'running 3',
    ],
    [
      'reads before it started do not count',
      [...every(3, 3, 60, 'active'), [63, 'restoring'], ...every(3, 66, 90, 'active')],
      {},
      'requested 3, running 63, active 81',
    ],
    [
      'after 90 s where restoring was never seen: the deploy’s own reboot looks alike',
      [[3, 'stopping'], [6, 'stopped'], ...every(3, 9, 120, 'active')],
      {},
      'running 3, active 99',
    ],
    [
      'after 90 s where two requests were sent',
      [...RESTORING, ...every(3, 33, 180, 'active')],
      { isSentTwice: true },
      'running 3, active 123',
    ],
    [
      'after 90 s where the server was not active before, and nothing else was seen',
      every(3, 3, 180, 'active'),
      { before: server('stopped') },
      'running 3, active 93',
    ],
    [
      'after 15 s where somebody else’s restore ran',
      every(3, 3, 60, 'active'),
      { before: server('restoring'), request: 'foreign' },
      'running 3, active 18',
    ],
    ['never while it is restoring', every(15, 3, 7200, 'restoring'), {}, 'running 3'],
    [
      'never while the word is unknown',
      [...RESTORING, ...every(15, 33, 7200, 'rebuilding')],
      {},
      'running 3',
    ],
    ['never while there is no word', [...RESTORING, ...every(15, 33, 7200, '')], {}, 'running 3'],
  ])('%s', (_name, reads, known, expected) => {
    expect(timelineOf(reads, known)).toBe(expected);
  });

  test('sooner on an API of this machine, in the proportion of poll_interval', () => {
    const schedule = createSchedule(100, true);
    const reads: Read[] = [[0.1, 'restoring'], ...every(0.1, 0.2, 2, 'active')];
    const phases = phasesOf(reads, {}, schedule);
    const at = reads[phases.indexOf('active')]?.[0] ?? 0;
    expect(at).toBeCloseTo(0.7, 5);
  });
});

describe('a restore has ended, and the server is stopped', () => {
  const RESTORING = every(3, 3, 30, 'restoring');

  test.each<[string, readonly Read[], Known, string]>([
    [
      'when restoring was seen, and then stopped twice in a row',
      [...RESTORING, [33, 'stopped'], [36, 'stopped']],
      {},
      'running 3, stopped 36',
    ],
    ['not at the first read, which may be stale', [...RESTORING, [33, 'stopped']], {}, 'running 3'],
    [
      'not twice in a row, where one was taken back before: for 15 s then',
      [...RESTORING, [33, 'stopped'], [36, 'restoring'], ...every(3, 39, 90, 'stopped')],
      {},
      'running 3, stopped 54',
    ],
    [
      'the same where it was broken in between',
      [...RESTORING, [33, 'error'], ...every(3, 36, 90, 'stopped')],
      {},
      'running 3, stopped 51',
    ],
    [
      'twice in a row, where it was stopped before the restore began',
      [[3, 'stopped'], ...every(3, 6, 30, 'restoring'), [33, 'stopped'], [36, 'stopped']],
      { before: server('stopped') },
      'requested 3, running 6, stopped 36',
    ],
    [
      'not twice with something between',
      [...RESTORING, [33, 'stopped'], [36, 'active'], [39, 'stopped'], [42, 'stopping']],
      {},
      'running 3',
    ],
    [
      'not because it was stopped before it said restoring',
      [
        [3, 'stopped'],
        [6, 'stopped'],
        [9, 'restoring'],
        [12, 'stopped'],
      ],
      {},
      'running 3',
    ],
    [
      'not where restoring was never seen or announced: that may be the restore’s own stop',
      every(15, 3, 3600, 'stopped'),
      {},
      'running 3',
    ],
    [
      '15 minutes after a request that was answered with restoring, if every read says stopped',
      every(15, 15, 3600, 'stopped'),
      { isAnnounced: true },
      'running 15, stopped 900',
    ],
    [
      'the same with a server that was active and stopping first',
      [[3, 'active'], [6, 'stopping'], ...every(12, 12, 3600, 'stopped')],
      { isAnnounced: true },
      'requested 3, running 6, stopped 900',
    ],
    [
      'not then, where something else was seen between',
      [...every(15, 15, 600, 'stopped'), [615, 'stopping'], ...every(15, 630, 3600, 'stopped')],
      { isAnnounced: true },
      'running 15',
    ],
    [
      'the same with one that went down 2 minutes after the request',
      [...every(3, 3, 117, 'active'), ...every(15, 120, 3600, 'stopped')],
      { isAnnounced: true },
      'requested 3, running 120, stopped 900',
    ],
    [
      'not then, where it went down long after the request',
      [...every(3, 3, 150, 'active'), ...every(15, 153, 3600, 'stopped')],
      { isAnnounced: true },
      'requested 3, unseen 120, running 153',
    ],
    [
      'not then, where it was stopped before: nothing shows that anything started',
      every(15, 15, 3600, 'stopped'),
      { isAnnounced: true, before: server('stopped') },
      'requested 15, unseen 120',
    ],
    [
      'of a server that was stopped before, when restoring was seen',
      [...RESTORING, [33, 'stopped'], [36, 'stopped']],
      { before: server('stopped') },
      'running 3, stopped 36',
    ],
    [
      'somebody else’s restore, the same',
      [
        [3, 'stopped'],
        [6, 'stopped'],
      ],
      { before: server('restoring'), request: 'foreign' },
      'running 3, stopped 6',
    ],
  ])('%s', (_name, reads, known, expected) => {
    expect(timelineOf(reads, known)).toBe(expected);
  });
});

describe('a restore has ended, and the server is broken', () => {
  test.each<[string, readonly Read[], Known, string]>([
    ['suspended', every(3, 3, 18, 'suspended'), {}, 'running 3, broken 18'],
    ['error after it started', [[3, 'restoring'], ...every(3, 6, 21, 'error')], {}, 'running 3, broken 21'],
    [
      'not after one read that may be stale',
      [[3, 'restoring'], [6, 'error'], [9, 'restoring'], ...every(3, 12, 30, 'active')],
      {},
      'running 3, active 27',
    ],
    [
      'failed before anything else was seen',
      [[3, 'active'], ...every(3, 6, 21, 'failed')],
      {},
      'requested 3, running 6, broken 21',
    ],
    ['after an unclear answer', every(3, 3, 18, 'failed'), { request: 'unclear' }, 'requested 3, broken 18'],
    [
      'although nobody could read it before',
      every(3, 3, 18, 'failed'),
      { before: null },
      'requested 3, broken 18',
    ],
    [
      'in another way than before',
      every(3, 3, 18, 'failed'),
      { before: server('error') },
      'running 3, broken 18',
    ],
    [
      'not because it was broken before: that may be what is rolled back',
      [[3, 'error'], [6, 'error'], [9, 'restoring'], ...every(3, 12, 30, 'active')],
      { before: server('error') },
      'requested 3, running 9, active 27',
    ],
    [
      'nor ever, as long as nothing shows that it has started',
      every(3, 3, 60, 'error'),
      { before: server('error') },
      'requested 3',
    ],
    [
      'again, after it started',
      [[3, 'error'], [6, 'restoring'], ...every(3, 9, 24, 'error')],
      { before: server('error') },
      'requested 3, running 6, broken 24',
    ],
  ])('%s', (_name, reads, known, expected) => {
    expect(timelineOf(reads, known)).toBe(expected);
  });
});
