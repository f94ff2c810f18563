import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  parseBoolean,
  parseChoice,
  parseCount,
  parseDuration,
  parseToken,
} from '../../../../src/github/inputs/values.ts';
import { formatDuration, formatElapsed } from '../../../../src/github/format.ts';

describe('durations', () => {
  test.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1.5h', 5_400_000],
    ['0.25s', 250],
    ['36d', 36 * 86_400_000],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    ['30', '"30" has no unit: write 30s for seconds, 30m for minutes, 30h for hours or 30d for days'],
    ['0', '0s for seconds'],
    ['s', '"s" is not a duration'],
    ['30 m', '"30 m" is not a duration'],
    ['30M', '"30M" is not a duration'],
    ['-5s', '"-5s" is not a duration'],
    ['+5s', '"+5s" is not a duration'],
    ['1e3s', '"1e3s" is not a duration'],
    ['.5s', '".5s" is not a duration'],
    ['5.s', '"5.s" is not a duration'],
    ['1m30s', '"1m30s" is not a duration'],
    ['5min', '"5min" is not a duration'],
    ['5w', '"5w" is not a duration'],
    ['Infinitys', 'is not a duration'],
    ['0x5s', 'is not a duration'],
    ['５s', 'is not a duration'],
    ['0s', '"0s" is too short: at least 1ms'],
    ['0.1ms', 'is too short'],
    ['37d', '"37d" is too long: at most 36d'],
    ['999999999d', 'is too long'],
    ['9'.repeat(300), /^"9{79}…" is not a duration/],
  ])('%s is refused', (text, message) => {
    expect(() => parseDuration(text)).toThrow(message);
  });

  test('a bound of their own', () => {
    expect(() => parseDuration('99ms', { min: 100 })).toThrow('"99ms" is too short: at least 100ms');
    expect(parseDuration('100ms', { min: 100 })).toBe(100);
    expect(() => parseDuration('61s', { max: 60_000 })).toThrow('"61s" is too long: at most 1m');
    expect(parseDuration('60s', { max: 60_000 })).toBe(60_000);
  });

  test.each([
    [1, '1ms'],
    [999, '999ms'],
    [1000, '1s'],
    [90_000, '90s'],
    [60_000, '1m'],
    [1_800_000, '30m'],
    [3_600_000, '1h'],
    [5_400_000, '90m'],
    [86_400_000, '1d'],
    [601_000, '10m 01s'],
    [1500, '1s'],
  ])('%d ms reads %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('what is written comes back', () => {
    const unit = fc.constantFrom('s', 'm', 'h', 'd');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 36 }), unit, (count, word) => {
        const ms = parseDuration(`${count}${word}`);
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  test.each([
    [0, '0s'],
    [999, '0s'],
    [59_999, '59s'],
    [60_000, '1m 00s'],
    [245_000, '4m 05s'],
    [3_599_000, '59m 59s'],
    [3_600_000, '1h 00m'],
    [5_040_000, '1h 24m'],
    [172_740_000, '47h 59m'],
    [172_800_000, '2d 0h'],
    [266_400_000, '3d 2h'],
  ])('%d ms of elapsed time read %s', (ms, text) => {
    expect(formatElapsed(ms)).toBe(text);
  });
});

describe('booleans are those of YAML 1.2', () => {
  test.each([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['False', false],
    ['FALSE', false],
  ])('%s', (text, value) => {
    expect(parseBoolean(text)).toBe(value);
  });

  test.each([
    'yes',
    'no',
    'on',
    'off',
    '1',
    '0',
    'tRUE',
    'true ',
    'truee',
    'null',
    'constructor',
    'true\nfalse',
  ])('%j is refused', (text) => {
    expect(() => parseBoolean(text)).toThrow(`${JSON.stringify(text)} is not a boolean: write true or false`);
  });
});

describe('choices', () => {
  const CHOICES = ['keep', 'restore', 'delete'] as const;

  test.each(CHOICES)('%s', (text) => {
    expect(parseChoice(text, CHOICES)).toBe(text);
  });

  test.each(['Keep', 'keep ', 'rollback', 'constructor', 'toString'])(
    '%j is refused with the choices',
    (text) => {
      expect(() => parseChoice(text, CHOICES)).toThrow(
        `${JSON.stringify(text)} is not one of keep, restore, delete`,
      );
    },
  );
});

describe('whole numbers', () => {
  test.each([
    ['0', 0],
    ['1', 1],
    ['007', 7],
    ['1000', 1000],
  ])('%s', (text, count) => {
    expect(parseCount(text, 0, 1000)).toBe(count);
  });

  test.each(['-1', '1.5', '1001', '1e2', '0x1', 'five', '+1', ' 1', '9'.repeat(30)])(
    '%j is refused',
    (text) => {
      expect(() => parseCount(text, 0, 1000)).toThrow(`"${text}" is not a whole number from 0 to 1000`);
    },
  );

  test('below their range', () => {
    expect(() => parseCount('0', 1, 5)).toThrow('"0" is not a whole number from 1 to 5');
  });
});

describe('the API token', () => {
  test.each(['vps_demo_token', 'x', 'a+b/c==', '!"#$%&'])('%s', (token) => {
    expect(parseToken(token)).toBe(token);
  });

  test.each(['a b', 'a\nb', 'a\tb', 'töken', 'a\u200bb', 'a\u0000', '🧀', 'a\u00a0b'])(
    '%j is refused',
    (token) => {
      expect(() => parseToken(token)).toThrow(/a space, a line break or another character that no token has/);
    },
  );

  test('an empty one names the usual causes', () => {
    expect(() => parseToken('')).toThrow(/secret is not set.*misspelt.*pull request from a fork.*Dependabot/);
  });

  test('a token that is refused is not in the error', () => {
    expect(() => parseToken('very secret')).toThrow(/^(?!.*secret$)(?!.*very secret)/);
  });
});
