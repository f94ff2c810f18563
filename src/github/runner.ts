import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import * as core from '@actions/core';
import { messageOf } from './log.ts';
import { escapeMarkdown } from './markdown.ts';

export type AnnotationKind = 'notice' | 'warning' | 'error';

/** The runner's side of a step: everything that leaves the process other than requests goes through here. */
export interface Runner {
  /** One line of the log. */
  write(line: string): void;
  /** A line that is shown only when the user turned debug logging on. */
  debug(line: string): void;
  annotate(kind: AnnotationKind, title: string, text: string): void;
  startGroup(title: string): void;
  endGroup(): void;
  setOutput(name: string, value: string): void;
  saveState(name: string, value: string): void;
  /**
   * Throws a {@link RunnerFileError} where state or outputs cannot be written, as the two do themselves until then; from
   * here on that is a warning, because something may have been changed that has to be followed to its end.
   */
  checkFiles(): void;
  /** Puts this text in place of what this process wrote to the job summary before. */
  writeSummary(markdown: string): Promise<void>;
  setExitCode(code: 0 | 1): void;
  /** Blanks a secret out of everything that leaves from now on. */
  hide(secret: string): void;
}

/** A file that the runner reads cannot be written by this user, or the disk is full. */
export class RunnerFileError extends Error {
  override readonly name = 'RunnerFileError';

  constructor(variable: string, cause: unknown) {
    super(`The runner's file ${variable} cannot be written`, { cause });
  }
}

/** Anything shorter would blank half of the log out. */
const SHORTEST_SECRET = 4;

/**
 * The real runner. Secrets are blanked out here although the runner masks its log: it masks no summary, output
 * or state file, and an API may repeat a token in an error. `needsFiles`: see `checkFiles`.
 */
export function createRunner({ needsFiles }: { readonly needsFiles: boolean }): Runner {
  const hidden = new Set<string>();
  const blank = (text: string): string =>
    [...hidden].reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
  /** Outputs are set again whenever more is known; only what changed is worth a line in the runner's file. */
  const outputs = new Map<string, string>();
  const reported = new Set<string>();
  let isStrict = needsFiles;
  let before: string | undefined;

  /** Whether it was written. */
  function writeFileOf(variable: string, write: () => void): boolean {
    try {
      write();
      return true;
    } catch (cause) {
      const error = new RunnerFileError(variable, cause);
      if (isStrict) throw error;
      warnOnce(variable, `${error.message} (${messageOf(cause)}); the step goes on without it.`);
      return false;
    }
  }

  function warnOnce(variable: string, text: string): void {
    if (reported.has(variable)) return;
    reported.add(variable);
    core.warning(neutralize(blank(text)), { title: 'Runner file not written' });
  }

  return {
    write: (line) => core.info(neutralize(blank(line))),
    debug: (line) => core.debug(neutralize(blank(line))),
    annotate: (kind, title, text) =>
      core[kind](cut(neutralize(blank(text))), { title: neutralize(blank(title)) }),
    startGroup: (title) => core.startGroup(neutralize(blank(title))),
    endGroup: () => core.endGroup(),
    setOutput(name, value) {
      const shown = blank(value);
      if (outputs.get(name) === shown) return;
      if (writeFileOf('GITHUB_OUTPUT', () => core.setOutput(name, shown))) outputs.set(name, shown);
    },
    saveState(name, value) {
      writeFileOf('GITHUB_STATE', () => core.saveState(name, blank(value)));
    },
    checkFiles() {
      for (const variable of ['GITHUB_STATE', 'GITHUB_OUTPUT']) {
        const file = process.env[variable] ?? '';
        if (file !== '') writeFileOf(variable, () => tryToWrite(file));
      }
      isStrict = false;
    },
    async writeSummary(markdown) {
      const file = process.env['GITHUB_STEP_SUMMARY'];
      if (file === undefined || file === '') return;
      try {
        before ??= await readWritten(file);
        core.summary.emptyBuffer().addRaw(before + blank(markdown), true);
        await core.summary.write({ overwrite: true });
      } catch (error) {
        // A summary is a courtesy; a full disk must not turn a good deploy red.
        warnOnce('GITHUB_STEP_SUMMARY', `The job summary could not be written: ${messageOf(error)}`);
      }
    },
    setExitCode(code) {
      process.exitCode = code;
    },
    hide(secret) {
      if (secret.length < SHORTEST_SECRET) return;
      hidden.add(secret);
      hidden.add(escapeMarkdown(secret));
    },
  };
}

/** Appends a byte, which a full disk refuses, and takes it away again. */
function tryToWrite(file: string): void {
  const descriptor = openSync(file, 'a');
  try {
    const before = fstatSync(descriptor);
    writeSync(descriptor, '\n');
    if (before.isFile()) ftruncateSync(descriptor, before.size);
  } finally {
    closeSync(descriptor);
  }
}

/** What others wrote to a file; a pipe or a device is not asked, since it may give text for ever and hold the step up. */
async function readWritten(file: string): Promise<string> {
  return (await stat(file)).isFile() ? await readFile(file, 'utf8') : '';
}

/** Longest annotation that the runner keeps. */
const ANNOTATION_LIMIT = 4000;

function cut(text: string): string {
  return text.length <= ANNOTATION_LIMIT ? text : `${text.slice(0, ANNOTATION_LIMIT - 1)}…`;
}

/**
 * Takes the power out of workflow commands. The runner reads `::name` at the beginning of a line, the old form
 * `##[name` anywhere in it, and takes a lone carriage return for a line's end. Other control characters could
 * rewrite what a terminal shows.
 */
export function neutralize(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(INVISIBLE, ' ')
    .replace(/##\[/g, '# #[')
    .replace(/^(\s*):(?=:)/gm, '$1: ');
}

/** Control characters but tab and line feed, line separators, and what changes the direction of text. */
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
