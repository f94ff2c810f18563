/** Turns what a step writes into what a workflow runner shows of it. */

const COMMAND = /^::([a-z-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/;
const ANNOTATIONS: ReadonlyMap<string, string> = new Map([
  ['error', 'Error'],
  ['warning', 'Warning'],
  ['notice', 'Notice'],
]);

export interface ShownLine {
  readonly kind: 'plain' | 'group' | 'Error' | 'Warning' | 'Notice';
  /** Inside a group: shown indented. */
  readonly folded: boolean;
  readonly text: string;
}

export class LogView {
  readonly #masks: string[] = [];
  #folded = false;

  /** What the runner shows of one line; nothing for commands that only it reads. */
  show(line: string): ShownLine[] {
    const [, command = '', properties = '', data = ''] = COMMAND.exec(line) ?? [];
    const text = unescapeData(data);
    const annotation = ANNOTATIONS.get(command);
    if (annotation !== undefined) return this.#annotation(annotation, properties, text);
    switch (command) {
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
      default:
        return [{ kind: 'plain', folded: this.#folded, text: this.#masked(line) }];
    }
  }

  #annotation(name: string, properties: string, text: string): ShownLine[] {
    const title = /(?:^|,)\s*title=([^,]*)/.exec(properties)?.[1];
    const start = title === undefined ? '' : `${unescapeProperty(title)}: `;
    const kind = name as ShownLine['kind'];
    return [{ kind, folded: this.#folded, text: this.#masked(`${name}: ${start}${text}`) }];
  }

  #masked(text: string): string {
    return this.#masks.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  }
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}
