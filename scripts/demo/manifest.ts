import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '../..');

/** What the runner needs of an action. */
export interface Action {
  readonly defaults: Readonly<Record<string, string>>;
  /** The bundle of its step. */
  readonly main: string;
  /** The bundle of its post step, if it has one. */
  readonly post: string | undefined;
}

interface Manifest {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly main: string; readonly post?: string };
}

/** Reads the manifest that a `uses:` names: `OWNER/vps-snapshot-action/wait@v1` is that of `wait/`. */
export function readAction(uses: string): Action {
  const [, folder = ''] = /^[^/]+\/[^/@]+(?:\/([^@]+))?@/.exec(uses) ?? [];
  const where = path.join(root, folder);
  const { inputs, runs } = parse(readFileSync(path.join(where, 'action.yml'), 'utf8')) as Manifest;
  return {
    defaults: Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.default ?? ''])),
    main: path.resolve(where, runs.main),
    post: runs.post === undefined ? undefined : path.resolve(where, runs.post),
  };
}
