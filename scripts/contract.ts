/**
 * `npm run contract`: what the live API does, checked against what this project says of it. `docs/contract.md` is for
 * whoever runs it.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CancelledError } from '../src/actions/common/errors.ts';
import { clock } from '../src/entry/start.ts';
import { VpsError } from '../src/vps/errors.ts';
import { createHttpTransport } from '../src/vps/http.ts';
import { createCommands } from './contract/commands.ts';
import { type World } from './contract/session/connection.ts';
import { UnfitError } from './contract/session/facts.ts';
import { createJournalFile } from './contract/session/journal-file.ts';
import { type Command, HELP, readCommand, UsageError } from './contract/options.ts';
import { checkAll, renderContract, renderMarkdown, renderTable } from './contract/report.ts';
import { cleanContract, type Destruction, type Outcome, runContract } from './contract/run.ts';
import { askName } from './contract/terminal.ts';

const USER_AGENT = 'vps-snapshot-contract/1';
const JOURNAL = 'journal.json';
/** The client's patience with a change after a cancel must not hold a run that is at its end. */
const EXIT_DELAY_MS = 250;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The first signal ends the run and cleans up; the second one ends that as well. */
function watchSignals(): AbortSignal {
  const cancelled = new AbortController();
  const onSignal = (): void => {
    if (cancelled.signal.aborted) {
      print('Ended before everything was cleaned up: run it again with --clean.');
      process.exit(1);
    }
    print('Ending: what was made is deleted first. Once more ends it at once, and leaves that to --clean.');
    cancelled.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  // A reader that went away must not end a run between a request and what has to follow it.
  const ignore = (): void => {};
  process.stdout.on('error', ignore);
  process.stderr.on('error', ignore);
  return cancelled.signal;
}

async function run(command: Command): Promise<boolean> {
  const { out } = command;
  mkdirSync(out, { recursive: true });
  const world: World = {
    clock,
    transport: createHttpTransport(USER_AGENT),
    random: Math.random,
    newKey: randomUUID,
    cancelled: watchSignals(),
    print,
  };
  const journal = createJournalFile(path.join(out, JOURNAL));
  if (command.clean) {
    const left = await cleanContract(world, command, journal);
    print(left === null ? 'There is nothing to clean up.' : 'Cleaned up.');
    return reportLeft(left ?? []);
  }
  const destruction: Destruction | null = command.destructive
    ? {
        confirm: (name) => askName(name, command.confirmedName, print),
        journal,
        content: createCommands(command),
      }
    : null;
  const outcome = await runContract(world, command, destruction);
  writeReport(command, outcome);
  if (world.cancelled.aborted) print('The run was ended: what came after is not shown.');
  else if (outcome.failure !== '') print(`The run ended early: ${outcome.failure}`);
  return reportLeft(outcome.left) && outcome.failure === '';
}

function writeReport(
  { out, token, limitedToken, destructive }: Command,
  { recording, failure }: Outcome,
): void {
  const report = checkAll(recording, [token, limitedToken ?? '']);
  const date = new Date().toISOString().slice(0, 10);
  const mode =
    (destructive ? 'with a server to lose' : 'read only') + (failure === '' ? '' : ', ended early');
  for (const line of renderTable(report)) print(line);
  const heading = { date, mode, requests: recording.exchanges.length };
  writeFileSync(path.join(out, 'report.md'), renderMarkdown(report, heading));
  writeFileSync(path.join(out, 'contract.json'), renderContract(report, date));
  print(
    `Written: ${path.join(out, 'report.md')} to send, ${path.join(out, 'contract.json')} for the simulator.`,
  );
}

function reportLeft(left: readonly string[]): boolean {
  for (const each of left) print(`Left: ${each}`);
  if (left.length > 0) print('Run it again with --clean, or see to it in the panel of VPS.org.');
  return left.length === 0;
}

try {
  const command = readCommand(process.argv.slice(2), process.env);
  if (command === null) print(HELP);
  else process.exitCode = (await run(command)) ? 0 : 1;
} catch (error) {
  if (error instanceof CancelledError) {
    print('Ended before everything was cleaned up: run it again with --clean.');
    process.exitCode = 1;
  } else if (error instanceof UsageError || error instanceof UnfitError) {
    process.stderr.write(`contract: ${error.message}\n${error instanceof UsageError ? 'Try --help.\n' : ''}`);
    process.exitCode = 2;
  } else if (error instanceof VpsError) {
    // Before anything was made: what fails later is in the report.
    print(
      error.kind === 'cancelled'
        ? 'The run was ended before it had begun.'
        : `Nothing was asked: ${error.message}`,
    );
    process.exitCode = 1;
  } else {
    throw error;
  }
} finally {
  setTimeout(() => process.exit(), EXIT_DELAY_MS).unref();
}
