import { describe, expect, test } from '@jest/globals';
import { parseTemplate } from '../../../src/snapshots/name.ts';
import { rootInputs } from '../harness/inputs.ts';
import { CREATED, KEPT, testOutcomes } from '../harness/outcome-tests.ts';
import { GET_SERVER, LISTS, NAME, own } from '../harness/samples.ts';
import { SERVER, TestEnvironment } from '../harness/test-environment.ts';

describe('a good deploy', () => {
  test('reads the server beside one list, creates, and polls one list at a time until it is completed', async () => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    const calls = testEnv.calls();
    expect(calls.slice(0, 3)).toEqual([`GET /servers/${SERVER}/`, 'GET /snapshots/', 'POST /snapshots/']);
    expect(testEnv.requests[0]?.at).toBe(testEnv.requests[1]?.at);
    expect(new Set(calls.slice(3))).toEqual(new Set(['GET /snapshots/']));
    expect(Object.fromEntries(main.runner.outputs)).toMatchObject({
      snapshot_id: '801',
      snapshot_name: 'deploy-shop-9001-1',
      snapshot_status: 'completed',
      created: 'true',
    });
    expect(main.runner.annotations).toEqual([]);
    expect(main.runner.debugLines.filter((line) => !/^(?:GET|POST) /.test(line))).toEqual([]);
  });

  test('sets the id as an output and in the state while the snapshot is in progress', async () => {
    const testEnv = new TestEnvironment();
    const main = testEnv.start({ use: 'main', inputs: rootInputs() });
    await testEnv.pass(60_000);
    expect(main.isOver).toBe(false);
    expect(main.runner.outputs.get('snapshot_id')).toBe('801');
    expect(main.runner.outputs.get('snapshot_status')).toBe('in_progress');
    expect(JSON.parse(main.runner.state.get('server_0') ?? '')).toMatchObject({
      phase: 'created',
      snapshotId: '801',
    });
  });

  test('a post step with nothing to do sends nothing', async () => {
    const testEnv = new TestEnvironment();
    const main = await testEnv.main();
    const before = testEnv.requests.length;
    const post = await testEnv.post(main);
    expect(post.exitCode).toBe(0);
    expect(testEnv.requests).toHaveLength(before);
    expect(post.runner.visible()).toContain('801');
  });
});

describe('name and description', () => {
  test('the name is taken: the request is sent once more with a piece of the key', async () => {
    const testEnv = new TestEnvironment({
      switches: { unique_names: 'server' },
      snapshots: [own(1, { name: NAME })],
    });
    const main = await testEnv.main();
    expect(main.exitCode).toBe(0);
    expect(main.runner.outputs.get('snapshot_name')).toMatch(/^deploy-shop-9001-1-[0-9a-f]{6}$/);
    const names = testEnv.requests
      .filter(({ method }) => method === 'POST')
      .map(({ body }) => (JSON.parse(body) as { name: string }).name);
    expect(names).toEqual(['deploy-shop-9001-1', main.runner.outputs.get('snapshot_name')]);
  });

  testOutcomes({
    'a description too long for the API: it is cut before the marker': {
      main: { description: 'before the update '.repeat(20) },
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | notice Description cut | 801 completed | offers 801',
        'POST /snapshots/ 201',
        'left: 801 completed',
      ],
      says: ["'description' was cut"],
    },
    'the API drops the description: a warning, and the snapshot is known by its id': {
      switches: { description_kept: 0 },
      post: {},
      outcome: [
        'main exit 0 | 📸 VPS.org snapshot complete | warning Description not kept | 801 completed | offers 801',
        KEPT,
        'POST /snapshots/ 201',
        'left: 801 completed',
      ],
      saved: { shown: true, sizeMb: 6476 },
      says: ['the description of snapshot 801'],
    },
    'the name is taken, and a longer one is refused: the reason of the API is given': {
      switches: { unique_names: 'server', name_limit: 20 },
      snapshots: [own(1, { name: NAME, description: 'by hand' })],
      outcome: [
        'main exit 1 | ❌ No snapshot was made | error No snapshot was made | none –',
        'POST /snapshots/ 400 ×2',
        'left: 1 completed',
      ],
      says: ['no more than 20 characters'],
    },
    'a name of many parts': {
      main: {
        nameTemplate: parseTemplate(
          '{owner}-{repo}-{ref}-{sha7}-{run_number}-{job}-{workflow}-{date}-{time}',
        ),
      },
      outcome: [CREATED, 'POST /snapshots/ 201', 'left: 801 completed'],
      says: ['acme-shop-main-0123456-17-deploy-Deploy-20260115-120000'],
    },
  });
});

describe('what main finds', () => {
  const SILENT = { ...GET_SERVER, nth: 1, times: 9999, kind: 'status', status: 503 };
  const UNREAD =
    'main exit 0 | 📸 VPS.org snapshot complete | warning Server cannot be read | 801 completed | offers 801';
  testOutcomes({
    'a stopped server: saved, for a rollback to leave it so': {
      servers: [{ id: SERVER, status: 'stopped' }],
      outcome: [CREATED, 'POST /snapshots/ 201', 'left: 801 completed, server 12345 stopped'],
      saved: { power: { found: 'stopped', stop: 'none', stopAcceptedAt: null, started: false } },
    },
    'a server that cannot be read, and no snapshots: an empty list is no count': {
      faults: SILENT,
      outcome: [UNREAD, 'POST /snapshots/ 201', 'left: 801 completed'],
      says: ['no snapshots are listed, and the server could not be read'],
      neverSays: ['snapshots before this one'],
    },
    'a server that cannot be read, and a snapshot: one of five': {
      faults: SILENT,
      snapshots: [own(1)],
      outcome: [UNREAD, 'POST /snapshots/ 201', 'left: 1 completed, 801 completed'],
      says: ['1 of 5 snapshots before this one'],
    },
    'the server at once, and its list 10 s later: it is not read again': {
      faults: { ...LISTS, nth: 1, kind: 'delay', ms: 10_000 },
      outcome: [CREATED, 'POST /snapshots/ 201', 'left: 801 completed'],
      reads: { '/snapshots/?server_id=12345': 34, '/servers/12345/': 1 },
    },
    'a server that can be read, and no snapshots: none of five': {
      outcome: [CREATED, 'POST /snapshots/ 201', 'left: 801 completed'],
      says: ['0 of 5 snapshots before this one'],
    },
  });
});
