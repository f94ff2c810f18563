import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { useContract } from '../../../../simulator/api/contract.ts';
import { EVENT_KINDS } from '../../../../simulator/api/events.ts';
import { FAULT_KINDS, parseFaults } from '../../../../simulator/faults/fault.ts';
import { SimulatedApi } from '../../../../simulator/api/simulated-api.ts';
import {
  defaultSwitches,
  describeSwitches,
  initialSwitches,
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
    ['delete_answer=202', { delete_answer: 202 }],
    ['restoring_shown=0', { restoring_shown: 0 }],
    ['restoring_shown=always', { restoring_shown: 'always' }],
    ['snapshot_while=', { snapshot_while: [] }],
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
      refusal_status: 423,
      restoring_shown: 5,
      restore_while: ['error'],
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
    ['delete_answer=201', 'switch delete_answer: "201" is not one of 204, 200, 202'],
    ['restoring_shown=never', 'is not always, or a number from 0'],
    ['restore_while=active,off', 'is not some of active, stopped, suspended, error'],
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

describe('a contract', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'contract-'));
  const write = (name: string, content: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  };

  afterEach(() => {
    delete process.env['VPS_CONTRACT'];
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('replaces the defaults, in every simulated API of the process', () => {
    useContract(write('good.json', '{"switches":{"lists":"bare","limit":3}}'));
    expect(initialSwitches()).toEqual({ ...defaultSwitches(), lists: 'bare', limit: 3 });
    const api = new SimulatedApi({ clock: { now: () => 0 }, switches: { limit: 4 } });
    expect(api.switches()).toMatchObject({ lists: 'bare', limit: 4 });
  });

  test('is absent without a file', () => {
    useContract(undefined);
    expect(initialSwitches()).toEqual(defaultSwitches());
  });

  test.each([
    ['text', '{', 'cannot be read'],
    ['none', '{}', 'has no "switches"'],
  ])('that is no contract (%s) is refused', (name, content, message) => {
    expect(() => useContract(write(`${name}.json`, content))).toThrow(message);
    expect(() => useContract(path.join(folder, 'absent.json'))).toThrow('cannot be read');
  });

  test('with a wrong switch is refused', () => {
    useContract(write('wrong.json', '{"switches":{"limits":3}}'));
    expect(() => initialSwitches()).toThrow('no switch is called "limits"');
  });
});

describe('the README', () => {
  const readme = readFileSync(path.resolve(import.meta.dirname, '../../../../simulator/README.md'), 'utf8');

  test.each([...SWITCH_NAMES, ...FAULT_KINDS, ...EVENT_KINDS])('names %s', (name) => {
    expect(readme).toContain(`\`${name}\``);
  });

  test.each([
    ['switches', '### What comparable APIs', readSwitches],
    ['faults', '| trouble', parseFaults],
  ])('shows %s that can be read', (_, heading, read) => {
    const [section = ''] = readme.slice(readme.indexOf(heading) + heading.length).split('\n## ');
    const examples = section.match(/`\{.*?\}`/g) ?? [];
    expect(examples.length).toBeGreaterThan(5);
    for (const example of examples) {
      expect(() => read(JSON.parse(example.slice(1, -1)))).not.toThrow();
    }
  });
});
