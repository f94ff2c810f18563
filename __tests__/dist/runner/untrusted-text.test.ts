import { describe, expect, test } from '@jest/globals';
import { runAction, type ActionResult } from '../harness/action.ts';
import { titlesOf } from '../harness/annotations.ts';
import { runJob } from '../harness/job.ts';
import { parseCommands } from '../../../scripts/runner/runner-files.ts';
import { markerOf } from '../harness/snapshots.ts';
import { openTestEnvironment } from '../harness/test-environment.ts';

const ESC = '\u001b';

const UNTRUSTED = {
  'a workflow command': '\n::error::owned',
  'a command after a carriage return': 'a\r::set-output name=snapshot_id::666',
  'a stop of commands': '\n::stop-commands::x',
  'the old form of a command': 'a ##[error]owned ##[add-path]/tmp',
  'a command behind spaces': '\n  ::warning::owned',
  'an end of the output block': 'x\nghadelimiter\nsnapshot_id<<E\n666\nE',
  HTML: '<img src=x onerror=alert(1)><script>alert(1)</script><h1>big</h1>',
  'a link': '[click](https://evil.example) https://evil.example www.evil.example',
  'an image': '![x](https://evil.example/x.png)',
  'a mention': '@octocat @acme/admins #1 acme/shop#1',
  'a heading and a rule': '\n# Owned\n---\n> quoted\n- item',
  'a table': 'a | b | c |\n| --- |',
  'a code fence': '```\nx\n``` `` ` ',
  'a terminal escape': `${ESC}[31mred${ESC}[0m ${ESC}]0;title\u0007 ${ESC}[2J`,
  'bidi marks': 'abc\u202e\u2066\u200fcba\u061c',
  'control characters': 'a\u0000b\u0008\u007f\u0085\u2028\u2029c',
  'a megabyte': `big${'A'.repeat(1_000_000)}`,
  'a marker in another place': '[vps-snapshot key=00000000-0000-4000-8000-000000000000] more',
} as const;

const CASES = Object.entries(UNTRUSTED).map(([name, text]) => ({ name, text }));

/** Characters that can rewrite what a reader sees: controls but for line breaks and tabs, format and bidi marks. */
const INVISIBLE = /(?![\n\r\t\u200b])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Markdown of a summary without our own folds, tables, quotes and code: what untrusted text could have become. */
function withoutOurMarkup(summary: string): string {
  return summary
    .replaceAll(/```[a-z]*\n[\s\S]*?\n```/g, '')
    .replaceAll(/(`+)(?!`)(.+?)(?<!`)\1(?!`)/g, '')
    .replaceAll(/<\/?(?:details|summary|br|strong|b|code|sub)>/g, '')
    .replaceAll(/\\./g, '');
}

interface Said {
  readonly commands: ActionResult['commands'];
  readonly stdout: string;
  readonly outputs: ActionResult['outputs'];
  readonly summary: string;
}

/** What of the untrusted texts takes effect. */
function injected({ commands, stdout, outputs, summary }: Said): string[] {
  const text = withoutOurMarkup(summary);
  const said = stdout.length + JSON.stringify(outputs).length + summary.length;
  return [
    ...commands
      .filter(({ text: content }) => content.startsWith('owned'))
      .map(({ name }) => `command ${name}`),
    ...(outputs['snapshot_id'] === '666' ? ['an output'] : []),
    ...(INVISIBLE.test(stdout + summary) ? ['an invisible character'] : []),
    ...(/<\/?[a-z]/i.test(text) ? ['HTML'] : []),
    ...(/\]\(/.test(text) ? ['a link'] : []),
    ...(/(?<![\w/`])@\w/.test(text) ? ['a mention'] : []),
    ...(/https?:\/\/evil|www\.evil/.test(text) ? ['an address'] : []),
    ...(/^#{1,6} Owned|^ *-{3,}$/m.test(text) ? ['a heading or rule'] : []),
    ...(said > 300_000 ? ['a flood'] : []),
  ];
}

describe('what the check finds', () => {
  const NOTHING: Said = { commands: [], stdout: '', outputs: {}, summary: '' };
  test.each([
    { finds: ['command error'], said: { ...NOTHING, commands: parseCommands('\n::error::owned') } },
    { finds: ['command ##[error]'], said: { ...NOTHING, commands: parseCommands('log: ##[error]owned') } },
    { finds: ['command warning'], said: { ...NOTHING, commands: parseCommands('a\r  ::warning::owned') } },
    { finds: ['an output'], said: { ...NOTHING, outputs: { snapshot_id: '666' } } },
    { finds: ['an invisible character'], said: { ...NOTHING, stdout: UNTRUSTED['bidi marks'] } },
    { finds: ['an invisible character'], said: { ...NOTHING, summary: UNTRUSTED['a terminal escape'] } },
    { finds: ['HTML'], said: { ...NOTHING, summary: UNTRUSTED.HTML } },
    { finds: ['a link', 'an address'], said: { ...NOTHING, summary: UNTRUSTED['a link'] } },
    { finds: ['a mention'], said: { ...NOTHING, summary: UNTRUSTED['a mention'] } },
    { finds: ['a heading or rule'], said: { ...NOTHING, summary: UNTRUSTED['a heading and a rule'] } },
    { finds: ['a flood'], said: { ...NOTHING, stdout: UNTRUSTED['a megabyte'] } },
    { finds: [], said: { ...NOTHING, summary: `\`${UNTRUSTED['a mention']}\` \\[a\\](b)` } },
  ])('$finds', ({ finds, said }) => {
    expect(injected(said)).toEqual(finds);
  });
});

// Which text is which is for the tables of the units; here all of them take every way out of a process.
describe('untrusted text of the API injects nothing into log, outputs or summary', () => {
  test.concurrent('in every name and status of a rolled back deploy', async () => {
    const words = CASES.map(({ text }) => text);
    await using testEnv = await openTestEnvironment({
      secondsPerAnswer: 10,
      servers: [{ id: 12345, name: words.join(' ').slice(0, 5000) }],
      snapshots: [
        { id: 502, name: UNTRUSTED.HTML, description: words.slice(0, 12).join('') },
        { id: 503, name: UNTRUSTED['a table'], status: 'in_progress', description: markerOf() },
      ],
      switches: { word_in_progress: words, word_restoring: words.slice(0, 16).join('') },
    });
    const { main, post } = await runJob(testEnv, { inputs: { on_failure: 'restore' }, ends: 'failure' });

    expect(main.code).toBe(0);
    expect(titlesOf(post)).toContain('error: Rolled back');
    expect([main, post].flatMap(injected)).toEqual([]);
  });

  test.concurrent('all of them in what the commands list', async () => {
    const created_at = '2026-01-05T08:00:00Z';
    const snapshots = CASES.flatMap(({ text }, n) => [
      { id: 500 + n, name: text, created_at, description: markerOf() },
      { id: 600 + n, name: text, created_at, description: text },
    ]);
    await using testEnv = await openTestEnvironment({
      servers: [{ id: 12345, name: UNTRUSTED.HTML }],
      snapshots,
    });
    const ids = CASES.map((_case, n) => 600 + n).join();
    const inputs = { server_id: '12345', keep_last: '1' };
    const prune = await runAction(testEnv, 'prune', { inputs });
    const remove = await runAction(testEnv, 'delete', { inputs: { snapshot_id: ids } });
    const wait = await runAction(testEnv, 'wait', { inputs: { snapshot_id: ids } });
    const restore = await runAction(testEnv, 'restore', { inputs: { snapshot_id: ids } });

    expect([prune.code, remove.code, wait.code, restore.code]).toEqual([0, 1, 0, 1]);
    expect(prune.outputs['deleted']?.split(',')).toHaveLength(CASES.length - 1);
    expect([prune, remove, wait, restore].flatMap(injected)).toEqual([]);
  });

  test.concurrent.each([
    'a command after a carriage return',
    'the old form of a command',
    'HTML',
    'a megabyte',
  ] as const)('%s as the reason of an error, and in place of JSON', async (name) => {
    const text = UNTRUSTED[name];
    await using testEnv = await openTestEnvironment();
    const body = { detail: text, [text.slice(0, 50)]: [text] };
    testEnv.addFaults([
      { kind: 'wrong_json', body: text, method: 'GET', nth: 2, times: 5 },
      { kind: 'status', status: 400, body, method: 'POST' },
    ]);
    const main = await runAction(testEnv, 'main');

    expect(main.code).toBe(1);
    expect(injected(main)).toEqual([]);
  });
});

describe('untrusted ids', () => {
  test.concurrent('an id of the API that is none is used in no request', async () => {
    const ids = ['../../servers/12345/power', '..', '%2e%2e', 'a/b'];
    await using testEnv = await openTestEnvironment({
      snapshots: ids.map((id) => ({ id, name: 'a', created_at: 0, description: markerOf() })),
    });
    const prune = await runAction(testEnv, 'prune', { inputs: { server_id: '12345', keep_last: '1' } });
    const main = await runAction(testEnv, 'main');

    expect(main.code).toBe(0);
    expect(prune.requests.filter((line) => line.startsWith('DELETE'))).toEqual([]);
    expect(
      testEnv.requests.every(({ path }) => /^\/api\/v1\/(snapshots|servers)\/(12345\/)?(\?|$)/.test(path)),
    ).toBe(true);
  });

  const BIG = '9007199254740993';

  test.concurrent('a number above 2^53 is never used, neither for a restore nor for a deletion', async () => {
    await using testEnv = await openTestEnvironment({ switches: { snapshot_ids: 'huge' } });
    const { main, post } = await runJob(testEnv, { inputs: { on_failure: 'restore' }, ends: 'failure' });
    const inputs = { on_success: 'delete' };
    const state = {
      ...main.state,
      step: main.state['step']?.replace('"onSuccess":"keep"', '"onSuccess":"delete"') ?? '',
    };
    const cleanUp = await runAction(testEnv, 'post', { inputs, state });
    const remove = await runAction(testEnv, 'delete', { inputs: { snapshot_id: BIG, force: 'true' } });

    expect([post.code, cleanUp.code, remove.code]).toEqual([1, 0, 1]);
    expect(titlesOf(cleanUp)).toEqual(['warning: Snapshot not deleted']);
    expect(main.stdout + post.stdout).toContain(BIG);
    const changes = testEnv.requests.filter(({ method }) => method !== 'GET');
    expect(changes.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /api/v1/snapshots/']);
  });
});
