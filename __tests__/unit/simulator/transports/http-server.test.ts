import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startServer, type SimulatorServer } from '../../../../simulator/transports/http-server.ts';
import { FIXED, SERVER, START, type Json } from '../api/test-api.ts';
import { ask, askJson, open } from './http-client.ts';

describe('control paths', () => {
  let server: SimulatorServer;
  let sim: (name: string) => string;
  beforeEach(async () => {
    server = await startServer({ timeScale: 0, startAt: START, switches: FIXED });
    sim = (name) => `${server.origin}/_sim/${name}`;
  });
  afterEach(async () => {
    await server.close();
  });

  test('requests are logged without the token, and can be forgotten', async () => {
    await ask(`${server.url}/snapshots/?server_id=${SERVER}`);
    await ask(`${server.url}/snapshots/`, 'POST', { server_id: SERVER, name: 'a' });
    const log = await askJson(sim('requests'));
    expect(log).toEqual([
      {
        n: 1,
        at: START,
        method: 'GET',
        path: '/api/v1/snapshots/?server_id=12345',
        body: '',
        authorized: true,
        processed: true,
        connection: expect.any(Number),
        status: 200,
      },
      expect.objectContaining({ n: 2, method: 'POST', body: '{"server_id":12345,"name":"a"}', status: 201 }),
    ]);
    expect(JSON.stringify(log)).not.toContain('vps_demo_token');
    expect((await ask(sim('requests'), 'DELETE')).status).toBe(204);
    expect(await askJson(sim('requests'))).toEqual([]);
  });

  test('the log shows a wrong token', async () => {
    await fetch(`${server.url}/snapshots/`, { headers: { authorization: 'Bearer vps_secret' } });
    expect(await askJson(sim('requests'))).toMatchObject([{ authorized: false, status: 401 }]);
  });

  test('time jumps, and only then does it move with a time scale of 0', async () => {
    await ask(`${server.url}/snapshots/`, 'POST', { server_id: SERVER, name: 'a' });
    const status = async (): Promise<unknown> =>
      ((await askJson(`${server.url}/snapshots/`)) as { results: Json[] }).results[0]?.['status'];
    expect(await status()).toBe('in_progress');
    expect(await askJson(sim('advance'), 'POST', { seconds: 200 })).toEqual({
      now: '2026-01-15T12:03:20.000Z',
    });
    expect(await status()).toBe('completed');
    server.advance(60);
    expect((await ask(`${server.url}/snapshots/`)).headers?.['date']).toBe('Thu, 15 Jan 2026 12:04:20 GMT');
  });

  test('snapshots, servers and contents are set up, and seen in the state', async () => {
    await askJson(sim('servers'), 'POST', { id: 7, name: 'db-01', status: 'stopped', ip_address: '::1' });
    const seeded = {
      name: 'old',
      server_id: 7,
      created_at: '2026-01-01T00:00:00Z',
      description: 'd',
      size_mb: 5,
    };
    expect(await askJson(sim('snapshots'), 'POST', seeded)).toMatchObject({ id: '801', sizeMb: 5 });
    expect(await askJson(sim('deploy'), 'POST', { server_id: 7, content: 'v2' })).toEqual({
      server_id: 7,
      content: 'v2',
    });
    expect(await askJson(sim('deploy'), 'POST')).toEqual({ server_id: null, content: 'generation-1' });
    expect(await askJson(sim('state'))).toMatchObject({
      now: START,
      servers: [{ id: '12345' }, { id: '7', content: 'v2', phase: 'stopped', ipAddress: '::1' }],
      snapshots: [{ name: 'old', serverId: '7', content: 'generation-0', createdAt: Date.UTC(2026, 0, 1) }],
      restores: [],
      power: [],
    });
    expect(await askJson(`${server.url}/snapshots/?server_id=7`)).toMatchObject({
      results: [{ id: 801, name: 'old', description: 'd', size_mb: 5, created_at: '2026-01-01T00:00:00Z' }],
    });
  });

  test('switches and faults are turned while it runs', async () => {
    expect(await askJson(sim('switches'), 'POST', { lists: 'bare' })).toMatchObject({
      lists: 'bare',
      limit: 5,
    });
    expect(await askJson(sim('switches'))).toMatchObject({ lists: 'bare' });
    expect(await askJson(`${server.url}/snapshots/`)).toEqual([]);
    const fault = { kind: 'status', status: 503, path: '/snapshots/', nth: 1 };
    expect(await askJson(sim('faults'), 'POST', fault)).toMatchObject([{ ...fault, seen: 0 }]);
    expect((await ask(`${server.url}/snapshots/`)).status).toBe(503);
    expect(await askJson(sim('faults'))).toMatchObject([{ seen: 1 }]);
    expect((await ask(sim('faults'), 'DELETE')).status).toBe(204);
    expect(await askJson(sim('faults'))).toEqual([]);
  });

  test('others act while it runs', async () => {
    const event = { kind: 'restart', at: 60, seconds: 20 };
    expect(await askJson(sim('events'), 'POST', event)).toEqual([]);
    server.advance(60);
    expect(await askJson(sim('events'))).toEqual([{ kind: 'restart', at: START + 60_000, happened: true }]);
    expect(await askJson(`${server.url}/servers/${SERVER}/`)).toMatchObject({ status: 'restarting' });
  });

  test.each([
    ['POST', 'switches', { limits: 1 }, 400, 'no switch is called "limits"'],
    ['POST', 'faults', { kind: 'fire' }, 400, '"kind" must be one of'],
    ['POST', 'faults', { kind: 'refused' }, 400, 'is not possible over sockets'],
    ['POST', 'events', { kind: 'fire' }, 400, '"kind" of an event must be one of'],
    ['POST', 'advance', { seconds: -1 }, 400, '"seconds" must be'],
    ['POST', 'deploy', { server_id: 99 }, 400, 'no server 99'],
    ['POST', 'deploy', { server_id: {} }, 400, 'an id is a number or a text'],
    ['POST', 'deploy', { content: 5 }, 400, '"content" must be a text'],
    ['POST', 'deploy', [], 400, 'must be a JSON object'],
    ['POST', 'snapshots', {}, 400, '"name" is missing'],
    ['POST', 'snapshots', { name: 'a', when: 1 }, 400, '"when" is not one of id, server_id'],
    ['POST', 'snapshots', { name: 'a', seconds: '5' }, 400, '"seconds" is not a valid number: "5"'],
    ['POST', 'snapshots', { name: 'a', status: 'done' }, 400, '"status" is not a valid phase: "done"'],
    ['POST', 'servers', { id: 12345 }, 400, 'there is a server 12345 already'],
    ['POST', 'servers', { id: 1, status: 'restoring' }, 400, '"status" must be one of active'],
    ['GET', 'nothing', undefined, 404, 'No control path GET /_sim/nothing; known: GET /_sim/requests'],
  ] as const)('%s %s %j: %i', async (method, name, body, status, message) => {
    const answer = await ask(sim(name), method, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(JSON.stringify(message).slice(1, -1));
  });

  test('next leads to the address that was asked', async () => {
    for (const name of ['a', 'b']) server.api.addSnapshot({ name });
    expect(await askJson(`${server.url}/snapshots/?page_size=1`)).toMatchObject({
      next: `${server.url}/snapshots/?page_size=1&page=2`,
    });
  });

  test('a request body without end is cut off', async () => {
    const { outcome } = open(`${server.url}/snapshots/`, 'POST', 'x'.repeat(3 * 1024 * 1024));
    expect(await outcome).toEqual({ failure: 'reset' });
    expect(server.requests).toEqual([]);
  });
});
