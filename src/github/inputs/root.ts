import { getInput } from '@actions/core';
import { UNITS } from '../format.ts';
import { type Job } from '../job.ts';
import { nameValuesOf } from './name-values.ts';
import { InputReader } from './reader.ts';
import { treat } from '../../snapshots/kinds.ts';
import { hashLeg } from '../../snapshots/marker.ts';
import { parseTemplate, renderName, type NameTemplate } from '../../snapshots/name.ts';
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
import { type ApiInputs, DEFAULT_API_URL, maskToken, parseAge, readApi, readGithubToken } from './api.ts';

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
  /** `null` for any age. */
  readonly restoreMaxAge: number | null;
  readonly isProtected: boolean;
  readonly healthUrls: readonly string[];
  readonly jobStatus: string;
  /** Tells the legs of a matrix apart, empty outside of one. */
  readonly leg: string;
}

/** The five inputs that post reads again, unchecked: everything else comes from saved state. */
export interface PostInputs {
  readonly apiToken: string;
  /** Empty where it cannot be read; the saved state must be of this one. */
  readonly apiUrl: string;
  readonly githubToken: string;
  readonly jobStatus: string;
  readonly restoreIf: string;
  readonly tokenCheck: TokenCheck;
}

/** Whether the token may be used. */
export type TokenCheck = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Saved state has 128 KiB for all servers of a step. */
const MOST_SERVERS = 50;

const ON_FAILURE = ['keep', 'restore', 'delete'] as const;
const ON_SUCCESS = ['keep', 'delete'] as const;
const DEFAULT_TEMPLATE = 'deploy-{repo}-{run_id}-{run_attempt}';

/** The inputs of the root action's main step in this job; throws {@link InputError}. */
export function readRootInputs(job: Job): RootInputs {
  const reader = new InputReader(getInput);
  const restoreIf = reader.text('restore_if');
  readGithubToken(reader);
  const api = readApi(reader);
  const inputs: RootInputs = {
    ...api,
    serverIds: reader.list(
      'server_id',
      parseIds,
      'it is empty: give the id of the server, as the panel of VPS.org or the API shows it',
    ),
    nameTemplate: reader.attempt('name_template', [], () =>
      parseTemplate(reader.text('name_template') || DEFAULT_TEMPLATE),
    ),
    description: reader.text('description'),
    wait: reader.read('wait', true, parseBoolean),
    waitTimeout: reader.read('wait_timeout', 30 * UNITS.m, parseDuration),
    pollInterval: reader.pollInterval(),
    stopServer: reader.read('stop_server', false, parseBoolean),
    whenFull: reader.read('when_full', 'fail', (text) => parseChoice(text, ['fail', 'rotate'])),
    onRerun: reader.read('on_rerun', 'create', (text) => parseChoice(text, ['create', 'reuse'])),
    onFailure: reader.read('on_failure', 'keep', (text) => parseChoice(text, ON_FAILURE)),
    onCancel: reader.read('on_cancel', 'keep', (text) => parseChoice(text, ON_FAILURE)),
    onSuccess: reader.read('on_success', 'keep', (text) => parseChoice(text, ON_SUCCESS)),
    restoreIfGiven: restoreIf !== '',
    keepLast: reader.read('keep_last', 0, (text) => parseCount(text, 0, 1000)),
    restoreTimeout: reader.read('restore_timeout', 30 * UNITS.m, parseDuration),
    restoreMaxAge: reader.read<number | null>('restore_max_age', null, parseAge),
    isProtected: reader.read('protect', false, parseBoolean),
    healthUrls: reader.read('health_url', [], parseHealthUrls),
    jobStatus: reader.text('job_status'),
    leg: hashLeg(reader.text('matrix')),
  };
  checkRoot(reader, inputs, restoreIf);
  checkNames(reader, inputs, job);
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
      "it cannot be used with 'on_success: delete', which deletes the snapshot that it would keep: leave one of them out",
    );
  }
  const ends = { on_failure: inputs.onFailure, on_cancel: inputs.onCancel, on_success: inputs.onSuccess };
  const deleting = Object.entries(ends).flatMap(([name, end]) => (end === 'delete' ? [name] : []));
  const flags = { isProtected: inputs.isProtected, isUnwaited: !inputs.wait, isUndo: false };
  if (treat('deleteOption', flags) === 'input_error' && deleting.length > 0)
    reader.problem('protect', `it cannot be used with ${deleting.join(' or ')} set to 'delete'`);
  const asked = readRestoreIf(restoreIf);
  if (asked === 'yes') {
    reader.problem(
      'restore_if',
      "it is already true before the deploy has run. Write it with == 'failure', as in ${{ steps.deploy.outcome == 'failure' }}: a step that has not run or was skipped is not a failed one, so != 'success' does not work",
    );
  } else if (asked === null) {
    reader.problem(
      'restore_if',
      `${JSON.stringify(restoreIf.slice(0, 80))} is neither true nor false nor empty${/[=.(]/.test(restoreIf) ? '. An expression has to be inside ${{ }}' : ''}`,
    );
  }
}

/** Ids and the template's own text may be too long for a name, which is known only with the job's values. */
function checkNames(reader: InputReader, { nameTemplate, serverIds }: RootInputs, job: Job): void {
  reader.attempt('name_template', null, () => {
    for (const server of serverIds) renderName(nameTemplate, { ...nameValuesOf(job, 0), server_id: server });
    return null;
  });
}

/** The inputs of the root action's post step; never throws for what they contain. */
export function readPostInputs(): PostInputs {
  const reader = new InputReader(getInput);
  const apiToken = reader.text('api_token');
  maskToken(apiToken);
  reader.attempt('api_token', '', () => parseToken(apiToken));
  const [reason] = reader.problems;
  return {
    apiToken,
    apiUrl: reader.attempt('api_url', '', () => parseApiUrl(reader.text('api_url') || DEFAULT_API_URL)),
    githubToken: readGithubToken(reader),
    jobStatus: reader.text('job_status'),
    restoreIf: reader.text('restore_if'),
    tokenCheck: reason === undefined ? { ok: true } : { ok: false, reason },
  };
}
