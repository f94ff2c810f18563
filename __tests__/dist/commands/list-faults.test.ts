import { describe, expect, test } from '@jest/globals';
import { runAction, type StartOptions } from '../harness/action.ts';
import { FEW_FAULTS } from '../harness/faults.ts';
import { type ActionName } from '../../../scripts/runner/actions.ts';
import { own } from '../harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

describe('the list of a command', () => {
  const COMMANDS: readonly { action: ActionName; inputs: StartOptions['inputs']; changes: RegExp }[] = [
    { action: 'wait', inputs: { snapshot_id: '501' }, changes: /^POST|^DELETE/ },
    { action: 'restore', inputs: { snapshot_id: '501' }, changes: /^POST .*restore/ },
    { action: 'delete', inputs: { snapshot_id: '501' }, changes: /^DELETE/ },
    { action: 'prune', inputs: { server_id: '12345', keep_last: '1' }, changes: /^DELETE/ },
  ];
  const cells = COMMANDS.flatMap((command) => FEW_FAULTS.map((fault) => ({ ...command, ...fault, fault })));

  test.concurrent.each(cells)('$action: $name', async ({ action, inputs, changes, answer, fault }) => {
    await using testEnv = await openTestEnvironment({
      secondsPerAnswer: 200,
      snapshots: [own(2), own(1)],
    });
    testEnv.addFaults({ ...fault.fault, method: 'GET', path: '/snapshots/', nth: 1 });
    const options = { inputs: { ...inputs, ...(action === 'restore' && { allow_older: 'true' }) } };
    const result = await runAction(testEnv, action, options);

    const isFinal =
      answer === 'refused' || (answer === 'unusable' && (action !== 'wait' || fault.status === 302));
    expect(result.code).toBe(isFinal ? 1 : 0);
    const changed = result.requests.some((line) => changes.test(line));
    expect(changed).toBe(!isFinal && action !== 'wait');
  });
});
