import { describe, expect, test } from '@jest/globals';
import { pruneInputs, restoreInputs, rootInputs, waitInputs } from '../harness/inputs.ts';
import { LISTS, own } from '../harness/samples.ts';
import type { Use } from '../harness/step-process.ts';
import { MINUTE, SERVER, TestEnvironment } from '../harness/test-environment.ts';

/** Each action that asks for the list of a server. */
function usesOf(serverId: string): readonly Use[] {
  const serverIds = [serverId];
  return [
    { use: 'main', inputs: rootInputs({ serverIds }) },
    { use: 'wait', inputs: waitInputs({ serverIds, snapshotIds: ['1'] }) },
    { use: 'restore', inputs: restoreInputs({ serverIds, snapshotIds: ['1'] }) },
    { use: 'prune', inputs: pruneInputs({ serverIds }) },
  ];
}

/** The API refuses a list of what it does not know, where others answer with an empty one. */
const refused = (status: number) => ({ ...LISTS, nth: 1, times: 9999, kind: 'status', status });

describe.each([400, 404])('where the list of a server is refused (%i)', (status) => {
  test.each(usesOf('web-server-01'))('$use names the server of that name', async (use) => {
    const testEnv = new TestEnvironment({ snapshots: [own(1)], faults: refused(status) });
    const step = await testEnv.run(use);
    expect(step.exitCode).toBe(1);
    expect(step.runner.visible()).toContain(
      `VPS.org knows no server web-server-01, so nothing was requested. That is the name of server ${SERVER}: write server_id: ${SERVER}.`,
    );
    expect(step.runner.annotations.map(({ text }) => text).join()).not.toContain('api_url');
  });

  test.each(usesOf(SERVER))('$use does not call a server unknown that there is', async (use) => {
    const testEnv = new TestEnvironment({ snapshots: [own(1)], faults: refused(status) });
    const step = await testEnv.run(use);
    expect(step.exitCode).toBe(1);
    expect(step.runner.visible()).not.toContain('knows no server');
    expect(step.runner.visible()).toContain(`was answered with ${status}`);
  });
});

test('wait for a snapshot of a server that nobody knows names those that there are', async () => {
  const testEnv = new TestEnvironment({ snapshots: [own(1)] });
  const inputs = waitInputs({ serverIds: ['99'], snapshotIds: ['1'] });
  const step = await testEnv.run({ use: 'wait', inputs });
  expect(step.runner.titles()).toEqual(['error Unknown server']);
  expect(step.runner.visible()).toContain(`The token sees ${SERVER} (web-server-01).`);
  expect(step.endedAt).toBeLessThan(2.5 * MINUTE);
});

test('wait with a token that the API refuses says what the token may do', async () => {
  const fault = { ...LISTS, nth: 1, times: 9999, kind: 'status', status: 403 };
  const testEnv = new TestEnvironment({ faults: fault });
  const step = await testEnv.run({ use: 'wait', inputs: waitInputs({ snapshotIds: ['1'] }) });
  expect(step.runner.titles()).toEqual(['error Lost contact while waiting']);
  expect(step.runner.visible()).toMatch(/The token '.+' has the permissions /);
});
