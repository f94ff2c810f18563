import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryOf } from '../owner/texts.ts';

const file = path.resolve(import.meta.dirname, '../../package.json');

interface Repository {
  readonly owner: string;
  readonly name: string;
  /** `OWNER/NAME`, as workflows say it. */
  readonly fullName: string;
  readonly version: string;
}

/** What package.json says of the repository, which is the one place that says it. */
export function readRepository(): Repository {
  const { repository, version } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly repository: { readonly url: string };
    readonly version: string;
  };
  const fullName = repositoryOf(repository.url);
  const [owner = '', name = ''] = fullName.split('/');
  return { owner, name, fullName, version };
}
