import { describe, expect, test } from '@jest/globals';
import { createLog, describeError, type Log } from '../../../src/github/log.ts';
import type { Runner } from '../../../src/github/runner.ts';

interface Logged {
  readonly log: Log;
  readonly said: string[];
}

function start(guideUrl = ''): Logged {
  const said: string[] = [];
  let wall = 0;
  const note =
    (kind: string) =>
    (...texts: string[]): void => {
      said.push([kind, ...texts].join(' | '));
    };
  const runner = {
    write: note('line'),
    debug: note('debug'),
    annotate: note('annotation'),
    startGroup: note('group'),
    endGroup: note('end'),
  } as unknown as Runner;
  return {
    said,
    log: createLog(
      runner,
      {
        wall: () => {
          wall += 1000;
          return wall;
        },
      },
      { guideUrl },
    ),
  };
}

test('what goes where', () => {
  const { log, said } = start();
  log.info('a');
  log.debug('b');
  log.event('web-01', 'c');
  log.event('', 'd');
  log.group('e', ['f', 'g']);
  log.notice('h', 'i');
  log.warning('j', 'k');
  log.error('l', 'm');
  expect(said).toEqual([
    'line | a',
    'debug | b',
    'line | web-01: c',
    'line | d',
    'group | e',
    'line | f',
    'line | g',
    'end',
    'annotation | notice | h | i',
    'annotation | warning | j | k',
    'annotation | error | l | m',
  ]);
  const more = { command: 'curl p', details: 'because', headline: 'short' };
  log.error('n', 'o', more);
  expect(said.at(-1)).toBe('annotation | error | n | o\ncurl p\nbecause');
  expect(log.alerts().at(-1)).toEqual({ kind: 'error', title: 'n', text: 'o', ...more });
  expect(log.events()).toEqual([
    { at: 1000, subject: 'web-01', text: 'c' },
    { at: 2000, subject: '', text: 'd' },
  ]);
  expect(log.alerts().slice(0, 3)).toEqual([
    { kind: 'notice', title: 'h', text: 'i' },
    { kind: 'warning', title: 'j', text: 'k' },
    { kind: 'error', title: 'l', text: 'm' },
  ]);
});

test('each annotation ends with the address of its entry in the guide, where that is known', () => {
  const { log, said } = start('https://github.com/o/r/blob/v1/docs/troubleshooting.md');
  log.warning('No free snapshot slot', 'a');
  expect(said).toEqual([
    'annotation | warning | No free snapshot slot | a\nhttps://github.com/o/r/blob/v1/docs/troubleshooting.md#no-free-snapshot-slot',
  ]);
});

describe('the runner shows ten annotations of a kind', () => {
  test.each(['notice', 'warning', 'error'] as const)('so that further ones of %s go to the log', (kind) => {
    const { log, said } = start();
    for (let count = 1; count <= 40; count += 1) log[kind]('title', `text ${count}`);
    const annotations = said.filter((line) => line.startsWith('annotation'));
    expect(annotations.length).toBeGreaterThan(5);
    expect(annotations.length).toBeLessThanOrEqual(10);
    expect(said).toHaveLength(40);
    expect(said.at(-1)).toBe(`line | ${kind}: title: text 40`);
    expect(log.alerts()).toHaveLength(40);
  });

  test('one kind takes no place of another', () => {
    const { log, said } = start();
    for (let count = 0; count < 20; count += 1) log.warning('w', `${count}`);
    log.error('the', 'reason');
    expect(said.at(-1)).toBe('annotation | error | the | reason');
  });
});

describe('an error and its causes', () => {
  const chain = new Error('outer', { cause: new Error('middle', { cause: new Error('inner') }) });
  const endless = new Error('endless');
  endless.cause = endless;

  test.each<[string, unknown, string]>([
    ['one', new Error('alone'), 'alone'],
    ['outermost first', chain, 'outer\n  caused by: middle\n  caused by: inner'],
    [
      'what is logged already is not logged again',
      new Error('no: refused', { cause: new Error('refused') }),
      'no: refused',
    ],
    ['without a message', new TypeError(''), 'TypeError'],
    ['that is a text', 'just text', '"just text"'],
    ['whose cause is no error', new Error('a', { cause: { code: 7 } }), 'a\n  caused by: {"code":7}'],
    ['that is its own cause', endless, 'endless'],
  ])('%s', (_name, error, text) => {
    expect(describeError(error)).toBe(text);
  });
});
