import { getInput, setSecret } from '@actions/core';
import { InputReader } from './reader.ts';
import { parseTemplate, type NameTemplate } from '../../snapshots/name.ts';
import { readRestoreIf, type OnFailure, type OnSuccess } from '../../snapshots/policy.ts';
import {
  parseApiUrl,
  parseBoolean,
  parseChoice,
  parseCount,
  parseDuration,
  parseHealthUrls,
  parseIds,
  parseToken,
} from './values.ts';

/** What all actions share. Durations are milliseconds. */
export interface ApiInputs {
  readonly apiToken: string;
  readonly apiUrl: string;
  readonly dryRun: boolean;
}

export interface RootInputs extends ApiInputs {
  readonly serverIds: readonly string[];
  readonly nameTemplate: NameTemplate;
  readonly description: string;
  readonly wait: boolean;
  readonly waitTimeout: number;
  readonly pollInterval: number | null;
  readonly stopServer: boolean;
  readonly whenFull: 'fail' | 'rotate';
  readonly onRerun: 'create' | 'reuse';
  readonly onFailure: OnFailure;
  readonly onCancel: OnFailure;
  readonly onSuccess: OnSuccess;
  /** `restore_if` is given: post may have to restore. */
  readonly restoreIfGiven: boolean;
  readonly keepLast: number;
  readonly restoreTimeout: number;
  readonly healthUrls: readonly string[];
  readonly jobStatus: string;
}

/** The four inputs that post reads again, unchecked: everything else comes from saved state (design §3.4). */
export interface PostInputs {
  readonly apiToken: string;
  readonly githubToken: string;
  readonly jobStatus: string;
  readonly restoreIf: string;
  /** Why the token may not be used, empty where it may. */
  readonly tokenProblem: string;
}

export interface WaitInputs extends ApiInputs {
  readonly snapshotIds: readonly string[];
  readonly serverIds: readonly string[];
  readonly waitTimeout: number;
  readonly pollInterval: number | null;
}

export interface RestoreInputs extends ApiInputs {
  readonly snapshotIds: readonly string[];
  readonly serverId: string | null;
  readonly allowOlder: boolean;
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

const DEFAULT_API_URL = 'https://admin.vps.org/api/v1';
/** Saved state has 128 KiB for all servers of a step. */
const MOST_SERVERS = 50;

function readApi(reader: InputReader): ApiInputs {
  const apiToken = reader.text('api_token');
  maskToken(apiToken);
  if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') reader.problems.push(TLS_PROBLEM);
  return {
    apiToken: reader.attempt('api_token', '', () => parseToken(apiToken)),
    apiUrl: reader.read('api_url', DEFAULT_API_URL, parseApiUrl),
    dryRun: reader.read('dry_run', false, parseBoolean),
  };
}

const TLS_PROBLEM =
  'NODE_TLS_REJECT_UNAUTHORIZED=0 turns the check of certificates off, so anybody on the way could read the token; for a private authority set NODE_EXTRA_CA_CERTS instead';

/** Tells the runner to hide a token, line by line: a mask with line breaks in it would match nothing. */
function maskToken(token: string): void {
  for (const line of token.split(/\s+/)) if (line !== '') setSecret(line);
}

function readGithubToken(reader: InputReader): string {
  const token = reader.text('github_token');
  maskToken(token);
  return token;
}

const ON_FAILURE = ['keep', 'restore', 'delete'] as const;
const ON_SUCCESS = ['keep', 'delete'] as const;
const MINUTES = 60_000;

/** The inputs of the root action's main step; throws {@link InputError}. */
export function readRootInputs(): RootInputs {
  const reader = new InputReader(getInput);
  const restoreIf = reader.text('restore_if');
  readGithubToken(reader);
  const inputs: RootInputs = {
    ...readApi(reader),
    serverIds: reader.ids(
      'server_id',
      'it is empty: give the id of the server, as the panel of VPS.org or the API shows it',
    ),
    nameTemplate: reader.attempt('name_template', [], () =>
      parseTemplate(reader.text('name_template') || 'deploy-{repo}-{run_id}-{run_attempt}'),
    ),
    description: reader.text('description'),
    wait: reader.read('wait', true, parseBoolean),
    waitTimeout: reader.read('wait_timeout', 30 * MINUTES, parseDuration),
    pollInterval: reader.pollInterval(),
    stopServer: reader.read('stop_server', false, parseBoolean),
    whenFull: reader.read('when_full', 'fail', (text) => parseChoice(text, ['fail', 'rotate'])),
    onRerun: reader.read('on_rerun', 'create', (text) => parseChoice(text, ['create', 'reuse'])),
    onFailure: reader.read('on_failure', 'keep', (text) => parseChoice(text, ON_FAILURE)),
    onCancel: reader.read('on_cancel', 'keep', (text) => parseChoice(text, ON_FAILURE)),
    onSuccess: reader.read('on_success', 'keep', (text) => parseChoice(text, ON_SUCCESS)),
    restoreIfGiven: restoreIf !== '',
    keepLast: reader.read('keep_last', 0, (text) => parseCount(text, 0, 1000)),
    restoreTimeout: reader.read('restore_timeout', 30 * MINUTES, parseDuration),
    healthUrls: reader.read('health_url', [], parseHealthUrls),
    jobStatus: reader.text('job_status'),
  };
  checkRoot(reader, inputs, restoreIf);
  return reader.finish(inputs);
}

function checkRoot(reader: InputReader, inputs: RootInputs, restoreIf: string): void {
  if (inputs.serverIds.length > MOST_SERVERS)
    reader.problem('server_id', `more than ${MOST_SERVERS} servers in one step`);
  if (inputs.stopServer && !inputs.wait) {
    reader.problem(
      'stop_server',
      "it needs 'wait: true': the server is started again when the snapshot is complete",
    );
  }
  if (inputs.keepLast > 0 && inputs.onSuccess === 'delete') {
    reader.problem(
      'keep_last',
      "it cannot be used with 'on_success: delete', which deletes the snapshot that it would keep",
    );
  }
  const asked = readRestoreIf(restoreIf);
  if (asked === 'yes') {
    reader.problem(
      'restore_if',
      "it is already true before the deploy has run. Write it with == 'failure', as in ${{ steps.deploy.outcome == 'failure' }}: a step that has not run or was skipped is not a failed one, so != 'success' does not do",
    );
  } else if (asked === null) {
    reader.problem(
      'restore_if',
      `${JSON.stringify(restoreIf.slice(0, 80))} is neither true nor false nor empty${/[=.(]/.test(restoreIf) ? '. An expression stands inside ${{ }}' : ''}`,
    );
  }
}

/** The inputs of the root action's post step; never throws for what they contain. */
export function readPostInputs(): PostInputs {
  const reader = new InputReader(getInput);
  const apiToken = reader.text('api_token');
  maskToken(apiToken);
  let tokenProblem = '';
  try {
    parseToken(apiToken);
    if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') tokenProblem = TLS_PROBLEM;
  } catch (error) {
    tokenProblem = `'api_token': ${error instanceof Error ? error.message : String(error)}`;
  }
  return {
    apiToken,
    githubToken: readGithubToken(reader),
    jobStatus: reader.text('job_status').toLowerCase(),
    restoreIf: reader.text('restore_if'),
    tokenProblem,
  };
}

const NO_SNAPSHOT_ID =
  'it is empty. Likely causes: the step or job that makes the snapshot made none or was skipped; its output is not passed on by the job (outputs:); or the runner dropped the output because it contains a secret';

function readSnapshotIds(reader: InputReader, dryRun: boolean): string[] {
  if (!dryRun) return reader.ids('snapshot_id', NO_SNAPSHOT_ID);
  return reader.read('snapshot_id', [], parseIds);
}

/** The inputs of `wait`; throws {@link InputError}. */
export function readWaitInputs(): WaitInputs {
  const reader = new InputReader(getInput);
  const api = readApi(reader);
  return reader.finish({
    ...api,
    snapshotIds: readSnapshotIds(reader, api.dryRun),
    serverIds: reader.read('server_id', [], parseIds),
    waitTimeout: reader.read('wait_timeout', 30 * MINUTES, parseDuration),
    pollInterval: reader.pollInterval(),
  });
}

/** The inputs of `restore`; throws {@link InputError}. */
export function readRestoreInputs(): RestoreInputs {
  const reader = new InputReader(getInput);
  const api = readApi(reader);
  const serverIds = reader.read('server_id', [], parseIds);
  if (serverIds.length > 1) {
    reader.problem('server_id', 'give one server: it is compared with the server of the snapshot');
  }
  const inputs: RestoreInputs = {
    ...api,
    snapshotIds: readSnapshotIds(reader, api.dryRun),
    serverId: serverIds[0] ?? null,
    allowOlder: reader.read('allow_older', false, parseBoolean),
    restoreTimeout: reader.read('restore_timeout', 30 * MINUTES, parseDuration),
    pollInterval: reader.pollInterval(),
    healthUrls: reader.read('health_url', [], parseHealthUrls),
    githubToken: readGithubToken(reader),
  };
  if (inputs.serverId !== null && inputs.snapshotIds.length > 1) {
    reader.problem(
      'snapshot_id',
      "several snapshots are of several servers, which one 'server_id' cannot check",
    );
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
  const olderThan = reader.read<number | null>('older_than', null, (text) =>
    parseDuration(text, { max: 3650 * 24 * 60 * MINUTES }),
  );
  const given = reader.text('keep_last') !== '' || reader.text('older_than') !== '';
  if (!given)
    reader.problem(
      'keep_last',
      "give 'keep_last' or 'older_than' or both: without a rule nothing can be pruned",
    );
  return reader.finish({
    ...api,
    serverIds: reader.ids('server_id', 'it is empty: give the id of each server to prune'),
    // With an age alone the newest one stays: a repository that rests keeps its last restore point.
    keepLast: reader.read('keep_last', 1, (text) => parseCount(text, 1, 1000)),
    olderThan,
  });
}
