import { type ActionName } from '../../../../scripts/runner/actions.ts';
import { readJob } from '../../../../src/github/job.ts';
import { readRootInputs } from '../../../../src/github/inputs/root.ts';
import {
  readDeleteInputs,
  readPruneInputs,
  readRestoreInputs,
  readWaitInputs,
} from '../../../../src/github/inputs/commands.ts';
import { InputError } from '../../../../src/github/inputs/reader.ts';

export type Given = Readonly<Record<string, string>>;

const environment = { ...process.env };
const write = process.stdout.write.bind(process.stdout);
let output = '';

/** Before each test: a step to which nothing is given, and whose output is kept from the log. */
export function setUp(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('INPUT_')) delete process.env[name];
  output = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    output += String(chunk);
    return true;
  };
}

/** After each test. */
export function tearDown(): void {
  process.stdout.write = write;
  process.env = { ...environment };
}

/** What was written since the test began. */
export function said(): string {
  return output;
}

export function give(inputs: Given): void {
  for (const [name, value] of Object.entries(inputs)) process.env[`INPUT_${name.toUpperCase()}`] = value;
}

/** What reads the inputs of each action, in a workflow that this event started. */
export const READERS: Readonly<Record<ActionName, (eventName?: string) => unknown>> = {
  main: () => readRootInputs(readJob({})),
  wait: readWaitInputs,
  restore: (eventName = 'push') => readRestoreInputs(eventName),
  delete: readDeleteInputs,
  prune: readPruneInputs,
};

/** What has to be given so that nothing is wrong. */
const REQUIRED: Readonly<Record<ActionName, Given>> = {
  main: { api_token: 'vps_t', server_id: '12345' },
  wait: { api_token: 'vps_t', snapshot_id: '801' },
  restore: { api_token: 'vps_t', snapshot_id: '801' },
  delete: { api_token: 'vps_t', snapshot_id: '801' },
  prune: { api_token: 'vps_t', server_id: '12345', keep_last: '3' },
};

export function read(action: ActionName, inputs: Given = {}, eventName?: string): unknown {
  give({ ...REQUIRED[action], ...inputs });
  return READERS[action](eventName);
}

/** The mistakes in the inputs, in the order in which they are reported. */
export function problems(action: ActionName, inputs: Given, eventName?: string): readonly string[] {
  try {
    read(action, inputs, eventName);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.split('\n- ').slice(1);
  }
}
