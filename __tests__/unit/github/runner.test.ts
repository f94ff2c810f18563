import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../any-character.ts';
import { code, escapeMarkdown } from '../../../src/github/markdown.ts';
import { createRunner, neutralize, type Runner } from '../../../src/github/runner.ts';
import { setUp, commandsIn, tearDown, forget, read, remove, said } from './captured-output.ts';

beforeEach(setUp);
afterEach(tearDown);
afterAll(remove);

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
        fc.string({ unit: anyCharacter, maxLength: 4 }),
      ),
    )
    .map((pieces) => pieces.join(''));

  test('whatever it is, wherever it goes', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const runner = createRunner({ needsFiles: false });
        forget();
        runner.write(text);
        expect(commandsIn(said())).toEqual([]);
        expect(said()).not.toMatch(
          // oxlint-disable-next-line no-control-regex
          /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
        );
        forget();
        runner.annotate('warning', text, text);
        runner.debug(text);
        runner.startGroup(text.replaceAll(/[\r\n]/g, ''));
        runner.endGroup();
        expect(commandsIn(said())).toEqual(['warning', 'debug', 'group', 'endgroup']);
      }),
      { numRuns: 300 },
    );
  });
});

test('a group’s title is one line', () => {
  createRunner({ needsFiles: false }).startGroup('a\n::error::b\r::warning::c');
  expect(commandsIn(said())).toEqual(['group']);
});

describe('annotations', () => {
  test.each(['notice', 'warning', 'error'] as const)('%s', (kind) => {
    createRunner({ needsFiles: false }).annotate(kind, 'Rolled back, so: really', 'first\nsecond 100%');
    expect(said().trim()).toBe(`::${kind} title=Rolled back%2C so%3A really::first%0Asecond 100%25`);
  });

  test('of the greatest length are whole', () => {
    createRunner({ needsFiles: false }).annotate('error', 't', 'x'.repeat(4000));
    expect(said()).toContain('x'.repeat(4000));
    expect(said()).not.toContain('…');
  });

  test('are cut before the runner does it in the middle of something', () => {
    createRunner({ needsFiles: false }).annotate('error', 't', 'x'.repeat(5000));
    expect(said().trim().length).toBeLessThanOrEqual(4096);
    expect(said()).toMatch(/x…\s*$/);
  });
});

test.each([0, 1] as const)('the exit code %i', (exitCode) => {
  createRunner({ needsFiles: false }).setExitCode(exitCode);
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
    return said() + read('GITHUB_OUTPUT') + read('GITHUB_STATE') + read('GITHUB_STEP_SUMMARY');
  }

  test('wherever it goes', async () => {
    const runner = createRunner({ needsFiles: false });
    runner.hide(SECRET);
    const left = await send(runner, `before ${SECRET} between ${SECRET}`);
    expect(left).not.toContain(SECRET);
    // Nine ways out, the three annotations with a title each, and twice in each text.
    expect(left.match(/before \*\*\* between \*\*\*/g)).toHaveLength(12);
  });

  test('whole, where it stands across the length of an annotation', () => {
    const runner = createRunner({ needsFiles: false });
    runner.hide(SECRET);
    runner.annotate('error', 't', `${'x'.repeat(3992)}${SECRET}`);
    expect(said()).not.toContain('vps_');
  });

  test('several of them', async () => {
    const runner = createRunner({ needsFiles: false });
    runner.hide(SECRET);
    runner.hide('ghs_other');
    expect(await send(runner, `${SECRET} ghs_other`)).not.toMatch(/vps_demo|ghs_other/);
  });

  test('a secret that Markdown escaping changes', async () => {
    const runner = createRunner({ needsFiles: false });
    const secrets = [SECRET, '*[a]_b!', '-x#y@z', '<tag>&'];
    for (const secret of secrets) runner.hide(secret);
    const left = await send(
      runner,
      secrets.map((secret) => `${escapeMarkdown(secret)} ${code(secret)}`).join(' '),
    );
    expect(left.replaceAll('\\', '')).not.toMatch(/vps_demo|\[a\]_b|x#\u200b?y@|&lt;tag|<tag/);
  });

  test('one of four characters', async () => {
    const runner = createRunner({ needsFiles: false });
    runner.hide('wxyz');
    expect(await send(runner, 'x wxyz y')).not.toContain('abcd');
  });

  test('texts too short to be a secret stay: they would blank half of the log', async () => {
    const runner = createRunner({ needsFiles: false });
    for (const secret of ['', 'a', 'abc']) runner.hide(secret);
    expect(await send(runner, 'an abc of words')).toContain('an abc of words');
  });
});
