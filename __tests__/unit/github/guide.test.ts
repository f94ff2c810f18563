import { expect, test } from '@jest/globals';
import { entryUrl, guideUrl } from '../../../src/github/guide.ts';

const HOSTED = {
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_ACTION_REPOSITORY: 'acme/vps-snapshot-action',
  GITHUB_ACTION_REF: 'v1',
};
const GUIDE = 'https://github.com/acme/vps-snapshot-action/blob/v1/docs/troubleshooting.md';

test.each<[string, NodeJS.ProcessEnv, string]>([
  ['of the version that runs', HOSTED, GUIDE],
  [
    'of an action in a folder',
    { ...HOSTED, GITHUB_ACTION_REPOSITORY: 'acme/vps-snapshot-action/restore' },
    GUIDE,
  ],
  ['of a commit', { ...HOSTED, GITHUB_ACTION_REF: '0123abc' }, GUIDE.replace('v1', '0123abc')],
  ['of a branch', { ...HOSTED, GITHUB_ACTION_REF: 'fix/it' }, GUIDE.replace('v1', 'fix/it')],
  [
    'on an Enterprise Server',
    { ...HOSTED, GITHUB_SERVER_URL: 'https://git.acme.example/' },
    GUIDE.replace('github.com', 'git.acme.example'),
  ],
  ['none for an action in the workspace', { ...HOSTED, GITHUB_ACTION_REPOSITORY: '' }, ''],
  ['none without a version', { ...HOSTED, GITHUB_ACTION_REF: '' }, ''],
  ['none without a forge', { ...HOSTED, GITHUB_SERVER_URL: '' }, ''],
  ['none on a forge with other addresses', { ...HOSTED, GITEA_ACTIONS: 'true' }, ''],
  ['none on another one', { ...HOSTED, FORGEJO_ACTIONS: 'true' }, ''],
  ['none for what could be more than an address', { ...HOSTED, GITHUB_ACTION_REF: 'v1](https://x) [' }, ''],
  ['none for a strange repository', { ...HOSTED, GITHUB_ACTION_REPOSITORY: 'a)/b' }, ''],
])('the guide: %s', (_, env, url) => {
  expect(guideUrl(env)).toBe(url);
});

test.each([
  ['Rolled back', '#rolled-back'],
  ['Restored, health check failed', '#restored-health-check-failed'],
  ["Unexpected snapshot in the API's answer", '#unexpected-snapshot-in-the-apis-answer'],
  ['VPS.org restores something else', '#vpsorg-restores-something-else'],
])('the entry %j, as a forge names the anchors of headings', (title, anchor) => {
  expect(entryUrl(GUIDE, title)).toBe(GUIDE + anchor);
});

test('no entry without a guide', () => {
  expect(entryUrl('', 'Rolled back')).toBe('');
});
