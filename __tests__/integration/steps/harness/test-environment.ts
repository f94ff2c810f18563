import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SimulatedApi } from '../../../../simulator/api/simulated-api.ts';
import { ScaledClock } from '../../../../simulator/clock/scaled-clock.ts';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { parseFaults } from '../../../../simulator/faults/fault.ts';
import { FaultScript } from '../../../../simulator/faults/fault-script.ts';
import { type RequestRecord } from '../../../../simulator/transports/request-log.ts';
import {
  hookApi,
  START,
  SWITCHES,
  type TestEnvironment as BundleEnvironment,
  type TestEnvironmentOptions,
} from '../../../dist/harness/test-environment.ts';

export type { ServerPhase, ServerSeed, SnapshotSeed } from '../../../dist/harness/test-environment.ts';
export type { TestEnvironmentOptions };

/** The same as for bundles, with the steps in this process and in virtual time. */
export interface TestEnvironment extends BundleEnvironment {
  readonly clock: VirtualClock;
  readonly faults: FaultScript;
  readonly requests: RequestRecord[];
}

/** On this machine, so that spans and pauses shrink with `poll_interval`; nothing listens there. */
const URL = 'http://127.0.0.1:1/api/v1';

export async function openTestEnvironment({
  secondsPerAnswer = 60,
  switches,
  faults: given = [],
  startAt = START,
  ...options
}: TestEnvironmentOptions = {}): Promise<TestEnvironment> {
  const temp = await mkdtemp(path.join(tmpdir(), 'vps-snapshot-'));
  // Only answers move it: what a snapshot needs does not depend on the pauses between polls.
  const apiClock = new ScaledClock(startAt, 0);
  const api = new SimulatedApi({ ...options, clock: apiClock, switches: { ...SWITCHES, ...switches } });
  const advance = (seconds: number): void => {
    apiClock.jump(seconds);
    api.advance();
  };
  const faults = new FaultScript(given, options.seed);
  return {
    url: URL,
    api,
    clock: new VirtualClock({ startAt }),
    faults,
    requests: [],
    temp,
    actualState: () => api.state(),
    advance,
    addFaults: (added) => faults.add(parseFaults(added)),
    clearFaults: () => faults.clear(),
    ...hookApi(api, () => advance(secondsPerAnswer)),
    [Symbol.asyncDispose]: () => rm(temp, { recursive: true, force: true }),
  };
}
