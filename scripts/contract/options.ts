import path from 'node:path';
import { parseArgs } from 'node:util';
import { isLoopback, parseApiUrl } from '../../src/github/inputs/values.ts';
import { ID_PATTERN } from '../../src/vps/model.ts';
import { type CommandOptions } from './commands.ts';
import { type RunOptions } from './run.ts';

export const HELP = `Asks the VPS.org API everything that this project claims or assumes about it.

  VPS_API_TOKEN=… npm run contract -- --server-id ID [options]

  --server-id ID          the server that is asked about, and lost with --destructive
  --second-server-id ID   another server, of which one snapshot is made and deleted
  --api-url URL           default: https://admin.vps.org/api/v1
  --destructive           also what changes the server: snapshots, restores, power. The server's name has to be typed
  --yes-destroy NAME      the server's name, where there is no terminal
  --write-command CMD     with --destructive: changes something on the server, such as: ssh root@… 'date > mark'
  --read-command CMD      prints what that has changed: ssh root@… 'cat mark'
  --clean                 finish what a run left that was killed
  --out FOLDER            for the report, contract.json and the journal (default: reports/contract)
  --poll-interval MS      for an API on this machine: pauses and spans shrink with it, 3000 being the usual
  --help                  this text

Only reads, unless --destructive is given. VPS_API_LIMITED_TOKEN may hold a second token with fewer permissions; it is used
for three reads. Neither token is ever printed or written to a file.
`;

const OPTIONS = {
  'server-id': { type: 'string' },
  'second-server-id': { type: 'string' },
  'api-url': { type: 'string', default: 'https://admin.vps.org/api/v1' },
  destructive: { type: 'boolean', default: false },
  'yes-destroy': { type: 'string' },
  'write-command': { type: 'string' },
  'read-command': { type: 'string' },
  clean: { type: 'boolean', default: false },
  out: { type: 'string', default: 'reports/contract' },
  'poll-interval': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** A mistake in the command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Command extends RunOptions, CommandOptions {
  readonly destructive: boolean;
  /** The name given in place of typing it. */
  readonly confirmedName: string | null;
  readonly clean: boolean;
  readonly out: string;
}

/** Reads the command line; null where only the help is asked for. */
export function readCommand(args: readonly string[], env: NodeJS.ProcessEnv): Command | null {
  const { values } = parse(args);
  if (values.help) return null;
  const token = env['VPS_API_TOKEN']?.trim() ?? '';
  if (token === '') throw new UsageError('the variable VPS_API_TOKEN has to hold an API token');
  const apiUrl = readUrl(values['api-url']);
  const [write, read] = [values['write-command'] ?? null, values['read-command'] ?? null];
  if ((write === null) !== (read === null))
    throw new UsageError('--write-command and --read-command are given together');
  const needsServer = !values.clean;
  return {
    apiUrl,
    token,
    limitedToken: env['VPS_API_LIMITED_TOKEN']?.trim() || null,
    serverId: readId('server-id', values['server-id'], needsServer) ?? '',
    secondServerId: readId('second-server-id', values['second-server-id'], false),
    pollInterval: readInterval(values['poll-interval'], apiUrl),
    destructive: values.destructive,
    confirmedName: values['yes-destroy'] ?? null,
    clean: values.clean,
    out: path.resolve(values.out),
    writeCommand: write,
    readCommand: read,
  };
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function readUrl(text: string): string {
  try {
    return parseApiUrl(text);
  } catch (error) {
    throw new UsageError(`--api-url: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function readId(name: string, value: string | undefined, isRequired: boolean): string | null {
  if (value === undefined && isRequired) throw new UsageError(`--${name} is required`);
  if (value !== undefined && !ID_PATTERN.test(value)) throw new UsageError(`--${name}: "${value}" is no id`);
  return value ?? null;
}

function readInterval(text: string | undefined, apiUrl: string): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,6}$/.test(text))
    throw new UsageError(`--poll-interval: "${text}" is not a number of milliseconds`);
  if (!isLoopback(new URL(apiUrl).hostname))
    throw new UsageError('--poll-interval is for an API on this machine only');
  return Number(text);
}
