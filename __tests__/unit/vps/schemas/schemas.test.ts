import { describe, expect, test } from '@jest/globals';
import { isAddressable, parseTime } from '../../../../src/vps/model.ts';
import { parseJson, parsePage, parseSnapshot, SchemaError } from '../../../../src/vps/schemas.ts';
import { DOCUMENTED, UUID } from '../../snapshots/samples.ts';

const READ = {
  id: '789',
  idIsLossless: true,
  server: { id: '12345', uuid: null, name: 'web-server-01' },
  name: 'before-update',
  status: 'completed',
  sizeMb: 2048,
  createdAt: '2026-01-15T10:30:00Z',
  created: Date.UTC(2026, 0, 15, 10, 30),
  description: 'Before the update',
};

describe('a snapshot', () => {
  test('as documented', () => {
    expect(parseSnapshot(DOCUMENTED)).toEqual(READ);
  });

  test('with new fields', () => {
    expect(parseSnapshot({ ...DOCUMENTED, region: 'eu', tags: [{}], __proto__: null })).toEqual(READ);
  });

  /** A field that is missing, null or of another kind breaks no more than itself. */
  const NOTHING = { missing: undefined, null: null, 'an object': {}, 'a list': [], 'a truth': true } as const;
  test.each(
    Object.entries({
      id: { id: null, idIsLossless: false },
      server: { server: { id: null, uuid: null, name: null } },
      name: { name: null },
      status: { status: '' },
      size_mb: { sizeMb: null },
      created_at: { createdAt: null, created: null },
      description: { description: null },
    }).flatMap(([field, change]) =>
      Object.entries(NOTHING).map(([kind, value]) => [field, kind, value, change] as const),
    ),
  )('%s: %s', (field, _kind, value, change) => {
    expect(parseSnapshot({ ...DOCUMENTED, [field]: value })).toEqual({ ...READ, ...change });
  });

  test.each<[string, object, object]>([
    ['a UUID for an id', { id: UUID }, { id: UUID }],
    ['a UUID instead of an id', { id: undefined, uuid: UUID }, { id: UUID }],
    ['an id and a UUID', { uuid: UUID }, { id: '789' }],
    ['an id of digits as text', { id: '0789' }, { id: '0789' }],
    ['the id zero', { id: 0 }, { id: '0' }],
    ['the server as a number', { server: 12345 }, { server: { id: '12345', uuid: null, name: null } }],
    ['the server as text', { server: UUID }, { server: { id: UUID, uuid: null, name: null } }],
    [
      'the server with id and UUID',
      { server: { id: 1, uuid: UUID } },
      { server: { id: '1', uuid: UUID, name: null } },
    ],
    ['a word in capitals', { status: 'Completed' }, { status: 'completed' }],
    ['a word with white space', { status: ' in_progress\n' }, { status: 'in_progress' }],
    ['a size as text', { size_mb: '2048' }, { sizeMb: null }],
    ['a size with a fraction', { size_mb: 0.5 }, { sizeMb: 0.5 }],
    ['a size below nothing', { size_mb: -1 }, { sizeMb: null }],
    ['a time that is no time', { created_at: 'yesterday' }, { createdAt: 'yesterday', created: null }],
    ['a time as a number', { created_at: 1_768_473_000 }, { createdAt: null, created: null }],
    ['a name with escapes', { name: 'a\u001b[31mb\nc' }, { name: 'a [31mb c' }],
    ['a name of a megabyte', { name: 'n'.repeat(1e6) }, { name: `${'n'.repeat(199)}…` }],
    ['a word of a megabyte', { status: 's'.repeat(1e6) }, { status: `${'s'.repeat(39)}…` }],
    [
      'a description as long as any of ours',
      { description: 'd'.repeat(4096) },
      { description: 'd'.repeat(4096) },
    ],
    ['a description of a megabyte', { description: 'd'.repeat(1e6) }, { description: null }],
  ])('with %s', (_name, fields, change) => {
    expect(parseSnapshot({ ...DOCUMENTED, ...fields })).toEqual({ ...READ, ...change });
  });

  test.each([null, undefined, 5, 'text', true, [], [DOCUMENTED]])('is not %j', (value) => {
    expect(() => parseSnapshot(value)).toThrow(SchemaError);
  });
});

describe('ids', () => {
  const idOf = (json: string): { id: string | null; idIsLossless: boolean; usable: boolean } => {
    const snapshot = parseSnapshot(parseJson(`{"id":${json}}`));
    return { id: snapshot.id, idIsLossless: snapshot.idIsLossless, usable: isAddressable(snapshot) };
  };

  test.each([
    ['9007199254740991', '9007199254740991', true],
    ['"9007199254740993"', '9007199254740993', true],
    ['9007199254740992', '9007199254740992', false],
    ['9007199254740993', '9007199254740993', false],
    ['123456789012345678901234567890', '123456789012345678901234567890', false],
  ])('%s keeps its digits; it may be used: %s', (json, id, usable) => {
    expect(idOf(json)).toEqual({ id, idIsLossless: usable, usable });
  });

  test.each([
    '"../../x"',
    '".."',
    '"a/b"',
    '"a%2fb"',
    '"%2e%2e"',
    '"a?b"',
    '"a b"',
    '"a\\nb"',
    '"\\u202e1"',
    '"１"',
    '""',
    '"-"',
    '"-801"',
    '"_801"',
    `"${'a'.repeat(65)}"`,
    '-1',
    '1.5',
    '1e3000',
    '1e21',
    '9007199254740993.5',
    '9'.repeat(65),
    '{}',
    '[1]',
    'true',
    'null',
  ])('%s is none', (json) => {
    expect(idOf(json)).toEqual({ id: null, idIsLossless: false, usable: false });
  });

  test('a server’s long id keeps its digits too', () => {
    const body = parseJson('{"server":{"id":9007199254740993},"id":1}');
    expect(parseSnapshot(body).server.id).toBe('9007199254740993');
    expect(parseSnapshot(parseJson('{"server":9007199254740995,"id":1}')).server.id).toBe('9007199254740995');
  });
});

describe('lists', () => {
  const parseSnapshots = (body: unknown): object => parsePage(body, 'snapshots', parseSnapshot);

  test.each<[string, unknown, object]>([
    ['as documented', { count: 1, results: [DOCUMENTED] }, { count: 1, next: undefined }],
    ['with links', { count: 1, next: null, previous: null, results: [DOCUMENTED] }, { count: 1, next: null }],
    [
      'with a next page',
      { count: 9, next: 'https://a/?page=2', results: [DOCUMENTED] },
      { count: 9, next: 'https://a/?page=2' },
    ],
    ['with an empty next page', { count: 1, next: '', results: [DOCUMENTED] }, { count: 1, next: null }],
    ['bare', [DOCUMENTED], { count: 1, next: null }],
    ['without a count', { results: [DOCUMENTED] }, { count: null, next: undefined }],
    ['with a count as text', { count: '1', results: [DOCUMENTED] }, { count: null, next: undefined }],
    ['with new fields', { results: [DOCUMENTED], count: 1, facets: {} }, { count: 1 }],
  ])('%s', (_name, body, page) => {
    expect(parseSnapshots(body)).toMatchObject({ items: [READ], ...page });
  });

  test.each<[string, unknown]>([
    ['empty', { count: 0, results: [] }],
    ['bare and empty', []],
  ])('%s', (_name, body) => {
    expect(parseSnapshots(body)).toMatchObject({ items: [], count: 0 });
  });

  test.each([
    [9, true],
    [10, false],
    [11, true],
    [20, false],
    [25, false],
    [50, false],
    [99, true],
    [100, false],
    [101, true],
  ])('a bare array of %i is known to be whole: %s', (length, isWhole) => {
    const body = Array.from({ length }, () => DOCUMENTED);
    expect(parseSnapshots(body)).toMatchObject({
      count: isWhole ? length : null,
      next: isWhole ? null : undefined,
    });
  });

  test.each<[string, unknown, string]>([
    ['null', null, 'is not an object'],
    ['a text', 'ok', 'is not an object'],
    ['a number', 5, 'is not an object'],
    ['an error that came with 200', { detail: 'maintenance' }, "has no 'results'"],
    ['results that are none', { results: {} }, "has no 'results'"],
    ['results with something else in it', { results: [DOCUMENTED, 5] }, 'a snapshot is not an object'],
    ['a bare list of something else', ['x'], 'a snapshot is not an object'],
    [
      'a next page that is a number',
      { results: [], next: 2 },
      "'next' of the list of snapshots is no address",
    ],
  ])('not %s', (_name, body, message) => {
    expect(() => parseSnapshots(body)).toThrow(new RegExp(message));
    expect(() => parseSnapshots(body)).toThrow(SchemaError);
  });
});

describe('times', () => {
  const TEN = Date.UTC(2026, 0, 15, 10, 30);
  test.each<[string, number | null]>([
    ['2026-01-15T10:30:00Z', TEN],
    ['2026-01-15T10:30Z', TEN],
    ['2026-01-15 10:30:00Z', TEN],
    ['2026-01-15T10:30:00.123456Z', TEN + 123],
    ['2026-01-15T12:30:00+02:00', TEN],
    ['2026-01-15T12:30:00+0200', TEN],
    ['2026-01-15T05:30:00-05:00', TEN],
    ['2026-01-15T10:30:00', null],
    ['2026-01-15', null],
    ['15.01.2026 10:30', null],
    ['2026-13-45T10:30:00Z', null],
    ['Thu, 15 Jan 2026 10:30:00 GMT', null],
    ['1768473000', null],
    ['', null],
  ])('%s', (text, time) => {
    expect(parseTime(text)).toBe(time);
  });

  test('none', () => {
    expect(parseTime(null)).toBeNull();
  });
});
