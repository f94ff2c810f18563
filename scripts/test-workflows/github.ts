/** As much of GitHub's API as a comment needs, on loopback. */
import { openWebsite, type Website } from '../runner/website.ts';

export interface Comment {
  /** Path of the request that made it. */
  readonly place: string;
  readonly body: string;
}

/** The pull request that every commit belongs to. */
const PULL_REQUEST = { number: 7, state: 'open' };

export function openGithub(): Promise<Website> {
  return openWebsite(({ method, path }, nth) => {
    if (method !== 'GET') return { status: 201, json: { id: nth } };
    return { status: 200, json: /\/commits\/\w+\/pulls$/.test(path) ? [PULL_REQUEST] : [] };
  });
}

export function commentsOn(github: Website): Comment[] {
  return github.visits
    .filter(({ method }) => method !== 'GET')
    .map(({ path, body }) => ({ place: path, body: (JSON.parse(body) as Comment).body }));
}
