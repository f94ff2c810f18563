import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FAULT_KINDS } from '../../../../simulator/faults/fault.ts';
import {
  defaultSwitches,
  describeSwitches,
  readSwitches,
  readSwitchText,
  SWITCH_NAMES,
} from '../../../../simulator/api/switches.ts';

describe('switches', () => {
  test.each([
    ['in_progress_counts=false', { in_progress_counts: false }],
    ['limit=3', { limit: 3 }],
    ['fail_share=0.5', { fail_share: 0.5 }],
    ['snapshot_seconds=5', { snapshot_seconds: [5, 5] }],
    ['snapshot_seconds=5-7.5', { snapshot_seconds: [5, 7.5] }],
    ['word_completed=a=b', { word_completed: 'a=b' }],
    ['permissions=', { permissions: [] }],
    ['snapshot_null=size_mb,created_at', { snapshot_null: ['size_mb', 'created_at'] }],
  ])('%s', (text, expected) => {
    expect(readSwitchText(text)).toEqual(expected);
  });

  test('JSON has its own types', () => {
    const given = {
      limit: 3,
      restore_seconds: [1, 2],
      permissions: ['a'],
      power: 'absent',
      extra_fields: true,
    };
    expect(readSwitches(given)).toEqual(given);
    expect(readSwitches({ power_seconds: 4 })).toEqual({ power_seconds: [4, 4] });
  });

  test.each([
    ['limit', 'a switch is written name=value, not "limit"'],
    ['=3', 'a switch is written name=value'],
    ['limits=3', 'no switch is called "limits"; known: snapshot_ids, '],
    ['toString=3', 'no switch is called "toString"'],
    ['limit=-1', 'switch limit: "-1" is not a number from 0'],
    ['fail_share=2', 'switch fail_share: "2" is not a number from 0 to 1'],
    ['power=off', 'switch power: "off" is not one of present, absent'],
    ['extra_fields=yes', 'switch extra_fields: "yes" is not true or false'],
    ['snapshot_seconds=7-5', 'is not SECONDS or LOW-HIGH'],
    ['snapshot_seconds=1-2-3', 'is not SECONDS or LOW-HIGH'],
  ])('refuses %s', (text, message) => {
    expect(() => readSwitchText(text)).toThrow(message);
  });

  test.each([
    [[], 'switches are an object'],
    [{ word_failed: 1 }, 'switch word_failed: 1 is not a text'],
    [{ permissions: [1] }, 'switch permissions: [1] is not words'],
  ])('refuses %j', (given, message) => {
    expect(() => readSwitches(given)).toThrow(message);
  });

  test('each is described with its default, which its own reader takes', () => {
    for (const line of SWITCH_NAMES.map((name) => `  ${name}=`)) expect(describeSwitches()).toContain(line);
    expect(readSwitches(defaultSwitches())).toEqual(defaultSwitches());
    const texts = describeSwitches().match(/^ {2}\w+=.*$/gm) ?? [];
    expect(Object.assign({}, ...texts.map((text) => readSwitchText(text.trim())))).toEqual(defaultSwitches());
  });
});

test.each([...SWITCH_NAMES, ...FAULT_KINDS])('the README names %s', (name) => {
  const readme = readFileSync(path.resolve(import.meta.dirname, '../../../../simulator/README.md'), 'utf8');
  expect(readme).toContain(`\`${name}\``);
});
