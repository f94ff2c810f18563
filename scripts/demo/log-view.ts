import { type Annotation, annotationsOf, parseCommands } from '../runner/runner-files.ts';

export interface ShownLine {
  readonly kind: 'plain' | 'group' | Annotation['kind'];
  /** Inside a group: shown indented. */
  readonly folded: boolean;
  readonly text: string;
}

/** Turns what a step writes into what a workflow runner shows of it. */
export class LogView {
  readonly #masks: string[] = [];
  #folded = false;

  /** What the runner shows of one line; nothing for commands that only it reads. */
  show(line: string): ShownLine[] {
    const commands = parseCommands(line);
    const [{ name, text } = { name: '', text: '' }] = commands;
    switch (name) {
      case 'add-mask':
        if (text !== '') this.#masks.push(text);
        return [];
      case 'debug':
        return [];
      case 'group':
        this.#folded = true;
        return [{ kind: 'group', folded: false, text: this.#masked(text) }];
      case 'endgroup':
        this.#folded = false;
        return [];
    }
    const [annotation] = annotationsOf(commands);
    if (annotation === undefined) return [{ kind: 'plain', folded: this.#folded, text: this.#masked(line) }];
    const { kind, title } = annotation;
    const label = `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}: ${title === '' ? '' : `${title}: `}`;
    return [{ kind, folded: this.#folded, text: this.#masked(label + text) }];
  }

  #masked(text: string): string {
    return this.#masks.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  }
}
