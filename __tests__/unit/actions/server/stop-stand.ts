import { stopServer } from '../../../../src/actions/server/stop.ts';
import type { Api } from '../../../../src/vps/api.ts';
import { createTestDeps, outcomeOf, SECOND, type TestDeps } from '../test-deps.ts';
import { createPowerServer, type PowerServer, type PowerServerScript } from './power-server.ts';

export interface Stopped {
  /** The second at which the server was known to be stopped, or what was thrown. */
  readonly end: unknown;
  readonly at: number;
  readonly requests: readonly string[];
  /** What was saved, each with its second. */
  readonly saved: readonly string[];
  readonly lines: readonly string[];
  /** The words that were read first. */
  readonly read: readonly string[];
}

export async function stop(
  script: PowerServerScript,
  options: { readonly cancelAt?: number; readonly api?: Partial<Api>; readonly until?: number } = {},
): Promise<Stopped> {
  const { cancelAt, api, until } = options;
  const server: PowerServer = createPowerServer(() => stand.clock, script);
  const stand: TestDeps = createTestDeps({
    api: { ...server.api, ...api },
    cancelAt,
    ...(until !== undefined && { until }),
  });
  const startedAt = stand.clock.wall();
  const saved: string[] = [];
  const read: string[] = [];
  const { error, at } = await outcomeOf(
    stand.clock,
    stopServer({ id: '12345', label: 'web' }, stand.deps, {
      read: ({ status }) => void read.push(status),
      save: ({ found, stop: request, stopAcceptedAt, started }) => {
        const taken = stopAcceptedAt === null ? '' : ` ${(stopAcceptedAt - startedAt) / SECOND}`;
        saved.push(`${stand.clock.now() / SECOND} ${found}: ${request}${taken}${started ? ' started' : ''}`);
      },
    }),
  );
  const { requests } = server;
  return { end: error ?? 'stopped', at: at / SECOND, requests, saved, lines: stand.lines, read };
}
