import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../simulator/fault.ts';
import { DEMO_TOKEN } from '../../../simulator/machine.ts';
import { type Ended, runAction } from '../harness/action.ts';
import { runLife } from '../harness/job.ts';
import { type ActionName } from '../../../scripts/runner/actions.ts';
import { marked } from '../harness/markers.ts';
import { openStage } from '../harness/test-environment.ts';

const DEBUG = { RUNNER_DEBUG: '1' };

/** Everything that leaves the step, as a reader of it may see it: escapes of Markdown and of commands are undone. */
function shown({ stdout, stderr, outputs, state, summary }: Ended): string {
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
      name: 'a refused create request',
      faults: [{ kind: 'status', status: 403, body, method: 'POST' }],
      ends: 'failure',
    },
    {
      name: 'a create request that is in doubt',
      faults: [{ kind: 'status_after', status: 500, body, method: 'POST' }],
      ends: 'failure',
    },
    {
      name: 'plain text',
      faults: [{ kind: 'status', status: 400, body: `token=${DEMO_TOKEN}`, method: 'POST' }],
      ends: 'failure',
    },
    {
      name: 'a token across the place where long texts are cut',
      faults: [
        { kind: 'status', status: 400, body: { detail: `${'x'.repeat(290)}${DEMO_TOKEN}` }, method: 'POST' },
      ],
      ends: 'failure',
    },
    {
      name: 'a refused restore',
      faults: [{ kind: 'status', status: 400, body, path: '/snapshots/*/restore/' }],
      ends: 'failure',
    },
    {
      name: 'a web page in place of JSON',
      faults: [{ kind: 'wrong_json', body: `<p>${DEMO_TOKEN}</p>`, method: 'GET', nth: 2, times: 30 }],
      ends: 'failure',
    },
    {
      name: 'a redirect with it',
      faults: [{ kind: 'redirect', location: `https://x.example/?t=${DEMO_TOKEN}`, nth: 1 }],
      ends: 'failure',
    },
  ] as const)('$name', async ({ faults, ends }) => {
    await using stage = await openStage({ switches: ECHO });
    stage.server.faults.add(parseFaults(faults));
    const inputs = { on_failure: 'restore', wait_timeout: '3s' };
    const { main, post } = await runLife(stage, { inputs, env: DEBUG, ends });

    for (const step of [main, post]) {
      expect(shown(step)).not.toContain(DEMO_TOKEN);
      // Nor its beginning, which a cut may have left.
      expect(shown(step)).not.toContain('vps_demo');
    }
    expect(stage.server.requests.length).toBeGreaterThan(0);
  });

  test.concurrent.each(['name', 'description', 'status'] as const)(
    'in the %s of a snapshot',
    async (field) => {
      const seed = {
        id: 501,
        name: 'a',
        description: marked(),
        [field === 'status' ? 'name' : field]: DEMO_TOKEN,
      };
      const switches = field === 'status' ? { word_completed: DEMO_TOKEN } : {};
      await using stage = await openStage({ snapshots: [seed], switches });
      const inputs = { wait_timeout: '2s', keep_last: '1' };
      const { main, post } = await runLife(stage, { inputs, env: DEBUG });

      expect(shown(main) + shown(post)).not.toContain(DEMO_TOKEN);
    },
  );

  const SIBLINGS: ActionName[] = ['wait', 'restore', 'delete', 'prune'];
  test.concurrent.each(SIBLINGS)('in %s', async (action) => {
    await using stage = await openStage({ snapshots: [{ id: 501, name: 'a', description: marked() }] });
    stage.server.faults.add(parseFaults({ kind: 'status', status: 403, body }));
    const inputs = action === 'prune' ? { server_id: '12345', keep_last: '1' } : { snapshot_id: '501' };
    const ended = await runAction(stage, action, { inputs, env: DEBUG });

    expect(ended.code).toBe(1);
    expect(shown(ended)).not.toContain(DEMO_TOKEN);
  });
});

test.concurrent('the token is masked before anything else is said, in main and in post', async () => {
  await using stage = await openStage();
  const { main, post } = await runLife(stage);

  for (const { stdout } of [main, post]) expect(stdout.split('\n')[0]).toBe(`::add-mask::${DEMO_TOKEN}`);
});

test.concurrent('a redirect is not followed: nobody else gets the token', async () => {
  await using stage = await openStage();
  await using stranger = await openStage();
  const location = `${stranger.server.url}/snapshots/`;
  stage.server.faults.add(parseFaults({ kind: 'redirect', location }));
  const { main } = await runLife(stage);

  expect(main.code).toBe(1);
  expect(main.annotations[0]?.text).toContain('redirect');
  expect(stranger.server.requests).toEqual([]);
});

test.concurrent('a next page elsewhere is not followed', async () => {
  const snapshots = Array.from({ length: 120 }, (_, n) => ({ name: `s-${n}`, server_id: 7 }));
  const servers = [{ id: 12345 }, { id: 7 }];
  await using stage = await openStage({
    servers,
    snapshots,
    switches: { next_link: 'foreign', server_filter: 'ignored' },
  });
  const { main } = await runLife(stage);

  expect(main.code).toBe(1);
  expect(main.requests.every((line) => line.startsWith('GET /snapshots/'))).toBe(true);
  expect(stage.truth().snapshots).toHaveLength(120);
});
