import { formatElapsed } from '../../github/inputs/values.ts';
import { type Deps, pause } from '../common/deps.ts';
import { createHeartbeat, type Heartbeat } from '../common/heartbeat.ts';
import { type Schedule } from '../../snapshots/schedule.ts';

const TRY_MS = 10_000;
const MAX_REDIRECTS = 5;

export interface HealthOptions {
  readonly schedule: Pick<Schedule, 'health'>;
  /** Monotonic deadline. */
  readonly until: number;
}

/**
 * Asks every address until it answers 2xx (design §3.5). Gives `null` when all did, else a sentence that names
 * the first that did not in time. Nothing of ours goes along: no token, no header.
 */
export async function checkHealth(
  urls: readonly string[],
  deps: Deps,
  options: HealthOptions,
): Promise<string | null> {
  const heartbeat = createHeartbeat('asking', deps);
  const failures = await Promise.all(urls.map((url) => checkUrl(url, deps, options, heartbeat)));
  return failures.find((failure) => failure !== null) ?? null;
}

async function checkUrl(
  url: string,
  deps: Deps,
  options: HealthOptions,
  heartbeat: Heartbeat,
): Promise<string | null> {
  const shown = withoutQuery(url);
  const startedAt = deps.clock.now();
  let told: number | string | undefined;
  for (;;) {
    const answer = await ask(url, deps, options.until);
    // The last try may end with the time; what the address said before tells more.
    if (typeof answer === 'number' || typeof told !== 'number') told = answer;
    if (typeof answer === 'number' && answer >= 200 && answer < 300) {
      heartbeat.remove(shown);
      deps.log.event('', `health check passed: ${shown} answered ${answer}`);
      return null;
    }
    const now = deps.clock.now();
    if (now + options.schedule.health >= options.until) {
      heartbeat.remove(shown);
      return `health check failed: ${shown} ${describe(told)} (asked for ${formatElapsed(now - startedAt)})`;
    }
    deps.log.debug(`health check: ${shown} ${describe(answer)}`);
    heartbeat.set(shown, describe(answer));
    heartbeat.beat();
    await pause(deps, options.schedule.health);
  }
}

function describe(answer: number | string): string {
  return typeof answer === 'number' ? `answered ${answer}` : `did not answer (${answer})`;
}

/** One try with its redirects: the final status, or why there is none. */
async function ask(first: string, deps: Deps, until: number): Promise<number | string> {
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const remaining = until - deps.clock.now();
    if (remaining <= 0) return 'no time left';
    try {
      const { status, headers } = await deps.health({
        method: 'GET',
        url,
        headers: {},
        timeoutMs: Math.min(TRY_MS, remaining),
        statusOnly: true,
        signal: deps.cancelled,
      });
      const location = headers['location'];
      if (status < 300 || status >= 400 || location === undefined) return status;
      const next = URL.parse(location, url);
      const from = new URL(url);
      if (next === null || !isAllowed(from, next)) return 'redirected to another host or from https to http';
      url = next.href;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  return `more than ${MAX_REDIRECTS} redirects`;
}

function isAllowed(from: URL, to: URL): boolean {
  const downgrade = from.protocol === 'https:' && to.protocol !== 'https:';
  return (
    to.hostname === from.hostname &&
    /^https?:$/.test(to.protocol) &&
    !downgrade &&
    to.username === '' &&
    to.password === ''
  );
}

function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
