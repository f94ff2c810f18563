import { formatElapsed } from '../../github/format.ts';
import { messageOf } from '../../github/log.ts';
import { type Deps } from '../common/deps.ts';
import { createHeartbeat, type Heartbeat } from '../common/heartbeat.ts';
import { poll } from '../common/poll.ts';

const TRY_MS = 10_000;
const MAX_REDIRECTS = 5;

export type HealthDeps = Pick<Deps, 'clock' | 'cancelled' | 'until' | 'health' | 'log' | 'schedule'>;

/** Whether the application answered; `reason` is a sentence that names the first address that did not. */
export type HealthResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** What one address said: its status, why there is none, or that it leads to where nobody follows. */
type HealthAnswer =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'silent'; readonly reason: string }
  | { readonly kind: 'redirect'; readonly reason: string };

/**
 * Asks every address until it answers 2xx or the budget is over. Nothing of ours goes along: no token, no header.
 */
export async function checkHealth(urls: readonly string[], deps: HealthDeps): Promise<HealthResult> {
  const heartbeat = createHeartbeat('checking health', deps);
  const results = await Promise.all(urls.map((url) => checkUrl(url, deps, heartbeat)));
  return results.find((result) => !result.ok) ?? { ok: true };
}

/** Asks each address once; gives what it said where that was not 2xx. */
export async function probeHealth(urls: readonly string[], deps: HealthDeps): Promise<string[]> {
  const answers = await Promise.all(urls.map((url) => ask(url, deps, deps.clock.now() + TRY_MS)));
  return answers.flatMap((answer, index) =>
    isHealthy(answer) ? [] : [`${withoutQuery(urls[index] ?? '')} ${describe(answer)}`],
  );
}

async function checkUrl(url: string, deps: HealthDeps, heartbeat: Heartbeat): Promise<HealthResult> {
  const shown = withoutQuery(url);
  const startedAt = deps.clock.now();
  let last: HealthAnswer = { kind: 'silent', reason: 'no time left' };
  const result = await poll<HealthAnswer, HealthResult>(deps, {
    read: async ({ until }) => await ask(url, deps, until),
    pause: () => deps.schedule.health,
    beat: () => heartbeat.beat(),
    decide: (answer) => {
      // The last try may end with the time; what the address said before tells more.
      if (answer.kind !== 'silent' || last.kind === 'silent') last = answer;
      heartbeat.set(shown, describe(answer));
      deps.log.debug(`health check: ${shown} ${describe(answer)}`);
      if (isHealthy(answer)) {
        deps.log.event('', `health check passed: ${shown} ${describe(answer)}`);
        return { ok: true };
      }
      return answer.kind === 'redirect'
        ? { ok: false, reason: `health check failed: ${shown} ${describe(answer)}` }
        : null;
    },
  });
  heartbeat.remove(shown);
  if (result.kind === 'done') return result.value;
  const elapsed = formatElapsed(deps.clock.now() - startedAt);
  return { ok: false, reason: `health check failed: ${shown} ${describe(last)} (asked for ${elapsed})` };
}

function isHealthy(answer: HealthAnswer): boolean {
  return answer.kind === 'status' && answer.status >= 200 && answer.status < 300;
}

function describe(answer: HealthAnswer): string {
  switch (answer.kind) {
    case 'status':
      return `answered ${answer.status}`;
    case 'silent':
      return `did not answer (${answer.reason})`;
    case 'redirect':
      return answer.reason;
  }
}

/** One try with its redirects: the final status, or why there is none. */
async function ask(first: string, deps: HealthDeps, until: number): Promise<HealthAnswer> {
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const remaining = until - deps.clock.now();
    if (remaining <= 0) return { kind: 'silent', reason: 'no time left' };
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
      if (status < 300 || status >= 400 || location === undefined) return { kind: 'status', status };
      const next = URL.parse(location, url);
      if (next === null || !isAllowed(new URL(url), next)) {
        const where = next === null ? 'an unreadable address' : withoutQuery(next.href);
        return {
          kind: 'redirect',
          reason: `redirects to ${where}, which is another host or no https any more and is not followed: give the final address`,
        };
      }
      url = next.href;
    } catch (error) {
      return { kind: 'silent', reason: messageOf(error) };
    }
  }
  return { kind: 'silent', reason: `more than ${MAX_REDIRECTS} redirects` };
}

function isAllowed(from: URL, to: URL): boolean {
  const isDowngrade = from.protocol === 'https:' && to.protocol !== 'https:';
  return (
    to.hostname === from.hostname &&
    /^https?:$/.test(to.protocol) &&
    !isDowngrade &&
    to.username === '' &&
    to.password === ''
  );
}

/** An address for people: without its query, which may hold a secret. */
export function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
