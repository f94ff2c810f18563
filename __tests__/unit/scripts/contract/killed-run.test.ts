import { describe, expect, test } from '@jest/globals';
import { cleanContract } from '../../../../scripts/contract/run.ts';
import { ProcessClock } from '../../../../simulator/clock/process-clock.ts';
import type { Switches } from '../../../../simulator/api/switches.ts';
import { TestAccount } from './contract-run.ts';

/** Short, so that a run has few reads: where it is cut off does not depend on how long something takes. */
const SHORT: Partial<Switches> = {
  snapshot_seconds: [20, 20],
  restore_seconds: [40, 40],
  power_seconds: [3, 3],
};

/** Runs until the nth request is sent, or processed and not answered yet, and finishes it with `--clean`. */
async function killAndClean(
  n: number,
  moment: 'sent' | 'processed',
  switches: Partial<Switches> = {},
): Promise<{ readonly wasKilled: boolean; readonly left: readonly string[] }> {
  const account = new TestAccount({ switches: { ...SHORT, ...switches }, isSmall: true });
  const process = new ProcessClock(account.clock);
  const run = account.runUntil(process, (request, at) => request.n === n && at === moment);
  const wasKilled = await account.clock.run(() => Promise.race([run, process.killed.then(() => true)]));
  if (!wasKilled) return { wasKilled: false, left: account.whatIsLeft() };
  const left = await account.clock.run(() => cleanContract(account.world(), account.options, account.store));
  return { wasKilled, left: [...(left ?? []), ...account.whatIsLeft()] };
}

async function killEverywhere(
  moment: 'sent' | 'processed',
  switches: Partial<Switches>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (let n = 1; ; n += 1) {
    const { wasKilled, left } = await killAndClean(n, moment, switches);
    if (left.length > 0) wrong.push(`at request ${n}: ${left.join(', ')}`);
    if (!wasKilled) return [...wrong, ...(n > 150 ? [] : [`a run has only ${n} requests`])];
  }
}

describe('a run that is killed at any of its requests leaves nothing behind after --clean', () => {
  test.each(['sent', 'processed'] as const)(
    'as it is %s',
    async (moment) => {
      expect(await killEverywhere(moment, {})).toEqual([]);
    },
    60_000,
  );

  test('on an API where deleting waits, a restore ends stopped, and lists and power lag', async () => {
    expect(
      await killEverywhere('processed', {
        delete_busy: 'refused',
        restore_during_snapshot: 'refused',
        after_restore: 'stopped',
        restoring_late: 10,
        listed_late: 10,
        power_late: 5,
      }),
    ).toEqual([]);
  }, 60_000);
});
