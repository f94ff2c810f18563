import { describe, expect, test } from '@jest/globals';
import {
  describeListed,
  describeState,
  snapshotFailed,
  timedOut,
} from '../../../../src/actions/waiting/wait-errors.ts';
import { type WaitItem } from '../../../../src/actions/waiting/wait-target.ts';
import { startWatch } from '../../../../src/snapshots/polling/waiting.ts';
import { listOf, snapshotOf } from '../test-deps.ts';

function itemOf(key: string | null, fields: Partial<WaitItem> = {}): WaitItem {
  const target = { key, serverId: null, label: () => 'web' };
  return { target, watch: startWatch('801', key), status: '', ...fields } as unknown as WaitItem;
}

test.each([
  ['an id that a complete list does not show is wrong', true, /check 'snapshot_id' and 'server_id'/],
  ['one that a list with too many pages does not show may be right', false, /Set 'server_id'/],
])('%s', (_name, complete, says) => {
  const list = listOf([snapshotOf('7')], { complete, pages: complete ? 1 : 50 });
  const error = snapshotFailed(itemOf(null), 'wrong_id', list);
  expect(error.title).toBe('Snapshot not listed');
  expect(error.message).toMatch(/^Snapshot 801 is not listed: /);
  expect(error.message).toMatch(says);
  expect(error.message).toContain('Listed are: 7');
});

test('a wrong id is said to be wrong for the server that was asked', () => {
  const { target } = itemOf(null);
  const error = snapshotFailed(
    itemOf(null, { target: { ...target, serverId: '12345' } }),
    'wrong_id',
    listOf([]),
  );
  expect(error.message).toMatch(/^Snapshot 801 is not listed for server 12345: /);
});

test.each([
  [0, /^The list is empty\.$/],
  [10, /backup-9, server 12345\), 10 \(backup-10, server 12345\)\.$/],
  [12, /, 10 \(backup-10, server 12345\) and 2 more\.$/],
])('of %i snapshots ten at most are named', (count, says) => {
  const snapshots = Array.from({ length: count }, (_, index) => snapshotOf(`${index + 1}`));
  expect(describeListed(listOf(snapshots))).toMatch(says);
});

const TIME = { timeout: '30m', timeoutInput: 'wait_timeout' } as const;

test("only this step's own request is called accepted when the time is up, and only if a list lacked it", () => {
  const watch = { ...startWatch('801', 'key'), missing: { since: 0, until: 0, reads: 1 } };
  expect(timedOut([itemOf('key', { watch })], TIME, null).message).toContain(
    'accepted as 801 but never listed',
  );
  expect(timedOut([itemOf('key')], TIME, null).message).not.toContain('accepted');
  expect(timedOut([itemOf(null, { watch })], TIME, null).message).not.toContain('accepted');
});

test('an input is to be increased only where one sets the time', () => {
  const inputless = { timeout: '30m', timeoutInput: null };
  expect(timedOut([itemOf('key')], TIME, null).message).toMatch(
    /^wait_timeout \(30m\).*, or increase 'wait_timeout'\.$/,
  );
  expect(timedOut([itemOf('key')], inputless, null).message).toMatch(
    /^the time for it \(30m\) exceeded.*: 801\.$/,
  );
});

describe('the state of a snapshot', () => {
  const seen = { ...startWatch('801', null), seen: true };
  const missing = { since: 0, until: 0, reads: 1 };
  test.each<[string, Partial<WaitItem>]>([
    ['not seen in any list', {}],
    ['not listed yet', { watch: { ...seen, seen: false, missing } }],
    ['without a status', { watch: seen }],
    ["'in_progress'", { watch: seen, status: 'in_progress' }],
    ['no longer listed', { watch: { ...seen, missing }, status: 'in_progress' }],
  ])('%s', (state, fields) => {
    expect(describeState(itemOf(null, fields))).toBe(state);
  });
});
