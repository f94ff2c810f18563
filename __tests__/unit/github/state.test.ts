import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../any-character.ts';
import {
  loadState,
  serverState,
  STEP_STATE,
  type ServerRecord,
  type StepRecord,
} from '../../../src/github/state.ts';
import { parseCreated, parseJson } from '../../../src/vps/schemas.ts';
import { KEY, ORIGIN, OTHER_KEY } from '../snapshots/samples.ts';

const STEP: StepRecord = {
  version: 1,
  repositoryId: ORIGIN.repositoryId,
  runId: ORIGIN.runId,
  runAttempt: ORIGIN.runAttempt,
  leg: '0a1b2c3d',
  use: 2,
  apiUrl: 'https://admin.vps.org/api/v1',
  servers: 2,
  policy: { onFailure: 'restore', onCancel: 'keep', onSuccess: 'delete', keepLast: 3, restoreIfGiven: true },
  restoreTimeout: 1_800_000,
  restoreMaxAge: 86_400_000,
  pollInterval: null,
  healthUrls: ['https://shop.example/health'],
  dryRun: false,
  statusBefore: 'success',
  stopsServers: true,
  interrupted: false,
  succeeded: true,
};
const RECORD: ServerRecord = {
  version: 1,
  runId: ORIGIN.runId,
  runAttempt: ORIGIN.runAttempt,
  server: '12345',
  ids: ['12345', '3f2b8c1e-0000-4000-8000-00000000abcd'],
  serverName: 'web-server-01',
  key: KEY,
  name: 'deploy-shop-900-2',
  phase: 'completed',
  completedAt: 1_768_478_400_000,
  snapshotId: '801',
  idIsLossless: true,
  createdAt: '2026-01-15T10:30:00Z',
  sizeMb: 2048,
  reused: false,
  shown: true,
  resentAt: null,
  duplicates: ['802'],
  power: { found: 'active', stop: 'confirmed', stopAcceptedAt: 1_768_478_400_000, started: true },
};
const POWER = RECORD.power;
const SECOND: ServerRecord = {
  ...RECORD,
  server: '12346',
  ids: ['12346'],
  serverName: null,
  key: OTHER_KEY,
  phase: 'intent',
  completedAt: null,
  snapshotId: null,
  createdAt: null,
  sizeMb: null,
  duplicates: [],
  power: null,
};

type Saved = Readonly<Record<string, string>>;
const save = (step: object = STEP, ...records: object[]): Saved => ({
  [STEP_STATE]: JSON.stringify(step),
  ...Object.fromEntries(records.map((record, index) => [serverState(index), JSON.stringify(record)])),
});
const WHOLE = save(STEP, RECORD, SECOND);
const load = (saved: Saved): ReturnType<typeof loadState> => loadState(ORIGIN, (name) => saved[name] ?? '');

test('what main saved comes back', () => {
  expect(load(WHOLE)).toEqual({ kind: 'usable', step: STEP, servers: [RECORD, SECOND] });
});

test('the runner gives it as STATE_ variables', () => {
  const before = { ...process.env };
  try {
    for (const [name, value] of Object.entries(WHOLE)) process.env[`STATE_${name}`] = value;
    expect(loadState(ORIGIN)).toMatchObject({ kind: 'usable' });
  } finally {
    process.env = before;
  }
});

test('a main that was cut off has saved some of its servers', () => {
  const step = { ...STEP, succeeded: false };
  expect(load(save(step, RECORD))).toEqual({ kind: 'usable', step, servers: [RECORD] });
  const { [serverState(0)]: _first, ...second } = save(step, RECORD, SECOND);
  expect(load(second)).toMatchObject({ kind: 'usable', servers: [SECOND] });
});

test('nothing kept, no time and a key of zeros are values like others', () => {
  const step = { ...STEP, restoreTimeout: 0, restoreMaxAge: null, policy: { ...STEP.policy, keepLast: 0 } };
  const zero = {
    ...SECOND,
    key: '00000000-0000-4000-8000-000000000000',
    sizeMb: 0,
    power: { found: 'active', stop: 'none', stopAcceptedAt: null, started: false },
  };
  expect(load(save(step, RECORD, zero))).toEqual({ kind: 'usable', step, servers: [RECORD, zero] });
});

test('more servers than the step has are not its own', () => {
  expect(load(save(STEP, RECORD, SECOND, RECORD))).toMatchObject({ servers: [RECORD, SECOND] });
});

describe('there is none', () => {
  test.each<[string, Saved, RegExp]>([
    ['nothing was saved', {}, /ended before it saved anything/],
    [
      'main ended before any server',
      save({ ...STEP, succeeded: false }),
      /ended before it requested anything/,
    ],
    ['of another run', save({ ...STEP, runId: '901' }, RECORD, SECOND), /belongs to another run/],
    ['of another attempt', save({ ...STEP, runAttempt: 1 }, RECORD, SECOND), /belongs to another run/],
    ['of another repository', save({ ...STEP, repositoryId: '8' }, RECORD, SECOND), /belongs to another run/],
  ])('%s', (_name, saved, reason) => {
    expect(load(saved)).toEqual({ kind: 'none', reason: expect.stringMatching(reason) });
  });
});

describe('it cannot be read', () => {
  test.each<[string, Saved]>([
    ['the step is no JSON', { ...WHOLE, [STEP_STATE]: 'true story' }],
    ['the step is null', { ...WHOLE, [STEP_STATE]: 'null' }],
    ['the step is a list', { ...WHOLE, [STEP_STATE]: '[]' }],
    ['the step is missing beside a server', { [serverState(0)]: JSON.stringify(RECORD) }],
    ['a step that succeeded has no server at all', save(STEP)],
    ['a server is no JSON', { ...WHOLE, [serverState(1)]: '{' }],
    ['a server of another run', save(STEP, RECORD, { ...SECOND, runId: '901' })],
    ['a server of another attempt', save(STEP, { ...RECORD, runAttempt: 1 }, SECOND)],
    ['a server is missing, although main succeeded', save(STEP, RECORD)],
  ])('%s', (_name, saved) => {
    expect(load(saved).kind).toBe('unreadable');
  });

  test.each(Object.keys(STEP))('the step lacks %s', (field) => {
    const { [field as keyof StepRecord]: _dropped, ...rest } = STEP;
    expect(load({ ...WHOLE, [STEP_STATE]: JSON.stringify(rest) }).kind).toBe('unreadable');
  });

  test.each(Object.keys(RECORD))('a server lacks %s', (field) => {
    const { [field as keyof ServerRecord]: _dropped, ...rest } = RECORD;
    expect(load({ ...WHOLE, [serverState(0)]: JSON.stringify(rest) }).kind).toBe('unreadable');
  });

  test.each<[string, object]>([
    ['another version', { version: 2 }],
    ['a snapshot id that cannot be one', { snapshotId: '../x' }],
    ['a snapshot id that is a number', { snapshotId: 801 }],
    ['an empty snapshot id', { snapshotId: '' }],
    ['a duplicate that cannot be one', { duplicates: ['802', 'a/b'] }],
    ['a server that cannot be one', { server: '..' }],
    ['an id that cannot be one', { ids: ['12345', 7] }],
    ['an unknown phase', { phase: 'done' }],
    ['a key that is no UUID', { key: 'x' }],
    ['an unknown power state', { power: { ...POWER, found: 'odd' } }],
    ['an unknown state of the stop', { power: { ...POWER, stop: 'done' } }],
    ['a stop without its time', { power: { found: 'active', stop: 'accepted', started: false } }],
    ['a stop at a time that is a text', { power: { ...POWER, stopAcceptedAt: '2026' } }],
    ['half of a power state', { power: { found: 'active' } }],
    ['a time that no date can hold', { completedAt: 8.64e15 + 1 }],
    ['a truth that is a text', { reused: 'false' }],
  ])('a server has %s', (_name, fields) => {
    expect(load(save(STEP, { ...RECORD, ...fields }, SECOND)).kind).toBe('unreadable');
  });

  test.each<[string, object]>([
    ['another version', { version: '1' }],
    ['an unknown option', { policy: { ...STEP.policy, onFailure: 'rollback' } }],
    ['no options', { policy: null }],
    ['a number of servers that is a text', { servers: '2' }],
    ['a health address that is no text', { healthUrls: [7] }],
    ['a success that is a text', { succeeded: 'true' }],
    ['a time below nothing', { restoreTimeout: -1 }],
    ['an age that is a text', { restoreMaxAge: '1d' }],
    ['a restore_if that is a text', { policy: { ...STEP.policy, restoreIfGiven: 'true' } }],
    ['an option that is missing', { policy: { ...STEP.policy, restoreIfGiven: undefined } }],
    ['a pause that is a text', { pollInterval: '5s' }],
    ['a number to keep that is a text', { policy: { ...STEP.policy, keepLast: '3' } }],
  ])('the step has %s', (_name, fields) => {
    expect(load(save({ ...STEP, ...fields }, RECORD, SECOND)).kind).toBe('unreadable');
  });
});

describe('beside what cannot be read, the whole records can start a server again', () => {
  test.each<[string, Saved, StepRecord | null, readonly ServerRecord[], readonly string[]]>([
    ['a torn second server', { ...WHOLE, [serverState(1)]: '{' }, STEP, [RECORD], ['server number 2']],
    ['a torn first server', { ...WHOLE, [serverState(0)]: '{' }, STEP, [SECOND], ['server number 1']],
    [
      'one that is torn after its id',
      { ...WHOLE, [serverState(0)]: WHOLE[serverState(0)]?.slice(0, -1) ?? '' },
      STEP,
      [SECOND],
      ['server number 1 (12345)'],
    ],
    [
      'a server of another run',
      save(STEP, RECORD, { ...SECOND, runId: '901' }),
      STEP,
      [RECORD],
      ['server number 2'],
    ],
    ['a missing server', save(STEP, RECORD), STEP, [RECORD], ['one of the servers']],
    // Without the step nobody knows which run and which API they are of.
    ['a torn step', { ...WHOLE, [STEP_STATE]: '{' }, null, [], []],
  ])('%s', (_name, saved, step, servers, torn) => {
    expect(load(saved)).toEqual({ kind: 'unreadable', reason: expect.any(String), step, servers, torn });
  });

  test('and the torn ones are counted from one', () => {
    expect(load({ ...WHOLE, [serverState(0)]: '{', [serverState(1)]: '{' })).toMatchObject({
      reason: 'the saved state of server number 1, server number 2 cannot be read',
    });
  });
});

describe('torn at any place', () => {
  test.each(Object.keys(WHOLE))('%s is never usable', (name) => {
    const text = WHOLE[name] ?? '';
    for (let length = 0; length < text.length; length += 1) {
      expect(load({ ...WHOLE, [name]: text.slice(0, length) }).kind).not.toBe('usable');
    }
  });
});

test('whatever the API answers, a record of it is read back', () => {
  const answer = fc.record({
    id: fc.oneof(fc.nat(), fc.uuid(), fc.constant(2 ** 60)),
    name: fc.oneof(fc.string({ unit: anyCharacter }), fc.constant(null)),
    size_mb: fc.oneof(fc.double(), fc.integer(), fc.constant('big'), fc.constant(null)),
    created_at: fc.oneof(fc.string({ unit: anyCharacter }), fc.constant(null)),
    server: fc.record({ id: fc.oneof(fc.nat(), fc.uuid()), name: fc.string({ unit: anyCharacter }) }),
  });
  fc.assert(
    fc.property(answer, (body) => {
      const made = parseCreated(parseJson(JSON.stringify(body)));
      const record: ServerRecord = {
        ...RECORD,
        snapshotId: made.id,
        idIsLossless: made.idIsLossless,
        createdAt: made.createdAt,
        sizeMb: made.sizeMb,
        serverName: made.server.name,
        ids: ['12345', ...(made.server.id === null ? [] : [made.server.id])],
      };
      expect(load(save(STEP, record, SECOND))).toEqual({
        kind: 'usable',
        step: STEP,
        servers: [record, SECOND],
      });
    }),
  );
});

test('whatever stands there instead is never usable', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(WHOLE)), fc.oneof(fc.json(), fc.string()), (name, text) => {
      expect(load({ ...WHOLE, [name]: text }).kind).not.toBe('usable');
    }),
  );
});
