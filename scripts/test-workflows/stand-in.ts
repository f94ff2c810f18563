/**
 * Stands for the commands of a deploy, `node stand-in.ts COMMAND [ARGUMENT]...`: says how it was called, and changes the
 * simulated server where the real one would be changed. One whose words hold `STAND_IN_BREAKS` breaks half-way.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

interface State {
  readonly snapshots: readonly { readonly id: string; readonly phase: string }[];
  readonly servers: readonly { readonly id: string; readonly name: string; readonly content: string }[];
}

const [command = '', ...words] = process.argv.slice(2);
const line = [command, ...words].join(' ');

async function ask(what: string, body?: unknown): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(new URL(`/_sim/${what}`, process.env['VPS_API_URL']), init);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** The server whose name is the first part of the host, else the only one that matters: the first. */
async function findServer(): Promise<State['servers'][number]> {
  const { servers } = (await ask('state')) as State;
  const server = servers.find(({ name }) => line.includes(`@${name}.`)) ?? servers[0];
  if (server === undefined) throw new Error('there is no server');
  return server;
}

/** What the command leaves on the server; undefined where it only reads. */
function contentAfter(breaks: boolean): string | undefined {
  const written = /echo (?<words>[\w ]+) >/.exec(line)?.groups?.['words'];
  if (written !== undefined) return written;
  if (!/^(rsync|deploy\.sh)\b|^docker .*\b(up|migrate)\b/.test(line)) return undefined;
  return breaks ? 'half of release 2' : 'release 2';
}

const breaks = line.includes(process.env['STAND_IN_BREAKS'] || '\n');
// The shell evaluates what the agent prints.
if (command === 'ssh-agent') process.stdout.write('SSH_AUTH_SOCK=/nowhere; export SSH_AUTH_SOCK;\n');
else process.stdout.write(`stand-in: ${line}\n`);
// What is piped into a file has to be taken, or the command before the pipe would fail.
if (/\bcat > /.test(line)) await text(process.stdin);
if (command === 'make') {
  const { snapshots } = (await ask('state')) as State;
  for (const { id, phase } of snapshots) process.stdout.write(`building while snapshot ${id} is ${phase}\n`);
  // A build that takes longer than any snapshot.
  await ask('advance', { seconds: 1_000_000 });
}
// Of npm only what needs no packages: `npm run … simulator -- OPTION...`
if (command === 'npm' && words.includes('simulator')) {
  const options = words.slice(words.indexOf('--') + 1);
  const { pid } = spawn(process.execPath, ['simulator/cli.ts', ...options], { stdio: 'inherit' });
  writeFileSync(path.join(homedir(), 'simulator.pid'), String(pid));
}
const content = contentAfter(breaks);
if (content !== undefined) await ask('deploy', { server_id: (await findServer()).id, content });
if (/ cat \S+$/.test(line)) process.stdout.write(`${(await findServer()).content}\n`);
if (breaks) {
  process.stdout.write(`${command} broke half-way\n`);
  process.exitCode = 1;
}
