import { startServer } from '../../../../src/actions/server/start.ts';
import { createTestDeps, MINUTE, outcomeOf, SECOND, type TestDeps } from '../test-deps.ts';
import { createPowerServer, type PowerServer, type PowerServerScript } from './power-server.ts';

export interface Options {
  /** `stopped` was seen before the start. */
  readonly wasSeen?: boolean;
  readonly isOfRestore?: boolean;
  /** Seconds since the API took the stop. */
  readonly stoppedFor?: number;
  readonly until?: number;
  readonly cancelAt?: number;
}

interface Started {
  /** The second at which the server was known to be up, or what was thrown. */
  readonly end: unknown;
  readonly requests: readonly string[];
  readonly lines: readonly string[];
}

export async function start(script: PowerServerScript, options: Options = {}): Promise<Started> {
  const { wasSeen = true, isOfRestore = false, stoppedFor = 0, until = 15 * MINUTE, cancelAt } = options;
  const server: PowerServer = createPowerServer(() => stand.clock, script);
  const stand: TestDeps = createTestDeps({ api: server.api, until, cancelAt });
  const stop = { wasSeen, isOfRestore, acceptedAt: -stoppedFor * SECOND };
  const { error, at } = await outcomeOf(
    stand.clock,
    startServer({ id: '12345', label: 'web' }, stand.deps, stop),
  );
  return { end: error ?? at / SECOND, requests: server.requests, lines: stand.lines };
}
