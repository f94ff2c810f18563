import { expect, test } from '@jest/globals';
import { snapshotFailed } from '../../../../src/actions/waiting/wait-errors.ts';
import { type WaitItem } from '../../../../src/actions/waiting/wait-target.ts';
import { startWatch } from '../../../../src/snapshots/polling/waiting.ts';
import { listOf, snapshotOf } from '../test-deps.ts';

const ITEM = {
  target: { serverId: null, label: () => 'snapshot 801' },
  watch: startWatch('801', null),
  status: '',
} as unknown as WaitItem;

test.each([
  ['an id that a complete list does not show is wrong', true, /check 'snapshot_id' and 'server_id'/],
  ['one that a list with too many pages does not show may be right', false, /Set 'server_id'/],
])('%s', (_name, complete, says) => {
  const list = listOf([snapshotOf('7')], { complete, pages: complete ? 1 : 50 });
  const error = snapshotFailed(ITEM, 'wrong_id', list);
  expect(error.title).toBe('Snapshot not listed');
  expect(error.message).toMatch(says);
  expect(error.message).toContain('Listed are: 7');
});
