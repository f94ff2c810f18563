import { describe, expect, test } from '@jest/globals';
import { ProcessClock } from '../../../../simulator/clock/process-clock.ts';
import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';

describe('VirtualClock', () => {
  test('jumps to the earliest timer, in the order of time and then of setting', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const nap = async (ms: number, name: string): Promise<void> => {
      await clock.sleep(ms);
      seen.push(`${name}@${clock.now()}`);
    };
    await clock.run(Promise.all([nap(300, 'c'), nap(100, 'a'), nap(300, 'd'), nap(200, 'b')]));
    expect(seen).toEqual(['a@100', 'b@200', 'c@300', 'd@300']);
  });

  test('needs no run: whatever sleeps is woken', async () => {
    const clock = new VirtualClock();
    await clock.sleep(86_400_000);
    expect(clock.now()).toBe(86_400_000);
  });

  test('lets everything settle between two timers', async () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    clock.at(20, () => seen.push(20));
    await clock.run(async () => {
      await clock.sleep(10);
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
      await new Promise((resolve) => {
        process.nextTick(resolve);
      });
      seen.push(10);
      await clock.sleep(15);
    });
    expect(seen).toEqual([10, 20]);
  });

  test('has the true time and a wall clock that is wrong', async () => {
    const clock = new VirtualClock({ startAt: 1_000_000, wallSkewMs: -5000 });
    await clock.sleep(250);
    expect([clock.now(), clock.apiClock.now(), clock.wall()]).toEqual([250, 1_000_250, 995_250]);
  });

  test.each([
    ['aborted before', 0],
    ['aborted during', 40],
  ])('a sleep %s ends at %i ms and leaves no timer', async (_, at) => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    if (at === 0) controller.abort();
    else clock.at(at, () => controller.abort());
    await clock.sleep(100_000, controller.signal);
    expect(clock.now()).toBe(at);
    await clock.sleep(1);
    expect(clock.now()).toBe(at + 1);
  });

  test('an event can be forgotten', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const forget = clock.at(10, () => seen.push('forgotten'));
    clock.at(20, () => seen.push('kept'));
    forget();
    await clock.sleep(30);
    expect(seen).toEqual(['kept']);
  });

  test('an event of the past comes at once', async () => {
    const clock = new VirtualClock();
    await clock.sleep(50);
    const seen: number[] = [];
    clock.at(10, () => seen.push(clock.now()));
    await clock.sleep(1);
    expect(seen).toEqual([50]);
  });

  test('passes results and errors of what it runs on', async () => {
    const clock = new VirtualClock();
    await expect(clock.run(Promise.resolve(7))).resolves.toBe(7);
    await expect(clock.run(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });

  test('reports a deadlock', async () => {
    const clock = new VirtualClock();
    await expect(clock.run(new Promise(() => {}))).rejects.toMatchObject({
      name: 'StuckError',
      reason: 'deadlock',
    });
    const late = clock.run(async () => {
      await clock.sleep(10);
      await new Promise(() => {});
    });
    await expect(late).rejects.toThrow('deadlock');
    expect(clock.now()).toBe(10);
  });

  test('reports what takes too long, and what goes round and round', async () => {
    const clock = new VirtualClock();
    await expect(clock.run(clock.sleep(2000), { limitMs: 1000 })).rejects.toMatchObject({ reason: 'limit' });
    const spin = async (): Promise<void> => {
      for (let turn = 0; turn < 1000; turn += 1) await clock.sleep(0);
    };
    await expect(clock.run(spin, { maxSteps: 500 })).rejects.toMatchObject({ reason: 'steps' });
  });

  test('stands still while something outside is held', async () => {
    const clock = new VirtualClock();
    const outside = Promise.withResolvers<void>();
    const held = clock.hold(outside.promise);
    const nap = clock.sleep(10);
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(clock.now()).toBe(0);
    outside.resolve();
    await held;
    await nap;
    expect(clock.now()).toBe(10);
  });

  test('clear drops all timers', async () => {
    const clock = new VirtualClock();
    const nap = clock.sleep(10);
    clock.clear();
    await expect(clock.run(nap)).rejects.toThrow('deadlock');
  });
});

describe('ProcessClock', () => {
  test('once killed, nothing that waits for it continues', async () => {
    const clock = new VirtualClock();
    const process = new ProcessClock(clock);
    const seen: number[] = [];
    const work = async (): Promise<void> => {
      try {
        for (;;) {
          await process.sleep(10);
          seen.push(process.now());
        }
      } finally {
        seen.push(-1);
      }
    };
    clock.at(25, () => {
      process.kill();
    });
    await clock.run(Promise.race([work(), process.killed]));
    await clock.sleep(100);
    expect(seen).toEqual([10, 20]);
    expect(process.isAlive).toBe(false);
    expect(process.wall()).toBe(clock.wall());
  });
});
