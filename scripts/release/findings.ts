import { isAccount } from '../owner/texts.ts';

/** What a release is made of. */
export interface Facts {
  readonly tag: string;
  /** Versions that package.json and package-lock.json say. */
  readonly versions: readonly string[];
  readonly changelog: string;
  /** The root manifest. */
  readonly manifest: { readonly name?: string; readonly description?: string; readonly branding?: unknown };
  readonly owner: string;
  /** Where this runs; empty elsewhere than on GitHub. */
  readonly runningIn: string;
  readonly repository: string;
  /** Owners that the texts name, with the file. */
  readonly mentions: readonly { readonly file: string; readonly owner: string }[];
  /** Major versions that the texts tell users to write behind `@v`, with the file. */
  readonly majors: readonly { readonly file: string; readonly major: string }[];
  /** Links of the README that are no addresses. */
  readonly relativeLinks: readonly string[];
}

export interface Finding {
  readonly text: string;
  /** What has to be done for a release only; everything else holds for every commit. */
  readonly isForRelease: boolean;
}

/** The Marketplace refuses longer ones. */
const LONGEST_DESCRIPTION = 124;

/** What stands against a release. */
export function findings(facts: Facts): Finding[] {
  const version = facts.tag.replace(/^v/, '');
  const { description = '' } = facts.manifest;
  const always = [
    ...unless(/^v\d+\.\d+\.\d+$/.test(facts.tag), `${facts.tag} is no tag of the form v1.2.3`),
    ...facts.versions
      .filter((said) => said !== version)
      .map((said) => `package.json and package-lock.json say ${said}, the tag ${version}`),
    ...unless(
      description !== '' && description.length <= LONGEST_DESCRIPTION,
      `action.yml: description has ${description.length} characters; the Marketplace takes 1 to ${LONGEST_DESCRIPTION}`,
    ),
    ...unless(
      Boolean(facts.manifest.name) && facts.manifest.branding !== undefined,
      'action.yml: name or branding missing',
    ),
    ...facts.mentions
      .filter(({ owner }) => owner !== facts.owner)
      .map(({ file, owner }) => `${file} names ${owner}, package.json ${facts.owner}: npm run owner -- NAME`),
    ...facts.majors
      .filter(({ major }) => major !== version.split('.')[0])
      .map(({ file, major }) => `${file} says version ${major}, and this is ${version}`),
    ...unless(
      sectionOf(facts.changelog, version) !== null,
      `the first section of CHANGELOG.md is not ${version}, or is empty`,
    ),
  ];
  const section = sectionOf(facts.changelog, version);
  const isDated = section !== null && /^## \S+ \(\d{4}-\d\d-\d\d\)$/m.test(section.heading);
  const atRelease = [
    ...unless(isAccount(facts.owner), `the owner is not set: npm run owner -- NAME`),
    ...unless(
      facts.runningIn === '' || facts.runningIn === facts.repository,
      `package.json says ${facts.repository}, and this is ${facts.runningIn}`,
    ),
    ...unless(
      facts.relativeLinks.length === 0,
      `README.md has relative links, which lead nowhere on the Marketplace: ${facts.relativeLinks.join(', ')}; npm run owner -- NAME`,
    ),
    ...unless(
      section === null || isDated,
      `CHANGELOG.md: the heading of ${version} has no date, such as (2026-12-24)`,
    ),
  ];
  return [
    ...[...new Set(always)].map((text) => ({ text, isForRelease: false })),
    ...atRelease.map((text) => ({ text, isForRelease: true })),
  ];
}

function unless(holds: boolean, text: string): string[] {
  return holds ? [] : [text];
}

/** The newest section of the changelog, where it is about this version. */
function sectionOf(
  changelog: string,
  version: string,
): { readonly heading: string; readonly body: string } | null {
  const [, newest = ''] = changelog.split(/^(?=## )/m);
  const [heading = '', ...lines] = newest.split('\n');
  const body = lines.join('\n').trim();
  return heading.startsWith(`## ${version} `) && body !== '' ? { heading, body } : null;
}

/** What a release says of itself. */
export function releaseNotes(changelog: string, version: string): string {
  const section = sectionOf(changelog, version);
  if (section === null) throw new Error(`CHANGELOG.md has no section for ${version}`);
  return `${section.body}\n`;
}

/** The moving tag that has to point to this version; null for one that is older than its successors. */
export function movingTag(tag: string, tags: readonly string[]): string | null {
  const [major = ''] = tag.split('.');
  const isNewer = tags
    .filter((other) => other.startsWith(`${major}.`) && /^v\d+\.\d+\.\d+$/.test(other))
    .some((other) => compare(other, tag) > 0);
  return isNewer ? null : major;
}

function compare(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
