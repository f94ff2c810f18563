import { FAILED, POWER } from '../harness/samples.ts';
import type { Scenario } from '../harness/scenario.ts';

export const SERVER: Readonly<Record<string, Scenario>> = {
  'server stopped and started': { main: { stopServer: true }, post: {} },
  'stop timed out': {
    main: { stopServer: true },
    switches: { power_seconds: [3600, 3600] },
    post: FAILED,
  },
  'stop refused': { main: { stopServer: true }, faults: { ...POWER, kind: 'status', status: 403 } },
  'start refused, then started by post': {
    main: { stopServer: true },
    // As often as main asks in its 15 minutes.
    faults: { ...POWER, nth: 2, times: 59, kind: 'status', status: 403 },
    post: FAILED,
  },
  'server left stopped': {
    main: { stopServer: true },
    faults: { ...POWER, nth: 2, times: 999, kind: 'status', status: 400 },
    post: FAILED,
  },
  'killed while the server is stopped': {
    main: { stopServer: true },
    signal: ['SIGKILL', 60_000],
    post: FAILED,
  },
};
