import { describe, expect, test } from '@jest/globals';
import { readFacts } from '../../../scripts/release/facts.ts';
import { type Facts, findings, movingTag, releaseNotes } from '../../../scripts/release/findings.ts';

const CHANGELOG =
  '# Changelog\n\nWords.\n\n## 1.2.0 (2026-12-24)\n\n- New.\n\n## 1.1.0 (2026-12-01)\n\n- Old.\n';

const READY: Facts = {
  tag: 'v1.2.0',
  versions: ['1.2.0', '1.2.0'],
  changelog: CHANGELOG,
  manifest: { name: 'A name', description: 'x'.repeat(124), branding: {} },
  owner: 'acme',
  repository: 'acme/vps-snapshot-action',
  runningIn: 'acme/vps-snapshot-action',
  mentions: [{ file: 'README.md', owner: 'acme' }],
  majors: [{ file: 'README.md', major: '1' }],
  relativeLinks: [],
};

test('nothing stands against a release that is ready', () => {
  expect(findings(READY)).toEqual([]);
});

const HOLDS_ALWAYS: readonly (readonly [string, Partial<Facts>, string])[] = [
  ['a tag of another form', { tag: 'v1.2' }, 'v1.2 is no tag'],
  ['another version in the lock file', { versions: ['1.2.0', '1.1.0'] }, 'say 1.1.0, the tag 1.2.0'],
  [
    'a description that is too long',
    { manifest: { ...READY.manifest, description: 'x'.repeat(125) } },
    '125',
  ],
  ['no description', { manifest: { ...READY.manifest, description: '' } }, '0 characters'],
  ['no branding', { manifest: { name: 'A name', description: 'x' } }, 'branding'],
  [
    'another owner in a text',
    { mentions: [{ file: 'pages/a.md', owner: 'other' }] },
    'pages/a.md names other',
  ],
  [
    'another major version in a text',
    { majors: [...READY.majors, { file: 'pages/a.md', major: '2' }] },
    'pages/a.md says version 2',
  ],
  [
    'no section in the changelog',
    { changelog: '# Changelog\n\n## 1.1.0 (2026-12-01)\n\n- Old.\n' },
    'the first section',
  ],
  ['an empty section', { changelog: '# Changelog\n\n## 1.2.0 (2026-12-24)\n' }, 'the first section'],
];

test.each(HOLDS_ALWAYS)('%s stands against it, on every commit', (_name, facts, text) => {
  const found = findings({ ...READY, ...facts });
  expect(found.map((finding) => finding.text).join('\n')).toContain(text);
  expect(found).toContainEqual(expect.objectContaining({ isForRelease: false }));
});

const FOR_A_RELEASE: readonly (readonly [string, Partial<Facts>, string])[] = [
  ['an owner that is not set', { owner: 'OWNER', mentions: [] }, 'owner is not set'],
  ['another repository', { runningIn: 'fork/vps-snapshot-action' }, 'this is fork/'],
  ['relative links', { relativeLinks: ['pages/a.md'] }, 'pages/a.md'],
  ['no date', { changelog: '# Changelog\n\n## 1.2.0 (unreleased)\n\n- New.\n' }, 'no date'],
];

test.each(FOR_A_RELEASE)('%s stands against a release only', (_name, facts, text) => {
  expect(findings({ ...READY, ...facts })).toEqual([
    { text: expect.stringContaining(text), isForRelease: true },
  ]);
});

test('the notes are the section of the version', () => {
  expect(releaseNotes(CHANGELOG, '1.2.0')).toBe('- New.\n');
  expect(() => releaseNotes(CHANGELOG, '1.1.0')).toThrow('no section');
});

describe('the tag of the major version', () => {
  test.each([
    ['v1.2.0', ['v1.2.0', 'v1.1.0', 'v2.0.0', 'v1'], 'v1'],
    ['v1.10.0', ['v1.10.0', 'v1.9.9'], 'v1'],
    ['v1.9.9', ['v1.9.9', 'v1.10.0'], null],
    ['v2.0.0', ['v1.9.9', 'v2.0.0'], 'v2'],
  ])('of %s beside %j: %s', (tag, tags, moving) => {
    expect(movingTag(tag, tags)).toBe(moving);
  });
});

test('as it is now, nothing stands against a release but what is done for it', () => {
  expect(findings(readFacts(undefined)).filter(({ isForRelease }) => !isForRelease)).toEqual([]);
});
