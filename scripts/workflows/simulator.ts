import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const BASE_PATH = '/api/v1';
/** The simulator ends by itself if whoever started it cannot end it. */
const LIFETIME_SECONDS = 300;

interface Snapshot {
  readonly deletedAt: number | null;
}

/** A simulator in a process of its own. */
export class Simulator {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  static async start(args: readonly string[]): Promise<Simulator> {
    const cli = path.resolve(import.meta.dirname, '../../simulator/cli.ts');
    const child = spawn(process.execPath, [cli, '--port', '0', '--ttl', String(LIFETIME_SECONDS), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const exited = once(child, 'exit').then(([code]) => {
      throw new Error(`the simulator ended with ${code} before it listened`);
    });
    const [line] = (await Promise.race([once(lines, 'line'), exited])) as [string];
    exited.catch(() => undefined);
    const url = /https?:\S+$/.exec(line)?.[0];
    if (url === undefined) throw new Error(`the simulator said "${line}"`);
    return new Simulator(url, child);
  }

  /** `METHOD path`, relative to the API's base. */
  async requests(): Promise<string[]> {
    const records = (await this.#ask('requests')) as { readonly method: string; readonly path: string }[];
    return records.map(({ method, path: target }) => `${method} ${target.replace(BASE_PATH, '')}`);
  }

  async state(): Promise<unknown> {
    const state = (await this.#ask('state')) as { readonly snapshots: readonly Snapshot[] };
    return { ...state, snapshots: state.snapshots.filter(({ deletedAt }) => deletedAt === null) };
  }

  stop(): void {
    this.#process.kill();
  }

  async #ask(what: string): Promise<unknown> {
    return (await fetch(new URL(`/_sim/${what}`, this.url))).json();
  }
}
