import { describe, expect, test } from '@jest/globals';
import {
  parseCreated,
  parseRestoreAnswer,
  parseServer,
  parseSnapshot,
  parseTokenInfo,
  SchemaError,
} from '../../../../src/vps/schemas.ts';
import { DOCUMENTED, UUID } from '../../snapshots/samples.ts';

describe('the answer to a create request', () => {
  test('is a snapshot with an id', () => {
    const answer = { ...DOCUMENTED, status: 'in_progress', size_mb: null, message: 'takes 3-10 minutes' };
    expect(parseCreated(answer)).toEqual({
      ...parseSnapshot(DOCUMENTED),
      status: 'in_progress',
      sizeMb: null,
    });
  });

  test.each([{}, { id: null }, { id: '../x' }, { id: '' }])('is not %j', (answer) => {
    expect(() => parseCreated(answer)).toThrow('the new snapshot has no usable id');
  });
});

describe('a server', () => {
  const SERVER = { id: 12345, name: 'web-server-01', status: 'active', updated_at: '2026-01-15T10:30:00Z' };

  test.each<[string, object, object]>([
    ['as documented', { hostname: 'w', plan: {} }, {}],
    ['with a UUID', { id: undefined, uuid: UUID }, { id: null, uuid: UUID }],
    ['with both', { uuid: UUID }, { uuid: UUID }],
    ['with a word in capitals', { status: 'Restoring' }, { status: 'restoring' }],
    ['with no word', { status: undefined }, { status: '' }],
    [
      'with nothing but a word',
      { id: undefined, name: undefined, updated_at: undefined },
      { id: null, name: null, updatedAt: null },
    ],
    ['with no time', { updated_at: null }, { updatedAt: null }],
    ['with a hostile id', { id: '../../..' }, { id: null }],
    ['with an address', { ip_address: '203.0.113.7' }, { ipAddress: '203.0.113.7' }],
    ['with an address of another kind', { ip_address: ['203.0.113.7'] }, { ipAddress: null }],
  ])('%s', (_name, fields, change) => {
    const read = {
      id: '12345',
      uuid: null,
      name: 'web-server-01',
      status: 'active',
      updatedAt: '2026-01-15T10:30:00Z',
      ipAddress: null,
    };
    expect(parseServer({ ...SERVER, ...fields })).toEqual({ ...read, ...change });
  });

  test.each([null, [], 'active', {}, { detail: 'x' }, { status: 5 }, { name: 'w' }])('not %j', (body) => {
    expect(() => parseServer(body)).toThrow(SchemaError);
  });
});

describe('the answer to a restore request', () => {
  const ANSWER = {
    status: 'success',
    message: 'takes 5-15 minutes',
    snapshot: { id: 789, name: 'before-update', created_at: '2026-01-15T10:30:00Z' },
    server: { id: 12345, name: 'web-server-01', status: 'restoring' },
  };
  const NOBODY = { id: null, uuid: null, name: null };

  test.each<[string, object, object]>([
    ['as documented', {}, {}],
    ['with words in capitals', { status: 'SUCCESS' }, {}],
    ['with another word', { status: 'error' }, { status: 'error' }],
    ['with no word', { status: null }, { status: '' }],
    ['with UUIDs', { snapshot: { id: UUID } }, { snapshotId: UUID }],
    ['without a snapshot', { snapshot: null }, { snapshotId: null }],
    ['with a snapshot that is a number', { snapshot: 789 }, { snapshotId: null }],
    ['with a hostile id', { snapshot: { id: '../x' } }, { snapshotId: null }],
    ['without a server', { server: undefined }, { server: NOBODY, serverStatus: '' }],
    [
      'with a server of another status',
      { server: { id: 1, uuid: UUID, status: 'Active' } },
      { server: { id: '1', uuid: UUID, name: null }, serverStatus: 'active' },
    ],
    [
      'with a server that has no status',
      { server: { id: 1 } },
      { server: { ...NOBODY, id: '1' }, serverStatus: '' },
    ],
  ])('%s', (_name, fields, change) => {
    expect(parseRestoreAnswer({ ...ANSWER, ...fields })).toEqual({
      status: 'success',
      snapshotId: '789',
      server: { id: '12345', uuid: null, name: 'web-server-01' },
      serverStatus: 'restoring',
      ...change,
    });
  });

  test.each([null, [], 'success', 5])('not %j', (body) => {
    expect(() => parseRestoreAnswer(body)).toThrow(SchemaError);
  });
});

describe('whose token it is', () => {
  test.each<[string, object, object]>([
    ['as documented', { name: 'ci', permissions: ['a', 'b'] }, { name: 'ci', permissions: ['a', 'b'] }],
    ['without a name', { permissions: [] }, { name: null, permissions: [] }],
    [
      'with permissions of another kind',
      { name: 'ci', permissions: { a: true } },
      { name: 'ci', permissions: [] },
    ],
    [
      'with some that are no text',
      { permissions: ['a', 5, null, 'b\n'] },
      { name: null, permissions: ['a', 'b'] },
    ],
    [
      'with ever so many',
      { permissions: Array(1000).fill('x'.repeat(100)) },
      { name: null, permissions: Array(50).fill(`${'x'.repeat(59)}…`) },
    ],
  ])('%s', (_name, token, info) => {
    expect(parseTokenInfo({ account: { id: 1 }, token })).toEqual(info);
  });

  test.each([null, {}, { token: null }, { token: 'ci' }, { token: [] }])('not %j', (body) => {
    expect(() => parseTokenInfo(body)).toThrow(SchemaError);
  });
});
