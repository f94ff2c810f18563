import { type Agent } from 'node:http';

/**
 * A connection that was silent for so long is not used again: longer than any pause between two polls, and much shorter
 * than routers and balancers remember one. One that they have forgotten swallows a request until its time is over.
 */
const LONGEST_IDLE_MS = 30_000;

/** The agent whose connections one read leaves open for the next. */
export class KeptAgent {
  #agent: Agent | null = null;
  #usedAt = 0;

  /** The agent for a read that would have this one by itself. */
  choose(own: Agent): Agent {
    if (!isDirect(own)) return own;
    const isFit =
      this.#agent !== null &&
      protocolOf(this.#agent) === protocolOf(own) &&
      performance.now() - this.#usedAt <= LONGEST_IDLE_MS;
    if (!isFit) this.drop();
    this.note();
    this.#agent ??= own;
    return this.#agent;
  }

  /** An exchange has ended. */
  note(): void {
    this.#usedAt = performance.now();
  }

  /** Closes what is idle, and leaves alone what others are using. */
  drop(): void {
    const idle = Object.values(this.#agent?.freeSockets ?? {}).flatMap((sockets) => sockets ?? []);
    this.#agent = null;
    for (const socket of idle) socket.destroy();
  }
}

/** Not one that opens a proxy's tunnels, which are no pool: each request has its own. */
export function isDirect(agent: Agent): boolean {
  return 'freeSockets' in agent;
}

function protocolOf(agent: Agent): unknown {
  return (agent as { readonly protocol?: unknown }).protocol;
}
