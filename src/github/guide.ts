/** Addresses in the troubleshooting guide of the very version of the action that runs. */

const GUIDE = 'docs/troubleshooting.md';
const REPOSITORY = /^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;
const REF = /^[A-Za-z0-9_.\-/]{1,200}$/;

/**
 * The guide's address; empty where the runner does not say which repository the action comes from (`uses: ./`), or on a
 * forge whose pages have other addresses.
 */
export function guideUrl(env: NodeJS.ProcessEnv): string {
  const get = (name: string): string => env[name]?.trim() ?? '';
  const server = URL.parse(get('GITHUB_SERVER_URL'));
  // Of an action in a folder the runner says the folder, too.
  const repository = get('GITHUB_ACTION_REPOSITORY').split('/').slice(0, 2).join('/');
  const ref = get('GITHUB_ACTION_REF');
  if (server === null || isOtherForge(env) || !REPOSITORY.test(repository) || !REF.test(ref)) return '';
  return `${server.origin}/${repository}/blob/${ref}/${GUIDE}`;
}

/** Gitea or Forgejo, whose pages have other addresses than the runner's variables make up. */
export function isOtherForge(env: NodeJS.ProcessEnv): boolean {
  return [env['GITEA_ACTIONS'], env['FORGEJO_ACTIONS']].some((value) => (value?.trim() ?? '') !== '');
}

/** The address of a title's entry, as the forge makes it of the heading; empty without a guide. */
export function entryUrl(guide: string, title: string): string {
  return guide === '' ? '' : `${guide}#${anchorOf(title)}`;
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}\s_-]/gu, '')
    .replaceAll(' ', '-');
}
