import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { parseFaults } from '../../../../simulator/faults/fault.ts';
import { startServer, type SimulatorServer } from '../../../../simulator/transports/http-server.ts';
import { CREATE, FAULT_TABLE } from '../faults/fault-table.ts';
import { ask, open, type Exchange, type Outcome } from './http-client.ts';

let server: SimulatorServer | undefined;

async function start(faults: unknown): Promise<SimulatorServer> {
  server = await startServer({ timeScale: 0, faults: parseFaults(faults) });
  return server;
}

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Comes back once the API has had `count` requests and has answered another question since. */
async function arrived({ requests, origin }: SimulatorServer, count: number): Promise<void> {
  while (requests.length < count) await ask(`${origin}/_sim/requests`);
  await ask(`${origin}/_sim/requests`);
}

/** Comes back once the API has acted on the first request. */
async function processedLater({ requests, origin }: SimulatorServer): Promise<void> {
  while (requests[0]?.processed === false) await ask(`${origin}/_sim/requests`);
}

/** Lets the caller's time run out: not by a clock, but when the API has plainly nothing more to say. */
async function runOut(started: SimulatorServer, exchange: Exchange, isDripping: boolean): Promise<Outcome> {
  await arrived(started, 1);
  if (isDripping) await exchange.head;
  exchange.giveUp();
  return exchange.outcome;
}

test.each(FAULT_TABLE)('$name', async ({ name, faults, status, body, type, failure, processed }) => {
  const started = await start(faults);
  const exchange = open(`${started.url}/snapshots/`, 'POST', CREATE);
  const isOver = failure === 'timeout';
  const outcome = isOver ? await runOut(started, exchange, name.startsWith('drip')) : await exchange.outcome;
  expect(outcome).toMatchObject({
    ...(status !== undefined && { status }),
    ...(failure !== undefined && { failure }),
  });
  expect(outcome.body ?? '').toMatch(body ?? /^$/);
  const shownType = outcome.headers?.['content-type'];
  expect(shownType).toBe(outcome.body ? (type ?? 'application/json') : shownType);
  if (processed === 'later') await processedLater(started);
  expect(started.api.state().snapshots).toHaveLength(processed === false ? 0 : 1);
  expect(started.requests).toMatchObject([
    { method: 'POST', path: '/api/v1/snapshots/', body: CREATE, processed: processed !== false },
  ]);
});

test('headers of a status and of a redirect arrive', async () => {
  const { url } = await start([
    { kind: 'status', status: 429, headers: { 'Retry-After': 7 }, nth: 1 },
    { kind: 'redirect', location: 'https://a.example/x', nth: 2 },
  ]);
  expect((await ask(`${url}/snapshots/`)).headers).toMatchObject({ 'retry-after': '7' });
  expect((await ask(`${url}/snapshots/`)).headers).toMatchObject({ location: 'https://a.example/x' });
});

test('a cut body has a Content-Length, or none', async () => {
  const { url } = await start([
    { kind: 'cut_body', nth: 1 },
    { kind: 'cut_body', chunked: true, nth: 2 },
  ]);
  const headers = async (): Promise<Headers> => (await fetch(`${url}/snapshots/`)).headers;
  expect((await headers()).get('content-length')).toMatch(/^\d+$/);
  expect((await headers()).get('transfer-encoding')).toBe('chunked');
});

test('a delete, whose answer has no body, can be cut anyway', async () => {
  const started = await start({ kind: 'cut_body' });
  const { id } = started.api.addSnapshot({ name: 'x' });
  expect(await ask(`${started.url}/snapshots/${id}/`, 'DELETE')).toEqual({ failure: 'cut' });
  expect(started.api.state().snapshots[0]?.deletedAt).not.toBeNull();
});

test('a late API acts though the caller has given up', async () => {
  const started = await start({ kind: 'late', ms: 300 });
  const exchange = open(`${started.url}/snapshots/`, 'POST', CREATE);
  // Without a question to the API, which may take longer on a busy machine than the API waits.
  while (started.requests.length === 0) await setImmediate();
  exchange.giveUp();
  expect(await exchange.outcome).toEqual({ failure: 'timeout' });
  await processedLater(started);
  expect(started.api.state().snapshots).toHaveLength(1);
});

test('closing ends what is silent, dripping, delayed or late', async () => {
  const started = await start([
    { kind: 'silence', nth: 1 },
    { kind: 'drip', ms_per_byte: 1e6, nth: 2 },
    { kind: 'delay', ms: 1e6, nth: 3 },
    { kind: 'late', ms: 1e6, nth: 4 },
  ]);
  const pending: Promise<Outcome>[] = [];
  for (let count = 1; count <= 4; count += 1) {
    pending.push(open(`${started.url}/snapshots/`, 'GET').outcome);
    await arrived(started, count);
  }
  await started.close();
  server = undefined;
  for (const { failure } of await Promise.all(pending)) expect(failure).toMatch(/^(reset|cut)$/);
});

test('an outage is over after its time, which is real', async () => {
  const { url } = await start({ kind: 'status', status: 503, for_ms: 200 });
  expect((await ask(`${url}/snapshots/`)).status).toBe(503);
  let status: number | undefined = 503;
  while (status === 503) ({ status } = await ask(`${url}/snapshots/`));
  expect(status).toBe(200);
});

test.each(['refused', 'unresolved', 'connect_timeout', 'proxy', 'proxy_auth', 'handshake', 'certificate'])(
  '%s is not possible over sockets',
  async (kind) => {
    await expect(start({ kind })).rejects.toThrow('is not possible over sockets');
  },
);
