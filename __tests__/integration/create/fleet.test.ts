import { describe, expect, test } from '@jest/globals';
import { runFleet } from '../../../bench/fleet.ts';

/** What a fleet costs over one server, in virtual time; `npm run bench` shows the same numbers. */

const alone = runFleet(1);

describe.each([5, 50])('%i full servers', (servers) => {
  test('take no longer than the slowest of them, at three requests a round', async () => {
    const one = await alone;
    const fleet = await runFleet(servers);
    expect([one.succeeded, fleet.succeeded]).toEqual([true, true]);
    expect(fleet.seconds / one.seconds).toBeLessThanOrEqual(1.1);
    expect(fleet.mostPerRound).toBeLessThanOrEqual(3);
    expect(fleet.rounds).toBeLessThanOrEqual(one.rounds + 1);
  });

  test('that end one after the other have outputs once a round, and a log that can be read', async () => {
    const fleet = await runFleet(servers, { seconds: [180, 480] });
    expect(fleet.succeeded).toBe(true);
    // While they are requested, at most every 3 s.
    expect(fleet.outputWrites).toBeLessThanOrEqual(fleet.rounds + 10);
    expect(fleet.outputBytes).toBeLessThan(400 * 1024);
    const heartbeats = fleet.lines.filter((line) => line.startsWith('Still waiting'));
    expect(heartbeats.length).toBeLessThanOrEqual(fleet.seconds / 30);
    // Slots, requested, in progress, completed: four lines a server.
    expect(fleet.lines.length).toBeLessThanOrEqual(4 * servers + heartbeats.length + 10);
    expect(Math.max(...fleet.lines.map((line) => line.length))).toBeLessThan(250);
  });
});

test.each([1, 25])('%i servers with stop_server: none is down while others are stopped', async (servers) => {
  const fleet = await runFleet(servers, { stops: true });
  expect(fleet.downtimes).toHaveLength(servers);
  expect(fleet.extraDowntime).toBeLessThanOrEqual(15);
});

describe('an account whose list has more pages than there are servers', () => {
  test('is not read beyond its first page: the servers are asked one by one', async () => {
    const fleet = await runFleet(6, { ofOthers: 600 });
    expect(fleet.succeeded).toBe(true);
    const pages = fleet.requests.filter(({ path }) => /[?&]page=/.test(path) && path.includes('/snapshots/'));
    expect(pages).toEqual([]);
    expect(fleet.mostPerRound).toBeLessThanOrEqual(6);
  });
});
