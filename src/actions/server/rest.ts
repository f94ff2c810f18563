import { hasStood, stand, type Standing } from '../../snapshots/polling/schedule.ts';
import { type Server } from '../../vps/model.ts';
import { type RefusalPatience } from '../../vps/client/retry.ts';
import { type Deps } from '../common/deps.ts';
import { type Heartbeat } from '../common/heartbeat.ts';
import { poll, type Polled } from '../common/poll.ts';
import { followServer, type ServerReader } from './reader.ts';

/** A server in one of these does nothing by itself. */
const AT_REST: ReadonlySet<string> = new Set(['active', 'stopped', 'suspended', 'error', 'failed']);

export function isAtRest({ status }: Pick<Server, 'status'>): boolean {
  return AT_REST.has(status);
}

export interface RestOptions {
  readonly serverIds: readonly string[];
  readonly label: string;
  /** A word that ends the wait as well. */
  readonly orStatus?: string;
  /** Nothing that was read before this (monotonic) counts. */
  readonly newerThan: number;
  readonly patience: RefusalPatience;
  readonly heartbeat: Heartbeat;
  /** What an unknown word that stands means: a state of rest (the usual), or something to wait for. */
  readonly unknownWords?: 'rest' | 'wait';
}

export interface Rest {
  readonly server: Server;
  readonly readAt: number;
  /** False where a word that nobody knows stood so long that it may mean anything. */
  readonly isKnown: boolean;
}

/**
 * Waits until the server rests: a deploy may have rebooted it. One unknown word that stands for two minutes ends the
 * wait, too. Throws what the reads throw.
 */
export async function waitForRest(
  reader: ServerReader,
  deps: Deps,
  options: RestOptions,
): Promise<Polled<Rest>> {
  const { label, heartbeat } = options;
  const follow = followServer(reader, options.serverIds, options.newerThan);
  let word: string | null = null;
  let standing: Standing | null = null;
  const result = await poll<Rest, Rest>(deps, {
    read: async (limits) => {
      const { value, readAt } = await follow(limits);
      return { server: value, readAt, isKnown: true };
    },
    patience: options.patience,
    pause: () => deps.schedule.fastPoll,
    beat: () => heartbeat.beat(),
    decide: (rest, now) => {
      const { status } = rest.server;
      if (isAtRest(rest.server) || status === options.orStatus) return rest;
      if (word === null)
        deps.log.event(label, `the server is '${status || 'without a status'}'; waiting until it rests`);
      standing = stand(status === word ? standing : null, now);
      word = status;
      heartbeat.set(label, `'${status}'`);
      // A restore ends by itself, however long it takes.
      if (options.unknownWords === 'wait' || status === 'restoring') return null;
      return hasStood(standing, deps.schedule.span('unknownWord')) ? { ...rest, isKnown: false } : null;
    },
  });
  heartbeat.remove(label);
  return result;
}
