import { describe, expect, test } from '@jest/globals';
import { every, timelineOf, type Known, type Read } from './restoration-reads.ts';
import { server } from '../samples.ts';

describe('a restore has started', () => {
  test.each<[string, readonly Read[], Known, string]>([
    ['not while the server is active as before', every(3, 3, 117, 'active'), {}, 'requested 3'],
    [
      'not after 2 minutes either, which people should know',
      every(3, 3, 600, 'active'),
      {},
      'requested 3, unseen 120',
    ],
    ['when it says restoring', every(3, 3, 60, 'restoring'), {}, 'running 3'],
    [
      'when it says so after 2 minutes and more',
      [...every(3, 3, 300, 'active'), ...every(3, 303, 330, 'restoring')],
      {},
      'requested 3, unseen 120, running 303',
    ],
    ['when it is stopping, which it was not before', [[3, 'stopping']], {}, 'running 3'],
    ['when it is stopped, which it was not before', [[3, 'stopped']], {}, 'running 3'],
    ['when it is in a state that nobody knows', [[3, 'rebuilding']], {}, 'running 3'],
    [
      'when it is active, which it was not before',
      [[3, 'active']],
      { before: server('stopped') },
      'running 3',
    ],
    ['not when the answer has no word', [[3, '']], {}, 'requested 3'],
    [
      'not when the server could not be read before',
      [...every(3, 3, 30, 'active'), ...every(3, 33, 60, 'stopped')],
      { before: null },
      'requested 3',
    ],
    [
      'when it ran already',
      [[3, 'active']],
      { before: server('restoring'), request: 'foreign' },
      'running 3',
    ],
    ['when restoring was seen before the watch', [[3, 'active']], { sawRestoring: true }, 'running 3'],
  ])('%s', (_name, reads, known, expected) => {
    expect(timelineOf(reads, known)).toBe(expected);
  });

  test.each<[string, Known]>([
    ['taken', {}],
    ['unclear', { request: 'unclear' }],
    ['somebody else’s', { request: 'foreign' }],
    ['announced', { isAnnounced: true }],
    ['sent twice', { isSentTwice: true }],
  ])('never because updated_at changed: request %s', (_name, known) => {
    for (const status of ['active', 'stopped']) {
      expect(timelineOf(every(3, 3, 1800, status, 'after'), { ...known, before: server(status) })).toBe(
        'requested 3, unseen 120',
      );
    }
  });

  test.each(['stopped', 'stopping', 'rebooting'])(
    'after an unclear answer by `restoring` alone, not by %s',
    (status) => {
      const reads = [...every(3, 3, 60, status), ...every(3, 63, 90, 'restoring')];
      expect(timelineOf(reads, { request: 'unclear' })).toBe('requested 3, running 63');
    },
  );
});
