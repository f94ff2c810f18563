import { BASE_PATH } from '../../simulator/api/path.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** The simulator ends by itself if whoever started it cannot end it: long after each run of a workflow would be stopped. */
const LIFETIME_SECONDS = 1_800;

type Fields = Readonly<Record<string, unknown>>;

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

  /** Each item of a list becomes an option of the command line, a mapping its JSON. */
  static async start(options: Fields): Promise<Simulator> {
    const cli = path.resolve(import.meta.dirname, '../../simulator/cli.ts');
    const args = Object.entries({ port: 0, ttl: LIFETIME_SECONDS, ...options }).flatMap(([name, value]) =>
      (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map(
        (item) => `--${name}=${formatItem(item)}`,
      ),
    );
    const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
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

function formatItem(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  const { made_by: maker, ...fields } = item as Fields;
  if (typeof maker !== 'string') return JSON.stringify(fields);
  return JSON.stringify({ ...fields, description: descriptionBy(maker, Number(fields['id'])) });
}

/**
 * The description that a run of `OWNER/NAME ID` left on its snapshot, with further words of the marker. It is written out here, not taken from the
 * source: snapshots that earlier versions made must stay known.
 */
function descriptionBy(maker: string, id: number): string {
  const [repository, repositoryId, ...flags] = maker.split(' ');
  const key = `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
  return (
    `[vps-snapshot key=${key} repo-id=${repositoryId} repo=${repository} ` +
    `run=8000000${id}/1 job=deploy step=snapshot ${[...flags, 'sha=0123456789ab'].join(' ')}]`
  );
}
