import { describe, expect, test } from '@jest/globals';
import { createLimiter, NotStartedError, settleAll } from '../../../../src/actions/common/concurrency.ts';
import { CancelledError, FailedError } from '../../../../src/actions/common/errors.ts';
import { createTestDeps } from '../test-deps.ts';

describe('work for several servers', () => {
  /** Runs work that takes so many ms, or fails then; when each one began, or why it never did. */
  async function run(
    tasks: readonly { readonly takes: number; readonly fails?: boolean }[],
  ): Promise<readonly (number | string)[]> {
    const { clock } = createTestDeps();
    const limit = createLimiter();
    const started: (number | string)[] = tasks.map(() => 'never');
    await clock.run(
      Promise.allSettled(
        tasks.map(({ takes, fails = false }, index) =>
          limit(async () => {
            started[index] = clock.now();
            await clock.sleep(takes);
            if (fails) throw new Error('it failed');
          }).catch((error: unknown) => {
            if (error instanceof NotStartedError) started[index] = 'not started';
          }),
        ),
      ),
    );
    return started;
  }

  test('three at a time, the next one as soon as there is room', async () => {
    expect(await run([10, 20, 30, 40, 50].map((takes) => ({ takes })))).toEqual([0, 0, 0, 10, 20]);
  });

  test('nothing new after the first failure; what has begun goes on', async () => {
    const tasks = [{ takes: 10, fails: true }, { takes: 50 }, { takes: 5 }, { takes: 50 }, { takes: 1 }];
    expect(await run(tasks)).toEqual([0, 0, 0, 5, 'not started']);
  });

  test('nor where it comes after the failure', async () => {
    const { clock } = createTestDeps();
    const limit = createLimiter();
    await expect(clock.run(limit(() => Promise.reject(new Error('it failed'))))).rejects.toThrow('it failed');
    await expect(clock.run(limit(() => Promise.resolve()))).rejects.toThrow(NotStartedError);
  });
});

describe('what several pieces of work come to', () => {
  const failure = (text: string): FailedError => new FailedError('Title', text);
  /** What is thrown for work that fails with these, or is done. */
  async function settle(reasons: readonly (Error | null)[]): Promise<unknown> {
    const work = reasons.map((reason) => (reason === null ? Promise.resolve() : Promise.reject(reason)));
    return await settleAll(work).then(
      () => 'done',
      (error: unknown) => error,
    );
  }
  const one = failure('one');
  const late = new NotStartedError('not started');

  test.each<[string, readonly (Error | null)[], unknown]>([
    ['nothing fails', [null, null], 'done'],
    ['there is none', [], 'done'],
    ['one fails', [null, one, null], one],
    ['one cause ends several', [one, one, null], one],
    ['what was not started because of it is none', [one, late, late], one],
    ['nothing was started, and nothing else is known', [late], 'done'],
    ['several fail', [one, null, failure('two')], new FailedError('Several servers failed', 'one\ntwo')],
    ['all were cancelled', [new CancelledError(), new CancelledError()], new CancelledError()],
    ['one failed before the others were cancelled', [one, new CancelledError(), new CancelledError()], one],
  ])('%s', async (_name, reasons, thrown) => {
    const result = await settle(reasons);
    expect(result).toEqual(thrown);
    expect(Object.getPrototypeOf(result)).toBe(Object.getPrototypeOf(thrown));
  });

  test('all of it is waited for, whatever fails', async () => {
    const { clock } = createTestDeps();
    const done: string[] = [];
    const slow = async (): Promise<void> => {
      await clock.sleep(100);
      done.push('slow');
    };
    await expect(clock.run(settleAll([Promise.reject(one), slow()]))).rejects.toBe(one);
    expect(done).toEqual(['slow']);
  });
});
