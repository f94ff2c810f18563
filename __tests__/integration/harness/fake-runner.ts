import type { AnnotationKind, Runner } from '../../../src/github/runner.ts';
import { neutralize } from '../../../src/github/runner.ts';

export interface Line {
  /** Virtual milliseconds. */
  readonly at: number;
  readonly text: string;
}

export interface Annotation extends Line {
  readonly kind: AnnotationKind;
  readonly title: string;
}

/** The longest annotation that the real runner's side sends. */
const ANNOTATION_LIMIT = 4000;
const SHORTEST_SECRET = 4;

/** Keeps all that a step gives away, blanked and made harmless as the real runner's side does it. */
export class FakeRunner implements Runner {
  readonly lines: Line[] = [];
  readonly debugLines: string[] = [];
  readonly annotations: Annotation[] = [];
  /** Lines, annotations and debug lines in their order, in the form that the real runner's side gives them. */
  readonly printed: string[] = [];
  readonly outputs = new Map<string, string>();
  /** Shared by main and post of a step, as the runner's files are. */
  readonly state: Map<string, string>;
  /** Every text that was this process's summary, the last one last. */
  readonly summaries: string[] = [];
  /** 1 from the start: whatever ends a process early ends it red. */
  exitCode: 0 | 1 = 1;
  readonly #now: () => number;
  #isClosed = false;
  readonly #hidden = new Set<string>();

  constructor(now: () => number, state = new Map<string, string>()) {
    this.#now = now;
    this.state = state;
  }

  /** The process was killed: whatever it still says never left it. */
  close(): void {
    this.#isClosed = true;
  }

  write(line: string): void {
    if (this.#isClosed) return;
    this.lines.push({ at: this.#now(), text: this.#clean(line) });
    this.printed.push(this.#clean(line));
  }

  debug(line: string): void {
    if (this.#isClosed) return;
    this.debugLines.push(this.#clean(line));
    this.printed.push(`::debug::${escapeData(this.#clean(line))}`);
  }

  annotate(kind: AnnotationKind, title: string, text: string): void {
    const clean = this.#clean(text).slice(0, ANNOTATION_LIMIT);
    if (this.#isClosed) return;
    this.annotations.push({ at: this.#now(), kind, title: this.#clean(title), text: clean });
    this.printed.push(`::${kind} title=${escapeProperty(this.#clean(title))}::${escapeData(clean)}`);
  }

  startGroup(title: string): void {
    this.write(title);
  }

  endGroup(): void {}

  setOutput(name: string, value: string): void {
    if (!this.#isClosed) this.outputs.set(name, this.#blank(value));
  }

  saveState(name: string, value: string): void {
    if (!this.#isClosed) this.state.set(name, this.#blank(value));
  }

  checkFiles(): void {}

  writeSummary(markdown: string): Promise<void> {
    if (!this.#isClosed) this.summaries.push(this.#blank(markdown));
    return Promise.resolve();
  }

  setExitCode(code: 0 | 1): void {
    this.exitCode = code;
  }

  hide(secret: string): void {
    if (secret.length >= SHORTEST_SECRET) this.#hidden.add(secret);
  }

  get summary(): string {
    return this.summaries.at(-1) ?? '';
  }

  /** Everything that a person can read: log, annotations, outputs and the last summary. */
  visible(): string {
    return [
      ...this.lines.map(({ text }) => text),
      ...this.annotations.map(({ title, text }) => `${title}: ${text}`),
      ...this.outputs.values(),
      this.summary,
    ].join('\n');
  }

  /** Annotations as `kind title`, in order. */
  titles(): string[] {
    return this.annotations.map(({ kind, title }) => `${kind} ${title}`);
  }

  #blank(text: string): string {
    let clean = text;
    for (const secret of this.#hidden) clean = clean.replaceAll(secret, '***');
    return clean;
  }

  #clean(text: string): string {
    return neutralize(this.#blank(text));
  }
}

/** As `@actions/core` escapes the text of a workflow command, and the value of one of its properties. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
