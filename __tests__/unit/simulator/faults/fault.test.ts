import { describe, expect, test } from '@jest/globals';
import { parseFaults } from '../../../../simulator/faults/fault.ts';
import { FaultScript } from '../../../../simulator/faults/fault-script.ts';

describe('reading faults', () => {
  test('fills in what is left out', () => {
    expect(parseFaults('{"kind":"reset_after"}')).toEqual([
      { kind: 'reset_after', method: '*', path: '*', nth: 'every', times: 1 },
    ]);
    expect(parseFaults({ kind: 'drip', nth: 2 })).toMatchObject([{ ms_per_byte: 1000, nth: 2, times: 1 }]);
    expect(parseFaults({ kind: 'delay', ms: 5, times: 3 })).toMatchObject([{ nth: 1, times: 3 }]);
    expect(parseFaults([{ kind: 'oversized' }, { kind: 'cut_body', method: 'post' }])).toMatchObject([
      { bytes: 20 * 1024 * 1024 },
      { chunked: false, method: 'POST' },
    ]);
    expect(
      parseFaults({ kind: 'status', status: 429, body: { detail: 'no' }, headers: { 'Retry-After': 3 } }),
    ).toEqual([expect.objectContaining({ body: '{"detail":"no"}', headers: { 'retry-after': '3' } })]);
    expect(parseFaults({ kind: 'refused', for_ms: 500 })).toEqual([
      { kind: 'refused', method: '*', path: '*', nth: 1, times: 1, for_ms: 500 },
    ]);
    expect(parseFaults({ kind: 'proxy', after_ms: 500, share: 0.1 })).toMatchObject([
      { nth: 'every', after_ms: 500, share: 0.1 },
    ]);
    expect(parseFaults({ kind: 'redirect' })).toMatchObject([{ status: 302, location: expect.any(String) }]);
  });

  test.each([
    ['{', 'a fault is JSON, not "{"'],
    ['[1]', 'fault 1: must be an object'],
    ['{"kind":"fire"}', 'fault: "kind" must be one of status, status_after, status_early'],
    ['[{"kind":"silence"},{"kind":"status"}]', 'fault 2: "status" must be a whole number from 200 to 599'],
    ['{"kind":"status","status":99}', '"status" must be'],
    ['{"kind":"status","status":503,"headers":{"a":null}}', 'header "a" must be a text'],
    ['{"kind":"status","status":503,"headers":[]}', '"headers" must be an object'],
    [
      '{"kind":"silence","ms":3}',
      '"ms" is not a field of silence: method, path, nth, times, for_ms, after_ms, share, kind',
    ],
    ['{"kind":"delay"}', '"ms" must be a number from 0'],
    ['{"kind":"delay","ms":-1}', '"ms" must be a number from 0'],
    ['{"kind":"silence","nth":0}', '"nth" must be a whole number from 1 or "every"'],
    ['{"kind":"silence","times":1.5}', '"times" must be a whole number from 1'],
    ['{"kind":"silence","times":2,"for_ms":5}', '"times" and "for_ms" exclude each other'],
    ['{"kind":"silence","nth":"every","for_ms":5}', '"for_ms" begins at a number: "nth"'],
    ['{"kind":"silence","after_ms":"5"}', '"after_ms" must be a number from 0'],
    ['{"kind":"silence","share":2}', '"share" must be a number from 0 to 1'],
    ['{"kind":"reset_early"}', '"ms" must be a number from 0'],
    ['{"kind":"status_early","ms":5}', '"status" must be'],
    ['{"kind":"silence","method":"GET POST"}', '"method" must be a method or *'],
    ['{"kind":"silence","path":"snapshots/"}', '"path" must begin with /'],
    ['{"kind":"silence","path":"/snapshots/?page=2"}', 'without query'],
    ['{"kind":"redirect","location":5}', '"location" must be a text'],
    ['{"kind":"cut_body","chunked":1}', '"chunked" must be true or false'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFaults(text)).toThrow(message);
  });
});

/** Which of these calls, counted from 1, the fault applies to. */
function affected(fault: object, calls: readonly (readonly [method: string, path: string])[]): number[] {
  const script = new FaultScript(parseFaults({ kind: 'silence', ...fault }));
  return calls.flatMap(([method, path], index) =>
    script.plan(method, `/api/v1${path}`).effect === undefined ? [] : [index + 1],
  );
}

describe('which request a fault applies to', () => {
  const list = ['GET', '/snapshots/?server_id=1'] as const;
  const create = ['POST', '/snapshots/'] as const;
  const restore = ['POST', '/snapshots/7/restore/'] as const;

  test.each([
    ['every request', {}, [list, create, restore], [1, 2, 3]],
    ['one method', { method: 'POST' }, [list, create, restore], [2, 3]],
    ['a path, whatever its query', { path: '/snapshots/' }, [list, restore, create], [1, 3]],
    ['one segment of any name', { path: '/snapshots/*/restore/' }, [list, restore, create], [2]],
    ['the second of its kind', { method: 'GET', nth: 2 }, [create, list, list, list], [3]],
    ['three from the second on', { nth: 2, times: 3 }, [list, list, list, list, list], [2, 3, 4]],
    ['the first two', { times: 2 }, [list, list, list], [1, 2]],
  ])('%s', (_, fault, calls, expected) => {
    expect(affected(fault, calls)).toEqual(expected);
  });

  /** Whether the fault applies to a request at each of these times. */
  function affectedAt(fault: object, times: readonly number[]): boolean[] {
    const script = new FaultScript(parseFaults({ kind: 'silence', ...fault }));
    return times.map((at) => script.plan('GET', '/api/v1/snapshots/', at).effect !== undefined);
  }

  test.each([
    ['a time from the first', { for_ms: 60 }, [5, 64, 65, 200], [true, true, false, false]],
    ['a time from the second', { nth: 2, for_ms: 60 }, [0, 50, 109, 110], [false, true, true, false]],
    ['all from a time on', { after_ms: 60 }, [5, 64, 65, 200], [false, false, true, true]],
    ['the next after a time', { after_ms: 60, nth: 1 }, [5, 64, 70, 80], [false, false, true, false]],
    [
      'a time after a time',
      { after_ms: 60, for_ms: 20 },
      [0, 59, 70, 89, 90, 500],
      [false, false, true, true, false, false],
    ],
    ['no time at all', { for_ms: 0 }, [0, 1], [false, false]],
  ])('%s', (_, fault, times, expected) => {
    expect(affectedAt(fault, times)).toEqual(expected);
  });

  test('the time of a fault counts from the first request after it was added, also of another kind', () => {
    const script = new FaultScript();
    script.plan('GET', '/api/v1/snapshots/', 0);
    script.add(parseFaults({ kind: 'silence', method: 'POST', after_ms: 60 }));
    script.plan('GET', '/api/v1/snapshots/', 100);
    const isAffected = (at: number): boolean =>
      script.plan('POST', '/api/v1/snapshots/', at).effect !== undefined;
    expect([isAffected(159), isAffected(160)]).toEqual([false, true]);
  });

  test.each([
    [0, 0, 0],
    [0.1, 60, 140],
    [1, 1000, 1000],
  ])('a share of %d, chosen by the seed', (share, least, most) => {
    const hits = (seed: number): number[] => {
      const script = new FaultScript(parseFaults({ kind: 'silence', share }), seed);
      return Array.from({ length: 1000 }, (_, n) => n).filter(
        () => script.plan('GET', '/api/v1/snapshots/').effect !== undefined,
      );
    };
    expect(hits(1).length).toBeGreaterThanOrEqual(least);
    expect(hits(1).length).toBeLessThanOrEqual(most);
    expect(hits(1)).toEqual(hits(1));
    expect(hits(1).join() === hits(2).join()).toBe(share !== 0.1);
  });

  test('delays add up and go with another fault; of two others the first one counts', () => {
    const script = new FaultScript(
      parseFaults([
        { kind: 'delay', ms: 10 },
        { kind: 'silence', nth: 2 },
        { kind: 'reset_after' },
        { kind: 'delay', ms: 5 },
      ]),
    );
    expect(script.plan('GET', '/api/v1/servers/')).toMatchObject({
      delayMs: 15,
      name: 'delay+reset_after+delay',
    });
    expect(script.plan('GET', '/api/v1/servers/').effect).toMatchObject({ kind: 'silence' });
    expect(script.list().map(({ seen }) => seen)).toEqual([2, 2, 2, 2]);
    expect(script.plan('GET', '/_sim/state').name).toBeUndefined();
    script.clear();
    expect(script.plan('GET', '/api/v1/servers/').name).toBeUndefined();
  });
});
