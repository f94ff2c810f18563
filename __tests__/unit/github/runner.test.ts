import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { code, escapeMarkdown } from '../../../src/github/markdown.ts';
import { createRunner, neutralize, type Runner } from '../../../src/github/runner.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'runner-'));
const FILES = {
  GITHUB_OUTPUT: path.join(folder, 'output'),
  GITHUB_STATE: path.join(folder, 'state'),
  GITHUB_STEP_SUMMARY: path.join(folder, 'summary'),
} as const;
const environment = { ...process.env };
const write = process.stdout.write.bind(process.stdout);
let said = '';

beforeEach(() => {
  for (const file of Object.values(FILES)) writeFileSync(file, '');
  Object.assign(process.env, FILES);
  said = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    said += String(chunk);
    return true;
  };
});

afterEach(() => {
  process.stdout.write = write;
  process.env = { ...environment };
  process.exitCode = undefined;
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const read = (file: keyof typeof FILES): string => readFileSync(FILES[file], 'utf8');

/** What the runner takes for commands in a step's output: `::name` at a line's beginning, `##[name` anywhere. */
function commandsIn(output: string): string[] {
  return output
    .split(/\r\n|\r|\n/)
    .flatMap((line) => [
      /^\s*::([\w-]*)/.exec(line)?.[1],
      ...[...line.matchAll(/##\[([\w-]*)/g)].map((m) => m[1]),
    ])
    .filter((name) => name !== undefined);
}

describe('a text is no command of the runner', () => {
  test.each<[string, string, string]>([
    ['a plain line', 'all is well', 'all is well'],
    ['an address', 'https://a.example:8080/::1', 'https://a.example:8080/::1'],
    ['a command', '::set-output name=a::b', ': :set-output name=a::b'],
    ['a command behind spaces', ' \t::error::x', ' \t: :error::x'],
    ['a command behind spaces of another kind', '\u00a0\u3000::error::x', '\u00a0\u3000: :error::x'],
    ['a command in the second line', 'a\n::error::x', 'a\n: :error::x'],
    ['a command after a lone carriage return', 'a\r::error::x', 'a\n: :error::x'],
    ['a command after both', 'a\r\n::error::x', 'a\n: :error::x'],
    ['a command after another line end', 'a\u2028::error::x', 'a ::error::x'],
    ['a command behind a control character', '\u0007::error::x', ' : :error::x'],
    ['a command behind a next-line character', '\u0085::error::x', ' : :error::x'],
    ['more colons', '::::error::x', ': :::error::x'],
    ['the old form', '##[error]x', '# #[error]x'],
    ['the old form inside a line', 'a ##[add-mask]b', 'a # #[add-mask]b'],
    ['the old form, with more of it', '###[error]##[x]', '## #[error]# #[x]'],
    ['a terminal escape', '\u001b[31mred', ' [31mred'],
    ['what rewrites a line', 'a\b\bb\u009b2K', 'a  b 2K'],
    ['text that is turned round', 'a\u202eb\u2066c\u200fd\u200ee\u061cf', 'a b c d e f'],
    ['a tab stays', 'a\tb', 'a\tb'],
  ])('%s', (_name, text, harmless) => {
    expect(neutralize(text)).toBe(harmless);
  });

  const hostile = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '::',
          ':',
          '##[',
          '#',
          '[',
          '\r',
          '\n',
          ' ',
          '\u0085',
          '\u00a0',
          '\ufeff',
          '\u0000',
          '\u2028',
          'error',
          '\u202e',
          '\u200b',
        ),
        fc.string({ unit: 'binary', maxLength: 4 }),
      ),
    )
    .map((pieces) => pieces.join(''));

  test('whatever it is, wherever it goes', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const runner = createRunner();
        said = '';
        runner.write(text);
        expect(commandsIn(said)).toEqual([]);
        expect(said).not.toMatch(
          // oxlint-disable-next-line no-control-regex
          /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
        );
        said = '';
        runner.annotate('warning', text, text);
        runner.debug(text);
        runner.startGroup(text.replaceAll(/[\r\n]/g, ''));
        runner.endGroup();
        expect(commandsIn(said)).toEqual(['warning', 'debug', 'group', 'endgroup']);
      }),
      { numRuns: 300 },
    );
  });
});

test('a group’s title is one line', () => {
  createRunner().startGroup('a\n::error::b\r::warning::c');
  expect(commandsIn(said)).toEqual(['group']);
});

describe('annotations', () => {
  test.each(['notice', 'warning', 'error'] as const)('%s', (kind) => {
    createRunner().annotate(kind, 'Rolled back, so: really', 'first\nsecond 100%');
    expect(said.trim()).toBe(`::${kind} title=Rolled back%2C so%3A really::first%0Asecond 100%25`);
  });

  test('of the greatest length are whole', () => {
    createRunner().annotate('error', 't', 'x'.repeat(4000));
    expect(said).toContain('x'.repeat(4000));
    expect(said).not.toContain('…');
  });

  test('are cut before the runner does it in the middle of something', () => {
    createRunner().annotate('error', 't', 'x'.repeat(5000));
    expect(said.trim().length).toBeLessThanOrEqual(4096);
    expect(said).toMatch(/x…\s*$/);
  });
});

describe('outputs and state', () => {
  const entry = (name: string, value: string): RegExp =>
    new RegExp(`^${name}<<(\\S+)\\r?\\n${value}\\r?\\n\\1\\r?\\n`, 'm');

  test('are written as the runner reads them', () => {
    const runner = createRunner();
    runner.setOutput('snapshot_id', '801');
    runner.saveState('step', '{"a":1}');
    expect(read('GITHUB_OUTPUT')).toMatch(entry('snapshot_id', '801'));
    expect(read('GITHUB_STATE')).toMatch(entry('step', '\\{"a":1\\}'));
  });

  test('an output is written again only when it changed', () => {
    const runner = createRunner();
    for (const value of ['801', '801', '802', '802', '801']) runner.setOutput('snapshot_id', value);
    expect(read('GITHUB_OUTPUT').match(/snapshot_id<</g)).toHaveLength(3);
  });

  test('state is written every time: the last write counts', () => {
    const runner = createRunner();
    runner.saveState('step', 'a');
    runner.saveState('step', 'a');
    expect(read('GITHUB_STATE').match(/step<</g)).toHaveLength(2);
  });

  test('a value cannot become a second entry', () => {
    createRunner().setOutput('snapshot_name', 'a\nghadelimiter\nevil=1\nx<<EOF\ny\nEOF');
    const [, delimiter = ''] = /snapshot_name<<(\S+)/.exec(read('GITHUB_OUTPUT')) ?? [];
    expect(
      read('GITHUB_OUTPUT')
        .split('\n')
        .filter((line) => line.trim() === delimiter),
    ).toHaveLength(1);
    expect(delimiter.length).toBeGreaterThan(30);
  });
});

describe('the summary', () => {
  test('is put behind what other tools of the step wrote, in place of our own earlier one', async () => {
    writeFileSync(FILES.GITHUB_STEP_SUMMARY, 'before\n');
    const runner = createRunner();
    await runner.writeSummary('first');
    await runner.writeSummary('second');
    expect(read('GITHUB_STEP_SUMMARY').replaceAll('\r', '')).toBe('before\nsecond\n');
  });

  test.each(['', undefined])('is left out where the runner has no file for it: %j', async (file) => {
    process.env['GITHUB_STEP_SUMMARY'] = file;
    if (file === undefined) delete process.env['GITHUB_STEP_SUMMARY'];
    await createRunner().writeSummary('text');
    expect([read('GITHUB_STEP_SUMMARY'), said]).toEqual(['', '']);
  });

  test('that cannot be written is a warning', async () => {
    process.env['GITHUB_STEP_SUMMARY'] = path.join(folder, 'no', 'such', 'file');
    await createRunner().writeSummary('text');
    expect(commandsIn(said)).toEqual(['warning']);
    expect(said).toContain('The job summary could not be written');
  });
});

test.each([0, 1] as const)('the exit code %i', (exitCode) => {
  createRunner().setExitCode(exitCode);
  expect(process.exitCode).toBe(exitCode);
});

describe('a secret is blanked in everything that leaves', () => {
  const SECRET = 'vps_demo_token';

  /** Sends a text along every way out, and gives all that left. */
  async function send(runner: Runner, text: string): Promise<string> {
    runner.write(text);
    runner.debug(text);
    for (const kind of ['notice', 'warning', 'error'] as const) runner.annotate(kind, text, text);
    runner.startGroup(text);
    runner.setOutput('name', text);
    runner.saveState('name', text);
    await runner.writeSummary(text);
    return said + read('GITHUB_OUTPUT') + read('GITHUB_STATE') + read('GITHUB_STEP_SUMMARY');
  }

  test('wherever it goes', async () => {
    const runner = createRunner();
    runner.hide(SECRET);
    const left = await send(runner, `before ${SECRET} between ${SECRET}`);
    expect(left).not.toContain(SECRET);
    // Nine ways out, the three annotations with a title each, and twice in each text.
    expect(left.match(/before \*\*\* between \*\*\*/g)).toHaveLength(12);
  });

  test('whole, where it stands across the length of an annotation', () => {
    const runner = createRunner();
    runner.hide(SECRET);
    runner.annotate('error', 't', `${'x'.repeat(3992)}${SECRET}`);
    expect(said).not.toContain('vps_');
  });

  test('several of them', async () => {
    const runner = createRunner();
    runner.hide(SECRET);
    runner.hide('ghs_other');
    expect(await send(runner, `${SECRET} ghs_other`)).not.toMatch(/vps_demo|ghs_other/);
  });

  test('a secret that Markdown escaping changes', async () => {
    const runner = createRunner();
    const secrets = [SECRET, '*[a]_b!', '-x#y@z', '<tag>&'];
    for (const secret of secrets) runner.hide(secret);
    const left = await send(
      runner,
      secrets.map((secret) => `${escapeMarkdown(secret)} ${code(secret)}`).join(' '),
    );
    expect(left.replaceAll('\\', '')).not.toMatch(/vps_demo|\[a\]_b|x#\u200b?y@|&lt;tag|<tag/);
  });

  test('one of four characters', async () => {
    const runner = createRunner();
    runner.hide('wxyz');
    expect(await send(runner, 'x wxyz y')).not.toContain('abcd');
  });

  test('texts too short to be a secret stay: they would blank half of the log', async () => {
    const runner = createRunner();
    for (const secret of ['', 'a', 'abc']) runner.hide(secret);
    expect(await send(runner, 'an abc of words')).toContain('an abc of words');
  });
});
