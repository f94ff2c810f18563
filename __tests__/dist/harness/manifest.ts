import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export type ActionName = 'main' | 'post' | 'wait' | 'restore' | 'delete' | 'prune';
export type JobStatus = 'success' | 'failure' | 'cancelled';

const ROOT = path.resolve(import.meta.dirname, '../../..');

interface Manifest {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly main: string; readonly post?: string };
}

function readManifest(action: ActionName): { readonly manifest: Manifest; readonly folder: string } {
  const folder = action === 'main' || action === 'post' ? ROOT : path.join(ROOT, action);
  return { folder, manifest: parse(readFileSync(path.join(folder, 'action.yml'), 'utf8')) as Manifest };
}

/** The bundle that the manifest names. */
export function bundleOf(action: ActionName): string {
  const { manifest, folder } = readManifest(action);
  const file = action === 'post' ? manifest.runs.post : manifest.runs.main;
  if (file === undefined) throw new Error(`${action} has no bundle`);
  return path.join(folder, file);
}

/** The inputs as the runner puts them into the environment: what is given, else the manifest's defaults. */
export function inputVariables(
  action: ActionName,
  given: Readonly<Record<string, string>>,
  jobStatus: JobStatus,
): Record<string, string> {
  const { inputs } = readManifest(action).manifest;
  // The runner warns of an input that the manifest does not know, and passes it on; in a test it is a mistake.
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(inputs, name));
  if (stranger !== undefined) throw new Error(`${action} has no input '${stranger}'`);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => {
      const value = given[name] ?? (input.default ?? '').replace('${{ job.status }}', jobStatus);
      return [`INPUT_${name.toUpperCase()}`, value];
    }),
  );
}

export function hasInput(action: ActionName, name: string): boolean {
  return Object.hasOwn(readManifest(action).manifest.inputs, name);
}
