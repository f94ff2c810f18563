import { expect, test } from '@jest/globals';
import { differences } from '../../../scripts/self-test/differences.ts';

const EXPECTED = {
  changes: 'POST /snapshots/ 201\r\n  POST /snapshots/801/restore/ 200\n',
  content: 'release 1',
  description: ' leg=[0-9a-f]{8} ',
};
const REQUESTS = [
  { method: 'GET', path: '/api/v1/servers/12345/', status: 200 },
  { method: 'POST', path: '/api/v1/snapshots/', status: 201 },
  { method: 'POST', path: '/api/v1/snapshots/801/restore/', status: 200 },
];
const STATE = {
  servers: [{ content: 'release 1' }],
  snapshots: [{ description: '[… job=deploy leg=01234567 step=x]' }],
};

test('nothing is different', () => {
  expect(differences(EXPECTED, REQUESTS, STATE)).toEqual([]);
  const free = { changes: EXPECTED.changes, content: '', description: '' };
  expect(differences(free, REQUESTS, { servers: [], snapshots: [] })).toEqual([]);
});

test.each([
  ['a change is missing', REQUESTS.slice(0, 2), STATE, 'changes: expected'],
  ['a request was refused', REQUESTS.map((each) => ({ ...each, status: 409 })), STATE, '409'],
  [
    'there is one too many',
    [...REQUESTS, { method: 'DELETE', path: '/api/v1/snapshots/801/' }],
    STATE,
    'unanswered',
  ],
  [
    'the deploy is still on the server',
    REQUESTS,
    { ...STATE, servers: [{ content: 'release 2' }] },
    'found release 2',
  ],
  [
    'a marker names no leg',
    REQUESTS,
    { ...STATE, snapshots: [{ description: 'job=deploy step=x' }] },
    'step=x',
  ],
])('%s', (_name, requests, state, difference) => {
  expect(differences(EXPECTED, requests, state)).toEqual([expect.stringContaining(difference)]);
});
