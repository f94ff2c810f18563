/** The family of actions, and what their manifests say: build, README, demo, bench and tests know it from here. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { readRepository } from './repository.ts';

/** What a further action needs is in CONTRIBUTING.md, "Add an action". */
const TABLE = [
  { name: 'main', manifest: 'action.yml', entries: ['main', 'post'] },
  { name: 'wait', manifest: 'wait/action.yml', entries: ['wait'] },
  { name: 'restore', manifest: 'restore/action.yml', entries: ['restore'] },
  { name: 'delete', manifest: 'delete/action.yml', entries: ['delete'] },
  { name: 'prune', manifest: 'prune/action.yml', entries: ['prune'] },
] as const;

export type ActionName = (typeof TABLE)[number]['name'];
/** A file of src/entry, and the folder of dist that it is built to. */
export type EntryName = (typeof TABLE)[number]['entries'][number];
export type JobStatus = 'success' | 'failure' | 'cancelled';

interface Action {
  readonly name: ActionName;
  /** From the root of the repository. */
  readonly manifest: string;
  /** What runs as the action's step, and what as its post step. */
  readonly entries: readonly [main: EntryName, post?: EntryName];
}

interface Input {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: string;
}

export interface Manifest {
  readonly description: string;
  readonly inputs: Readonly<Record<string, Input>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: { readonly using: string; readonly main: string; readonly post?: string };
}

export const ACTIONS: readonly Action[] = TABLE;
export const ENTRIES: readonly EntryName[] = TABLE.flatMap(({ entries }) => entries);
export const REPOSITORY = readRepository().fullName;

const ROOT = path.resolve(import.meta.dirname, '../..');

/** What a workflow says in `uses:`. */
export function referenceOf({ manifest }: Action): string {
  return `${path.posix.join(REPOSITORY, path.dirname(manifest))}@v1`;
}

export function actionOf(entry: EntryName): Action {
  const action = ACTIONS.find(({ entries }) => entries.includes(entry));
  if (action === undefined) throw new Error(`no action has the entry ${entry}`);
  return action;
}

const manifests = new Map<string, Manifest>();

/** Each is read once: it is asked for several times with every start of a step. */
export function readManifest({ manifest }: Action): Manifest {
  const known =
    manifests.get(manifest) ?? (parse(readFileSync(path.join(ROOT, manifest), 'utf8')) as Manifest);
  manifests.set(manifest, known);
  return known;
}

/** The bundle that the manifest names. */
export function bundleOf(entry: EntryName): string {
  const action = actionOf(entry);
  const { main, post } = readManifest(action).runs;
  const file = action.entries[0] === entry ? main : post;
  if (file === undefined) throw new Error(`${entry} has no bundle`);
  return path.join(ROOT, path.dirname(action.manifest), file);
}

/** What the runner makes of the expressions in a manifest's defaults, for a job outside of a matrix. */
function evaluate(text: string, jobStatus: JobStatus): string {
  const value = text.replaceAll('${{ job.status }}', jobStatus).replaceAll('${{ toJSON(matrix) }}', 'null');
  if (value.includes('${{')) throw new Error(`nobody knows what the runner makes of ${value}`);
  return value;
}

/** The inputs as the runner puts them into the environment: what is given, else the manifest's defaults. */
export function inputVariables(
  entry: EntryName,
  given: Readonly<Record<string, string>>,
  jobStatus: JobStatus,
): Record<string, string> {
  const { inputs } = readManifest(actionOf(entry));
  // The runner warns of an input that the manifest does not know, and passes it on; here it is a mistake.
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(inputs, name));
  if (unknown !== undefined) throw new Error(`${entry} has no input '${unknown}'`);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => {
      const value = given[name] ?? evaluate(input.default ?? '', jobStatus);
      return [`INPUT_${name.toUpperCase()}`, value];
    }),
  );
}

export function hasInput(entry: EntryName, name: string): boolean {
  return Object.hasOwn(readManifest(actionOf(entry)).inputs, name);
}
