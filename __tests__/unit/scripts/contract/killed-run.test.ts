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

interface Kill {
  readonly n: number;
  readonly moment: 'sent' | 'processed';
  readonly kind: 'all' | 'changes';
  readonly switches: Partial<Switches>;
}

/** Runs until the nth request of a kind is sent, or processed and not answered yet, and finishes it with `--clean`. */
async function killAndClean({
  n,
  moment,
  kind,
  switches,
}: Kill): Promise<{ readonly wasKilled: boolean; readonly left: readonly string[] }> {
  const account = new TestAccount({ switches: { ...SHORT, ...switches }, isSmall: true });
  const process = new ProcessClock(account.clock);
  let seen = 0;
  const run = account.runUntil(process, ({ method }, at) => {
    if (at === moment && (kind === 'all' || method !== 'GET')) seen += 1;
    return seen === n;
  });
  const wasKilled = await account.clock.run(() => Promise.race([run, process.killed.then(() => true)]));
  if (!wasKilled) return { wasKilled, left: account.whatIsLeft() };
  const left = await account.clock.run(() => cleanContract(account.world(), account.options, account.store));
  return { wasKilled, left: [...(left ?? []), ...account.whatIsLeft()] };
}

/** Kills one run after the other, each at the next request of this kind. */
async function killEverywhere(
  moment: 'sent' | 'processed',
  kind: 'all' | 'changes',
  switches: Partial<Switches> = {},
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (let n = 1; ; n += 1) {
    const { wasKilled, left } = await killAndClean({ n, moment, kind, switches });
    if (left.length > 0) wrong.push(`at request ${n}: ${left.join(', ')}`);
    if (wasKilled) continue;
    const least = kind === 'all' ? 150 : 30;
    return n > least ? wrong : [...wrong, `a run has only ${n} of these requests`];
  }
}

describe('a run that is killed leaves nothing behind after --clean', () => {
  test('at any request, once it is processed', async () => {
    expect(await killEverywhere('processed', 'all')).toEqual([]);
  }, 120_000);

  test('at any change, before it is processed', async () => {
    expect(await killEverywhere('sent', 'changes')).toEqual([]);
  }, 120_000);

  test('on an API where deleting waits, a restore ends stopped, and lists and power lag', async () => {
    const slow: Partial<Switches> = {
      delete_busy: 'refused',
      restore_during_snapshot: 'refused',
      after_restore: 'stopped',
      restoring_late: 10,
      listed_late: 10,
      power_late: 5,
    };
    expect(await killEverywhere('processed', 'changes', slow)).toEqual([]);
  }, 120_000);
});
