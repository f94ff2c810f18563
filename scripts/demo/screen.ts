import { styleText } from 'node:util';
import { type ShownLine } from './log-view.ts';
import { showMarkdown } from './markdown-view.ts';

type Style = Parameters<typeof styleText>[0];

const WIDEST = 120;
const LOG_COLOURS: Readonly<Record<ShownLine['kind'], Style>> = {
  plain: 'reset',
  group: 'bold',
  error: 'red',
  warning: 'yellow',
  notice: 'blue',
};

/** Where the demo is shown: headings, explanations, logs, summaries and checks, each in its own style. */
export class Screen {
  readonly #write: (text: string) => void;
  readonly #width: number;

  constructor(write: (text: string) => void, columns = WIDEST) {
    this.#write = write;
    this.#width = Math.max(60, Math.min(columns, WIDEST));
  }

  heading(text: string): void {
    this.#line(`\n${paint('bold', text)}\n${paint('bold', '═'.repeat(Math.min(text.length, this.#width)))}`);
  }

  print(text: string): void {
    this.#line('');
    for (const line of wrap(text, this.#width)) this.#line(line);
  }

  workflow(yaml: string): void {
    this.#line('');
    for (const line of yaml.trimEnd().split('\n')) this.#line(paint('cyan', `    ${line}`));
  }

  stepStart(name: string): void {
    this.#line(`\n  ${paint('bold', `▶ ${name}`)}`);
  }

  /** One line of a step's log; `clock` is the time on the demo's fast clock. */
  log({ kind, folded, text }: ShownLine, clock: string): void {
    const gutter = `  │ ${clock}  ${folded ? '    ' : ''}`;
    const prefix = kind === 'group' ? '▾ ' : '';
    const lines = text.split('\n').flatMap((line) => wrap(prefix + line, this.#width - gutter.length));
    for (const [index, line] of lines.entries()) {
      const margin = index === 0 ? gutter : `  │ ${' '.repeat(gutter.length - 4)}`;
      this.#line(`${paint('dim', margin)}${paint(LOG_COLOURS[kind], line)}`);
    }
  }

  stepEnd(outcome: 'success' | 'failure' | 'cancelled'): void {
    const sign =
      outcome === 'success' ? paint('green', '✔') : outcome === 'failure' ? paint('red', '✘') : '⊘';
    this.#line(`  ${sign} ${outcome}`);
  }

  summary(markdown: string): void {
    const width = this.#width - 6;
    this.#line(`  ${paint('dim', `┌─ job summary ${'─'.repeat(width - 12)}`)}`);
    for (const line of showMarkdown(markdown, wrap, width))
      this.#line(`  ${paint('dim', '│')} ${line}`.trimEnd());
    this.#line(`  ${paint('dim', `└${'─'.repeat(width + 2)}`)}`);
  }

  jobEnd(status: string): void {
    const colour = status === 'success' ? 'green' : status === 'failure' ? 'red' : 'yellow';
    this.#line(`\n  Job status: ${paint(['bold', colour], status)}`);
  }

  facts(title: string, facts: readonly string[]): void {
    this.#line(`\n  ${title}`);
    for (const fact of facts) this.#line(paint('dim', `    ${fact}`));
  }

  check(fact: string, holds: boolean): void {
    const lines = wrap(fact, this.#width - 6);
    for (const [index, line] of lines.entries()) {
      const sign = index > 0 ? ' ' : holds ? paint('green', '✔') : paint(['red', 'bold'], '✘ NOT SO:');
      this.#line(`    ${sign} ${line}`);
    }
  }

  #line(text: string): void {
    this.#write(`${text}\n`);
  }
}

function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** Breaks a line between words; what is indented stays so. */
function wrap(text: string, width: number): string[] {
  const indent = /^\s*/.exec(text)?.[0] ?? '';
  const lines: string[] = [];
  let line = indent;
  for (const word of text.trim().split(/\s+/)) {
    const longer = line.trim() === '' ? line + word : `${line} ${word}`;
    if (longer.length > width && line.trim() !== '') {
      lines.push(line);
      line = indent + word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
