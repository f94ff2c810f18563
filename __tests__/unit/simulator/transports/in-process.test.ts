import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../../simulator/faults/fault.ts';
import { FaultScript } from '../../../../simulator/faults/fault-script.ts';
import { ProcessClock } from '../../../../simulator/clock/process-clock.ts';
import { SimulatedApi } from '../../../../simulator/api/simulated-api.ts';
import type { RequestRecord } from '../../../../simulator/transports/request-log.ts';
import { createSimulatedTransport } from '../../../../simulator/transports/in-process.ts';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { TransportError, type HttpRequest } from '../../../../src/vps/transport.ts';
import { AUTHORIZED } from '../api/test-api.ts';
import { CREATE, FAULT_TABLE } from '../faults/fault-table.ts';
import type { Outcome } from './http-client.ts';

const POST: HttpRequest = {
  method: 'POST',
  url: 'https://admin.vps.org/api/v1/snapshots/',
  headers: AUTHORIZED,
  body: CREATE,
  timeoutMs: 30_000,
};
const LIST: HttpRequest = { ...POST, method: 'GET', url: `${POST.url}?server_id=1`, body: '' };

interface Played {
  readonly outcome: Outcome;
  /** How many snapshots there were when the request had ended, and are in the end. */
  readonly createdAtFirst: number;
  readonly created: number;
  readonly record: RequestRecord | undefined;
  readonly tookMs: number;
}

interface Caller {
  readonly timeoutMs?: number;
  readonly statusOnly?: boolean;
  readonly abortAt?: number;
}

/** Sends the request once, over a way that takes 100 ms there and back. */
async function play(faults: unknown, { abortAt, ...options }: Caller = {}): Promise<Played> {
  const clock = new VirtualClock();
  const api = new SimulatedApi({ clock: clock.apiClock });
  const transport = createSimulatedTransport({ api, clock, faults: parseFaults(faults), latencyMs: 100 });
  const controller = new AbortController();
  if (abortAt === 0) controller.abort();
  else if (abortAt !== undefined) clock.at(abortAt, () => controller.abort());
  const outcome = await clock.run(
    transport({ ...POST, ...options, signal: controller.signal }).then(
      (response): Outcome => response,
      (error: unknown): Outcome => ({
        failure: error instanceof TransportError ? error.kind : String(error),
      }),
    ),
  );
  const tookMs = clock.now();
  const createdAtFirst = api.state().snapshots.length;
  await clock.sleep(100_000);
  return {
    outcome,
    createdAtFirst,
    created: api.state().snapshots.length,
    record: transport.requests[0],
    tookMs,
  };
}

test.each(FAULT_TABLE)('$name', async ({ faults, status, body, type, failure, processed }) => {
  const { outcome, created, createdAtFirst, record } = await play(faults);
  expect(outcome.failure).toBe(failure);
  expect(outcome.status).toBe(status);
  expect(outcome.body ?? '').toMatch(body ?? /^$/);
  const shownType = outcome.headers?.['content-type'];
  expect(shownType).toBe(outcome.body ? (type ?? 'application/json') : shownType);
  expect(createdAtFirst).toBe(processed === true ? 1 : 0);
  expect(created).toBe(processed === false ? 0 : 1);
  expect(record?.processed).toBe(processed !== false);
  expect(record?.failure).toBe(failure);
});

test.each([
  ['refused', 50],
  ['unresolved', 50],
  ['connect_timeout', 30_000],
  ['proxy', 50],
  ['proxy_auth', 50],
  ['handshake', 50],
  ['certificate', 50],
])('%s: never reached, known after %i ms', async (kind, tookMs) => {
  const played = await play({ kind });
  expect(played).toMatchObject({ outcome: { failure: kind }, created: 0, tookMs });
  expect(played.record).toMatchObject({ processed: false, failure: kind, fault: kind });
});

test.each([
  ['an answer takes the latency', [], {}, undefined, 1, 100],
  ['a delay comes on top', { kind: 'delay', ms: 400 }, {}, undefined, 1, 500],
  ['a delay beyond the time', { kind: 'delay', ms: 1000 }, { timeoutMs: 500 }, 'timeout', 1, 500],
  ['acted on after the time', { kind: 'late', ms: 1000 }, { timeoutMs: 500 }, 'timeout', 1, 500],
  ['silence lasts as long as the time', { kind: 'silence' }, { timeoutMs: 700 }, 'timeout', 1, 700],
  ['drip within the time', { kind: 'drip', ms_per_byte: 10 }, {}, undefined, 1, expect.any(Number)],
  ['too little time to get there', [], { timeoutMs: 40 }, 'timeout', 0, 40],
  ['too little time to get back', [], { timeoutMs: 60 }, 'timeout', 1, 60],
  ['aborted before', [], { abortAt: 0 }, 'aborted', 0, 0],
  ['aborted on the way there', [], { abortAt: 49 }, 'aborted', 0, 49],
  ['aborted on the way back', [], { abortAt: 51 }, 'aborted', 1, 51],
  ['aborted while connecting', { kind: 'connect_timeout' }, { abortAt: 5000 }, 'aborted', 0, 5000],
  ['aborted in the silence', { kind: 'silence' }, { abortAt: 5000 }, 'aborted', 1, 5000],
  ['status only, body without end', { kind: 'drip' }, { statusOnly: true }, undefined, 1, 100],
  ['status only, body cut', { kind: 'cut_body' }, { statusOnly: true }, undefined, 1, 100],
])('%s', async (_, faults, caller, failure, created, tookMs) => {
  const played = await play(faults, caller);
  expect(played).toMatchObject({ created, tookMs });
  expect(played.outcome.failure).toBe(failure);
});

test('an outage lasts as long as it says, in virtual time', async () => {
  const clock = new VirtualClock();
  const api = new SimulatedApi({ clock: clock.apiClock });
  const faults = parseFaults({ kind: 'status', status: 503, nth: 2, for_ms: 60_000 });
  const transport = createSimulatedTransport({ api, clock, faults });
  const statuses: number[] = [];
  for (let count = 0; count < 6; count += 1) {
    statuses.push((await transport(LIST)).status);
    await clock.sleep(20_000);
  }
  expect(statuses).toEqual([200, 503, 503, 503, 200, 200]);
});

describe('several callers', () => {
  test('share a script and a log, and report each moment', async () => {
    const clock = new VirtualClock();
    const api = new SimulatedApi({ clock: clock.apiClock });
    const requests: RequestRecord[] = [];
    const faults = new FaultScript(parseFaults({ kind: 'status', status: 500, nth: 2 }));
    const options = { api, clock, faults, requests, latencyMs: () => 10 };
    const moments: string[] = [];
    const main = createSimulatedTransport({
      ...options,
      onRequest: ({ n, method, status }, moment) => moments.push(`${n} ${method} ${moment} ${status ?? '-'}`),
    });
    const post = createSimulatedTransport(options);
    expect((await main(LIST)).status).toBe(200);
    expect((await post(LIST)).status).toBe(500);
    expect(moments).toEqual(['1 GET sent -', '1 GET processed -', '1 GET ended 200']);
    expect(requests).toEqual([
      {
        n: 1,
        at: api.now() - 20,
        method: 'GET',
        path: '/api/v1/snapshots/?server_id=1',
        body: '',
        authorized: true,
        processed: true,
        status: 200,
      },
      expect.objectContaining({ n: 2, processed: false, fault: 'status', status: 500 }),
    ]);
  });

  test.each([
    ['sent', 0],
    ['processed', 1],
  ] as const)(
    'one killed when its request is %s leaves %i snapshots and gets no further',
    async (when, created) => {
      const clock = new VirtualClock();
      const api = new SimulatedApi({ clock: clock.apiClock });
      const process = new ProcessClock(clock);
      const transport = createSimulatedTransport({
        api,
        clock: process,
        onRequest: (_, moment) => {
          if (moment === when) process.kill();
        },
      });
      let isOver = false;
      const work = async (): Promise<void> => {
        try {
          await transport(POST);
        } finally {
          isOver = true;
        }
      };
      await clock.run(Promise.race([work(), process.killed]));
      await clock.sleep(100_000);
      expect({ isOver, created: api.state().snapshots.length }).toEqual({ isOver: false, created });
    },
  );

  test('a late API acts though its caller was killed', async () => {
    const clock = new VirtualClock();
    const api = new SimulatedApi({ clock: clock.apiClock });
    const process = new ProcessClock(clock);
    const faults = parseFaults({ kind: 'late', ms: 5000 });
    const transport = createSimulatedTransport({ api, clock: process, apiClock: clock, faults });
    clock.at(1000, () => {
      process.kill();
    });
    await clock.run(Promise.race([transport(POST), process.killed]));
    expect(api.state().snapshots).toEqual([]);
    await clock.sleep(10_000);
    expect(api.state().snapshots).toHaveLength(1);
  });
});
