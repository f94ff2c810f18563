import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { runJob } from '../harness/job.ts';
import { type ActionName } from '../../../scripts/runner/actions.ts';
import { markerOf } from '../harness/snapshots.ts';
import { DEMO_TOKEN, openTestEnvironment } from '../harness/test-environment.ts';

const DEBUG = { RUNNER_DEBUG: '1' };

/** Everything that leaves the step, as a reader of it may see it: escapes of Markdown and of commands are undone. */
function shown({ stdout, stderr, outputs, state, summary }: ActionResult): string {
  const log = stdout
    .split('\n')
    .filter((line) => !line.startsWith('::add-mask::'))
    .join('\n');
  const all = [log, stderr, JSON.stringify(outputs), JSON.stringify(state), summary].join('\n');
  return all.replaceAll(/\\([_*`~-])/g, '$1').replaceAll('\u200b', '');
}

/** Every error of the API repeats the token that it was sent. */
const ECHO = { error_text: `for token ${DEMO_TOKEN} (Authorization: Bearer ${DEMO_TOKEN})` };
const body = { detail: `Bad token ${DEMO_TOKEN}`, token: DEMO_TOKEN };

describe('an API that repeats the token in its errors: nothing shows it', () => {
  test.concurrent.each([
    { name: 'a good deploy, with debug lines', faults: [], ends: 'success' },
    { name: 'a refused list', faults: [{ kind: 'status', status: 401, body, nth: 1 }], ends: 'failure' },
    {
      name: 'a create request with an uncertain outcome',
      faults: [{ kind: 'status_after', status: 500, body, method: 'POST' }],
      ends: 'failure',
    },
    {
      name: 'a refused restore',
      faults: [{ kind: 'status', status: 403, body, path: '/snapshots/*/restore/' }],
      ends: 'failure',
    },
    {
      name: 'a web page in place of JSON',
      faults: [{ kind: 'wrong_json', body: `<p>${DEMO_TOKEN}</p>`, method: 'GET', nth: 2, times: 30 }],
      ends: 'failure',
    },
  ] as const)('$name', async ({ faults, ends }) => {
    await using testEnv = await openTestEnvironment({ switches: ECHO });
    testEnv.addFaults(faults);
    const inputs = { on_failure: 'restore', wait_timeout: '3s' };
    const { main, post } = await runJob(testEnv, { inputs, env: DEBUG, ends });

    for (const step of [main, post]) {
      expect(shown(step)).not.toContain(DEMO_TOKEN);
      // Nor its beginning, which a cut may have left.
      expect(shown(step)).not.toContain('vps_demo');
    }
    for (const { stdout } of [main, post]) expect(stdout.split('\n')[0]).toBe(`::add-mask::${DEMO_TOKEN}`);
    expect(testEnv.requests.length).toBeGreaterThan(0);
  });

  test.concurrent('in name, description and status of a snapshot', async () => {
    const seeds = [
      { id: 501, name: DEMO_TOKEN, description: markerOf() },
      { id: 502, name: 'b', description: DEMO_TOKEN },
    ];
    const switches = { word_in_progress: [DEMO_TOKEN] };
    await using testEnv = await openTestEnvironment({ snapshots: seeds, switches });
    const { main, post } = await runJob(testEnv, { inputs: { keep_last: '1' }, env: DEBUG });

    expect(main.code).toBe(0);
    expect(shown(main) + shown(post)).not.toContain(DEMO_TOKEN);
  });

  const COMMANDS: ActionName[] = ['restore', 'prune'];
  test.concurrent.each(COMMANDS)('in %s', async (action) => {
    await using testEnv = await openTestEnvironment({
      snapshots: [{ id: 501, name: 'a', description: markerOf() }],
    });
    testEnv.addFaults({ kind: 'status', status: 403, body });
    const inputs = action === 'prune' ? { server_id: '12345', keep_last: '1' } : { snapshot_id: '501' };
    const result = await runAction(testEnv, action, { inputs, env: DEBUG });

    expect(result.code).toBe(1);
    expect(shown(result)).not.toContain(DEMO_TOKEN);
  });
});

test.concurrent('a redirect is not followed: no other server gets the token', async () => {
  await using testEnv = await openTestEnvironment();
  await using other = await openTestEnvironment();
  const location = `${other.url}/snapshots/`;
  testEnv.addFaults({ kind: 'redirect', location });
  const main = await runAction(testEnv, 'main');

  expect(main.code).toBe(1);
  expect(main.annotations[0]?.text).toContain('redirect');
  expect(other.requests).toEqual([]);
});

test.concurrent('of a next page the query alone is used: the host that it names gets no token', async () => {
  const snapshots = Array.from({ length: 120 }, (_, n) => ({ name: `s-${n}`, server_id: 7 }));
  const servers = [{ id: 12345 }, { id: 7 }];
  await using testEnv = await openTestEnvironment({
    servers,
    snapshots: [...snapshots, { name: 'mine', server_id: 12345 }],
    switches: { next_link: 'foreign', server_filter: 'ignored' },
  });
  const main = await runAction(testEnv, 'main');

  expect(main).toMatchObject({ code: 0, outputs: { snapshot_status: 'completed' } });
  expect(testEnv.requests.filter(({ path }) => path.includes('page=2')).length).toBeGreaterThan(0);
});
