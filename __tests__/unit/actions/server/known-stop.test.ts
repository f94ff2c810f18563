import { expect, test } from '@jest/globals';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { knownStop } from '../../../../src/actions/server/known-stop.ts';
import type { PowerRecord } from '../../../../src/github/state.ts';

test.each<[string, Partial<PowerRecord>, wasSeen: boolean, secondsAgo: number]>([
  ['an accepted one', { stop: 'accepted' }, false, 90],
  ['one that may have been taken', { stop: 'requested' }, false, 90],
  ['one that was seen', { stop: 'confirmed' }, true, 90],
  ['one of unknown time counts as just taken', { stopAcceptedAt: null }, false, 0],
])('what is known of a stop from the record of another process: %s', async (_name, fields, wasSeen, ago) => {
  const clock = new VirtualClock();
  const stopAcceptedAt = clock.wall();
  await clock.run(clock.sleep(90_000));
  const record: PowerRecord = {
    found: 'active',
    stop: 'accepted',
    stopAcceptedAt,
    started: false,
    ...fields,
  };
  expect(knownStop(record, { clock })).toEqual({ wasSeen, acceptedAt: clock.now() - ago * 1000 });
});

test('a clock that went back makes a stop younger, never one of the future', () => {
  const clock = new VirtualClock();
  const record: PowerRecord = {
    found: 'active',
    stop: 'accepted',
    stopAcceptedAt: clock.wall() + 3_600_000,
    started: false,
  };
  expect(knownStop(record, { clock }).acceptedAt).toBe(clock.now());
});
