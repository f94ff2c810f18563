import { readFile } from 'node:fs/promises';
import * as core from '@actions/core';
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
  /** Puts this text in place of what this process wrote to the job summary before. */
  writeSummary(markdown: string): Promise<void>;
  setExitCode(code: 0 | 1): void;
  /** Blanks a secret out of everything that leaves from now on. */
  hide(secret: string): void;
}

/** Anything shorter would blank half of the log out. */
const SHORTEST_SECRET = 4;

/**
 * The real runner. Secrets are blanked out here although the runner masks its log: it masks no summary, output
 * or state file, and an API may repeat a token in an error.
 */
export function createRunner(): Runner {
  const hidden = new Set<string>();
  const blank = (text: string): string =>
    [...hidden].reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
  /** Outputs are told again whenever more is known; only what changed is worth a line in the runner's file. */
  const outputs = new Map<string, string>();
  let before: string | undefined;
  return {
    write: (line) => core.info(neutralize(blank(line))),
    debug: (line) => core.debug(neutralize(blank(line))),
    annotate: (kind, title, text) =>
      core[kind](cut(neutralize(blank(text))), { title: neutralize(blank(title)) }),
    startGroup: (title) => core.startGroup(neutralize(blank(title))),
    endGroup: () => core.endGroup(),
    setOutput(name, value) {
      const shown = blank(value);
      if (outputs.get(name) !== shown) core.setOutput(name, shown);
      outputs.set(name, shown);
    },
    saveState: (name, value) => core.saveState(name, blank(value)),
    async writeSummary(markdown) {
      const file = process.env['GITHUB_STEP_SUMMARY'];
      if (file === undefined || file === '') return;
      try {
        before ??= await readFile(file, 'utf8');
        core.summary.emptyBuffer().addRaw(before + blank(markdown), true);
        await core.summary.write({ overwrite: true });
      } catch (error) {
        // A summary is a courtesy; a full disk must not turn a good deploy red.
        core.warning(
          `The job summary could not be written: ${error instanceof Error ? error.message : String(error)}`,
        );
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

/** Longest annotation that the runner keeps (runner facts). */
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
