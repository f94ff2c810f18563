/** Who publishes the action, as texts of the repository say it. */

/** The part of a reference after the owner; a folder of that name in a path is none. */
const NAME = 'vps-snapshot-action';
const REFERENCE = new RegExp(String.raw`(?<![\w./-])(?<owner>[\w-]+)/${NAME}(?![\w-])`, 'g');
const ADDRESS = new RegExp(
  String.raw`(?<=github(?:usercontent)?\.com/)(?<owner>[\w-]+)/${NAME}(?![\w-])`,
  'g',
);
/** The text between them is for readers of a copy whose owner is not set. */
const NOTE = /<!-- owner -->[^]*?<!-- \/owner -->/g;

/** `OWNER/NAME` of what package.json gives as the repository's address. */
export function repositoryOf(address: string): string {
  const repository = /^git\+https:\/\/github\.com\/(?<repository>[\w-]+\/[\w-]+)\.git$/.exec(address)?.groups;
  if (repository === undefined)
    throw new Error(`package.json's repository is no address of GitHub: ${address}`);
  return repository['repository'] ?? '';
}

/** Stands where the owner is not set. Somebody may have this name, so that nothing may be released with it. */
const UNSET = 'OWNER';

/** Whether this is the name of an account on GitHub, and no placeholder. */
export function isAccount(name: string): boolean {
  return name !== UNSET && name.length <= 39 && /^[a-z\d](?:-?[a-z\d])*$/i.test(name);
}

/** All owners that a text gives this action. */
export function ownersIn(text: string): string[] {
  const found = [...text.matchAll(REFERENCE), ...text.matchAll(ADDRESS)];
  return [...new Set(found.map(({ groups }) => groups?.['owner'] ?? ''))];
}

/** The text with another owner, without the note about one that is not set. */
export function withOwner(text: string, owner: string): string {
  return text.replace(REFERENCE, `${owner}/${NAME}`).replace(ADDRESS, `${owner}/${NAME}`).replace(NOTE, '');
}

/** Markdown's `](target)` and HTML's `src="target"`. */
const LINK = /(?<before>\]\(|\b(?:src|srcset|href)=")(?<target>[^)"\s]+)/g;
const PICTURE = /\.(gif|jpe?g|png|svg|webp)$/i;
const FENCE = /^(```[^]*?^```)$/m;

/** The targets in a page that lead nowhere when it is shown elsewhere than in its repository. */
export function relativeLinksIn(page: string): string[] {
  const found: string[] = [];
  replaceLinks(page, (target) => {
    found.push(target);
    return target;
  });
  return found;
}

/** The page with addresses in their place, of the files as they are at `ref`. */
export function withAbsoluteLinks(page: string, repository: string, ref: string): string {
  return replaceLinks(page, (target) =>
    PICTURE.test(target)
      ? `https://raw.githubusercontent.com/${repository}/${ref}/${target}`
      : `https://github.com/${repository}/blob/${ref}/${target}`,
  );
}

/** The page with links in place of such addresses. */
export function withRelativeLinks(page: string, repository: string): string {
  const address = new RegExp(
    String.raw`https://(?:raw\.githubusercontent\.com/${repository}|github\.com/${repository}/blob)/[^/\s]+/`,
    'g',
  );
  return page.replace(address, '');
}

function replaceLinks(page: string, replace: (target: string) => string): string {
  const replaceIn = (piece: string): string =>
    piece.replace(LINK, (whole: string, before: string, target: string) =>
      /^(https?:|mailto:|#)/.test(target) ? whole : before + replace(target.replace(/^\.\//, '')),
    );
  const pieces = page.split(FENCE);
  return pieces.map((piece) => (FENCE.test(piece) ? piece : replaceIn(piece))).join('');
}
