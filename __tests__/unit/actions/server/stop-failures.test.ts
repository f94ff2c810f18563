import { describe, expect, test } from '@jest/globals';
import { CancelledError } from '../../../../src/actions/common/errors.ts';
import { fails, MINUTE, SECOND } from '../test-deps.ts';
import { UNREADABLE, type PowerServerScript } from './power-server.ts';
import { stop, type Stopped } from './stop-stand.ts';

test.each<[string, PowerServerScript['shown']]>([
  ['is to be stopped', [[0, UNREADABLE]]],
  [
    'is to be seen stopped',
    [
      [0, 'active'],
      [10, UNREADABLE],
    ],
  ],
])('why a server cannot be read that %s is reported', async (_name, shown) => {
  expect((await stop({ shown })).end).toMatchObject({
    title: 'Server not stopped',
    cause: { kind: 'timeout' },
  });
});

describe('a cancel', () => {
  const active = [[0, 'active']] as const;
  test.each<[string, PowerServerScript, number, string]>([
    ['before the request leaves nothing behind', { shown: [[0, 'rebooting']] }, 4, 'nothing'],
    ['after it leaves what was taken', { shown: active }, 4, '0 active: accepted 0'],
    [
      'after a refusal leaves nothing that might take effect',
      { shown: active, answer: () => fails('http', 409) },
      4,
      '0 active: none',
    ],
    [
      'before the request has left leaves nothing that might take effect',
      { shown: active, latency: 4, answer: () => fails('cancelled') },
      4,
      '4 active: none',
    ],
  ])('%s', async (_name, script, seconds, last) => {
    const { end, at, saved } = await stop(script, { cancelAt: seconds * SECOND });
    expect([end, at, saved.at(-1) ?? 'nothing']).toEqual([new CancelledError(), seconds, last]);
  });

  test('while the request could not be sent leaves nothing that might take effect', async () => {
    const { end, saved } = await stop(
      { shown: active },
      {
        cancelAt: 4 * SECOND,
        api: {
          powerServer: async (_id, _action, limits) => {
            expect(limits.until).toBe(5 * MINUTE);
            await Promise.resolve();
            throw fails('refused');
          },
        },
      },
    );
    expect([end, saved.at(-1)]).toEqual([new CancelledError(), '0 active: none']);
  });
});

test('no more is used than what is left of the step', async () => {
  const { at } = await stop({ shown: [[0, 'active']] }, { until: MINUTE });
  expect(at).toBe(60);
});

test.each<[string, (api: PowerServerScript) => Promise<Stopped>]>([
  ['a power request', (script) => stop({ ...script, answer: () => throwBug() })],
  ['a read', (script) => stop(script, { api: { getServer: () => throwBug() } })],
])('a mistake in %s is passed on as it is', async (_name, run) => {
  expect((await run({ shown: [[0, 'active']] })).end).toEqual(new TypeError('a bug'));
});

function throwBug(): never {
  throw new TypeError('a bug');
}
