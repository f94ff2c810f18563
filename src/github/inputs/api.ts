import { setSecret } from '@actions/core';
import { UNITS } from '../format.ts';
import { type InputReader } from './reader.ts';
import { parseApiUrl, parseBoolean, parseDuration, parseToken } from './values.ts';

/** What all actions share. Durations are milliseconds. */
export interface ApiInputs {
  readonly apiToken: string;
  readonly apiUrl: string;
  readonly dryRun: boolean;
}

export const DEFAULT_API_URL = 'https://admin.vps.org/api/v1';

export function readApi(reader: InputReader): ApiInputs {
  const apiToken = reader.text('api_token');
  maskToken(apiToken);
  return {
    apiToken: reader.attempt('api_token', '', () => parseToken(apiToken)),
    apiUrl: reader.read('api_url', DEFAULT_API_URL, parseApiUrl),
    dryRun: reader.read('dry_run', false, parseBoolean),
  };
}

/** Tells the runner to hide a token, line by line: a mask with line breaks in it would match nothing. */
export function maskToken(token: string): void {
  for (const line of token.split(/\s+/)) if (line !== '') setSecret(line);
}

export function readGithubToken(reader: InputReader): string {
  const token = reader.text('github_token');
  maskToken(token);
  return token;
}

/** An age: longer than any duration of a workflow run. */
export function parseAge(text: string): number {
  return parseDuration(text, { max: 3650 * UNITS.d });
}
