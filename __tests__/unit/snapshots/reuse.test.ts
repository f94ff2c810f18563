import { describe, expect, test } from '@jest/globals';
import { findReusable, type ReuseFacts } from '../../../src/snapshots/reuse.ts';
import type { Snapshot } from '../../../src/vps/model.ts';
import { HOUR, mark, NOW, ORIGIN, snapshot } from './samples.ts';

const EARLIER = { runId: '900', runAttempt: 1 };

/** What attempt 1 of this run left, before its failed deploy. */
const earlier = (fields: Parameters<typeof snapshot>[0] = {}): Snapshot =>
  snapshot({ id: '801', description: mark(EARLIER), ...fields });

function find(
  snapshots: readonly Snapshot[],
  fields: Partial<ReuseFacts> = {},
): ReturnType<typeof findReusable> {
  return findReusable({ snapshots, complete: true, origin: ORIGIN, now: NOW, ...fields });
}

describe('the snapshot of an earlier attempt is reused', () => {
  test.each([
    ['alone on the server', [earlier()]],
    ['a second before it is 24 hours old', [earlier({ age: 24 * HOUR - 1000 })]],
    ['in the very instant of its creation', [earlier({ age: 0 })]],
    ['beside an older marked one', [earlier(), snapshot({ age: 2 * HOUR })]],
    ['beside a newer one made by hand', [earlier(), snapshot({ age: 1, description: 'by hand' })]],
    [
      'beside an earlier failed one of this run',
      [earlier(), earlier({ id: '800', status: 'failed', age: 9 * HOUR })],
    ],
    ['whatever the case of its word', [earlier({ status: 'COMPLETED' })]],
  ])('%s', (_name, snapshots) => {
    expect(find(snapshots)).toMatchObject({ snapshot: { id: '801' } });
  });

  test('that of attempt 1 in attempt 3', () => {
    expect(find([earlier()], { origin: { ...ORIGIN, runAttempt: 3 } })).toMatchObject({
      snapshot: { id: '801' },
    });
  });

  test('although its repository, run, job and step have names that do not fit into a marker', () => {
    const long = 'x'.repeat(80);
    const origin = {
      ...ORIGIN,
      repositoryId: `acme/${long}`,
      runId: `1${'0'.repeat(40)}`,
      job: `${long} ü`,
      step: long,
    };
    const description = mark({ ...origin, runAttempt: 1 });
    expect(find([earlier({ description })], { origin })).toMatchObject({ snapshot: { id: '801' } });
  });
});

describe('none is reused, and the reason names the condition:', () => {
  test.each<[string, readonly Snapshot[], Partial<ReuseFacts>, RegExp]>([
    ['a first attempt', [earlier()], { origin: { ...ORIGIN, runAttempt: 1 } }, /first attempt/],
    ['an incomplete list', [earlier()], { complete: false }, /incomplete/],
    ['an empty server', [], {}, /no earlier attempt/],
    ['no marker', [earlier({ description: 'by hand' })], {}, /no earlier attempt/],
    [
      'another repository',
      [earlier({ description: mark({ ...EARLIER, repositoryId: '8' }) })],
      {},
      /no earlier attempt/,
    ],
    ['another run', [earlier({ description: mark({ ...EARLIER, runId: '899' }) })], {}, /no earlier attempt/],
    [
      'this very attempt',
      [earlier({ description: mark({ ...EARLIER, runAttempt: 2 }) })],
      {},
      /no earlier attempt/,
    ],
    ['another job', [earlier({ description: mark({ ...EARLIER, job: 'build' }) })], {}, /no earlier attempt/],
    [
      'another step',
      [earlier({ description: mark({ ...EARLIER, step: 'second' }) })],
      {},
      /no earlier attempt/,
    ],
    ['in progress', [earlier({ status: 'in_progress' })], {}, /not completed \('in_progress'\)/],
    ['failed', [earlier({ status: 'failed' })], {}, /not completed \('failed'\)/],
    ['an id that lost digits', [earlier({ idIsLossless: false })], {}, /no usable id/],
    ['no id', [earlier({ id: '' })], {}, /no usable id/],
    ['24 hours old', [earlier({ age: 24 * HOUR })], {}, /24 hours/],
    ['no readable time', [earlier({ created: null })], {}, /missing, unreadable or in the future/],
    ['a time in the future', [earlier({ age: -1000 })], {}, /missing, unreadable or in the future/],
    [
      'a newer one of this repository',
      [earlier(), snapshot({ id: '802', age: 1 })],
      {},
      /newer marked snapshot \(802\)/,
    ],
    [
      'a newer one of another repository, in progress',
      [
        earlier(),
        snapshot({ id: '802', age: 1, status: 'in_progress', description: mark({ repositoryId: '8' }) }),
      ],
      {},
      /newer marked snapshot \(802\)/,
    ],
    [
      'a marked one of the same second',
      [earlier(), snapshot({ id: '802' })],
      {},
      /newer marked snapshot \(802\)/,
    ],
    [
      'a marked one without a time',
      [earlier(), snapshot({ id: '802', created: null })],
      {},
      /newer marked snapshot \(802\)/,
    ],
  ])('%s', (_name, snapshots, fields, why) => {
    expect(find(snapshots, fields)).toEqual({ why: expect.stringMatching(why) });
  });

  test('two of them: the second was made after the first, failed deploy', () => {
    const second = earlier({ id: '802', age: 1, description: mark({ ...EARLIER, runAttempt: 2 }) });
    expect(find([earlier(), second], { origin: { ...ORIGIN, runAttempt: 3 } })).toEqual({
      why: expect.stringMatching(/^2 earlier snapshots qualify/),
    });
  });
});
