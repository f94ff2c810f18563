import { getInput } from '@actions/core';
import { UNITS } from '../format.ts';
import { InputReader } from './reader.ts';
import {
  parseBoolean,
  parseCount,
  parseDuration,
  parseHealthUrls,
  parseIds,
  parseSnapshotWords,
} from './values.ts';
import { type ApiInputs, parseAge, readApi, readGithubToken } from './api.ts';

export interface WaitInputs extends ApiInputs {
  readonly snapshotIds: readonly string[];
  readonly serverIds: readonly string[];
  readonly waitTimeout: number;
  readonly pollInterval: number | null;
  readonly jobStatus: string;
}

/** Which snapshots to restore: the newest of each server, or those with these ids or names. */
export type RestoreSelection =
  { readonly kind: 'latest' } | { readonly kind: 'named'; readonly words: readonly string[] };

export interface RestoreInputs extends ApiInputs {
  readonly selection: RestoreSelection;
  readonly serverIds: readonly string[];
  readonly allowOlder: boolean;
  /** `null` for any age. */
  readonly maxAge: number | null;
  readonly snapshotFirst: boolean;
  readonly restoreTimeout: number;
  readonly pollInterval: number | null;
  readonly healthUrls: readonly string[];
  readonly githubToken: string;
}

export interface DeleteInputs extends ApiInputs {
  readonly snapshotIds: readonly string[];
  readonly force: boolean;
}

export interface PruneInputs extends ApiInputs {
  readonly serverIds: readonly string[];
  readonly keepLast: number;
  readonly olderThan: number | null;
}

const NO_SNAPSHOT_ID =
  'it is empty. Likely causes: the step or job that makes the snapshot made none or was skipped; its output is not passed on by the job (outputs:); or the runner dropped the output because it contains a secret';

function readSnapshotIds(reader: InputReader, dryRun: boolean): string[] {
  return reader.list('snapshot_id', parseIds, dryRun ? null : NO_SNAPSHOT_ID);
}

/** The inputs of `wait`; throws {@link InputError}. */
export function readWaitInputs(): WaitInputs {
  const reader = new InputReader(getInput);
  const api = readApi(reader);
  return reader.finish({
    ...api,
    snapshotIds: readSnapshotIds(reader, api.dryRun),
    serverIds: reader.read('server_id', [], parseIds),
    waitTimeout: reader.read('wait_timeout', 30 * UNITS.m, parseDuration),
    pollInterval: reader.pollInterval(),
    jobStatus: reader.text('job_status'),
  });
}

function readSelection(reader: InputReader, dryRun: boolean): RestoreSelection {
  const words = reader.list('snapshot_id', parseSnapshotWords, dryRun ? null : NO_SNAPSHOT_ID);
  if (!words.includes('latest')) return { kind: 'named', words };
  if (words.length > 1)
    reader.problem('snapshot_id', "'latest' stands alone: it means the newest of each server");
  return { kind: 'latest' };
}

/** The inputs of `restore`; throws {@link InputError}. `eventName` is what started the workflow. */
export function readRestoreInputs(eventName: string): RestoreInputs {
  const reader = new InputReader(getInput);
  const api = readApi(reader);
  const inputs: RestoreInputs = {
    ...api,
    selection: readSelection(reader, api.dryRun),
    serverIds: reader.read('server_id', [], parseIds),
    allowOlder: reader.read('allow_older', false, parseBoolean),
    maxAge: reader.read<number | null>('max_age', null, parseAge),
    snapshotFirst: reader.read('snapshot_first', false, parseBoolean),
    restoreTimeout: reader.read('restore_timeout', 30 * UNITS.m, parseDuration),
    pollInterval: reader.pollInterval(),
    healthUrls: reader.read('health_url', [], parseHealthUrls),
    githubToken: readGithubToken(reader),
  };
  if (inputs.selection.kind === 'latest') {
    if (inputs.serverIds.length === 0)
      reader.problem(
        'server_id',
        "it is required with 'snapshot_id: latest': the newest snapshot of which server?",
      );
    if (inputs.maxAge === null && reader.text('max_age') === '' && eventName !== 'workflow_dispatch') {
      reader.problem(
        'max_age',
        "it is required with 'snapshot_id: latest', unless a person started the workflow (workflow_dispatch): without it a snapshot of any age could be restored",
      );
    }
  }
  return reader.finish(inputs);
}

/** The inputs of `delete`; throws {@link InputError}. */
export function readDeleteInputs(): DeleteInputs {
  const reader = new InputReader(getInput);
  const api = readApi(reader);
  return reader.finish({
    ...api,
    snapshotIds: readSnapshotIds(reader, api.dryRun),
    force: reader.read('force', false, parseBoolean),
  });
}

/** The inputs of `prune`; throws {@link InputError}. */
export function readPruneInputs(): PruneInputs {
  const reader = new InputReader(getInput);
  const api = readApi(reader);
  const olderThan = reader.read<number | null>('older_than', null, parseAge);
  const given = reader.text('keep_last') !== '' || reader.text('older_than') !== '';
  if (!given)
    reader.problem(
      'keep_last',
      "give 'keep_last' or 'older_than' or both: without a rule nothing can be pruned",
    );
  return reader.finish({
    ...api,
    serverIds: reader.list('server_id', parseIds, 'it is empty: give the id of each server to prune'),
    // With an age alone the newest one stays: a repository that rests keeps its last restore point.
    keepLast: reader.read('keep_last', 1, (text) => parseCount(text, 1, 1000)),
    olderThan,
  });
}
