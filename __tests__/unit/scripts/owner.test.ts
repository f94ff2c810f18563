import { expect, test } from '@jest/globals';
import {
  isAccount,
  ownersIn,
  relativeLinksIn,
  repositoryOf,
  withAbsoluteLinks,
  withOwner,
  withRelativeLinks,
} from '../../../scripts/owner/texts.ts';

test('package.json says whose repository it is', () => {
  expect(repositoryOf('git+https://github.com/acme/vps-snapshot-action.git')).toBe(
    'acme/vps-snapshot-action',
  );
  expect(() => repositoryOf('https://example.com/acme/shop')).toThrow('no address of GitHub');
});

test.each([
  ['acme', true],
  ['a', true],
  ['Acme-2', true],
  ['a'.repeat(39), true],
  ['a'.repeat(40), false],
  ['', false],
  ['OWNER', false],
  ['ac_me', false],
  ['-acme', false],
  ['acme-', false],
  ['ac--me', false],
])('%j is a name of an account: %s', (name, expected) => {
  expect(isAccount(name)).toBe(expected);
});

const TEXT = `
      uses: one/vps-snapshot-action/restore@v1
<https://github.com/two_/vps-snapshot-action#readme> and ../vps-snapshot-action, runner/temp/vps-snapshot-action,
one/vps-snapshot-action-demo: <!-- owner -->(one is not set)<!-- /owner -->
`;

test('every reference and address gets the owner, and nothing else does', () => {
  expect(ownersIn(TEXT)).toEqual(['one', 'two_']);
  expect(withOwner(TEXT, 'acme')).toBe(`
      uses: acme/vps-snapshot-action/restore@v1
<https://github.com/acme/vps-snapshot-action#readme> and ../vps-snapshot-action, runner/temp/vps-snapshot-action,
one/vps-snapshot-action-demo: 
`);
});

const PAGE = `
![A picture](pages/a.png) [b](./pages/b.md#c), [d](#d), [e](https://example.com/e) <img src="pages/f.png" />
[![g](pages/g.png)](pages/g.md)

\`\`\`md
[h](h.md)
\`\`\`
`;

test('links that lead nowhere elsewhere become addresses', () => {
  const targets = ['pages/a.png', 'pages/b.md#c', 'pages/f.png', 'pages/g.png'];
  expect(relativeLinksIn(PAGE)).toEqual(expect.arrayContaining(targets));
  const page = withAbsoluteLinks(PAGE, 'acme/x', 'v1');
  expect(withRelativeLinks(page, 'acme/x')).toBe(PAGE.replace('./', ''));
  expect(relativeLinksIn(page)).toEqual([]);
  const [blob, raw] = ['https://github.com/acme/x/blob/v1', 'https://raw.githubusercontent.com/acme/x/v1'];
  expect(page).toBe(`
![A picture](${raw}/pages/a.png) [b](${blob}/pages/b.md#c), [d](#d), [e](https://example.com/e) <img src="${raw}/pages/f.png" />
[![g](${raw}/pages/g.png)](${blob}/pages/g.md)

\`\`\`md
[h](h.md)
\`\`\`
`);
});
