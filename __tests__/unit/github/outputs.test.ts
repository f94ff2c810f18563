import { describe, expect, test } from '@jest/globals';
import { setSnapshotOutputs, type SnapshotOutput } from '../../../src/github/outputs.ts';
import type { Runner } from '../../../src/github/runner.ts';

const ONE: SnapshotOutput = {
  server_id: '12345',
  server_name: 'web-server-01',
  snapshot_id: '801',
  name: 'deploy-shop-1',
  status: 'completed',
  size_mb: 2048,
  created_at: '2026-01-15T10:30:00Z',
  created: true,
};
const NONE: SnapshotOutput = {
  server_id: '12346',
  server_name: null,
  snapshot_id: null,
  name: null,
  status: null,
  size_mb: null,
  created_at: null,
  created: null,
};

function outputsOf(snapshots: readonly SnapshotOutput[]): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  setSnapshotOutputs(
    {
      setOutput: (name: string, value: string) => {
        outputs[name] = value;
      },
    } as Runner,
    snapshots,
  );
  return outputs;
}

test('one server: the plain values', () => {
  expect(outputsOf([ONE])).toEqual({
    snapshot_id: '801',
    snapshot_name: 'deploy-shop-1',
    snapshot_status: 'completed',
    size_mb: '2048',
    created_at: '2026-01-15T10:30:00Z',
    created: 'true',
    snapshots: JSON.stringify([ONE]),
  });
});

test('one server of which nothing is known: empty values', () => {
  expect(outputsOf([NONE])).toMatchObject({
    snapshot_id: '',
    snapshot_name: '',
    snapshot_status: '',
    size_mb: '',
    created_at: '',
    created: '',
  });
});

test('several servers: joined in their order, an empty element for a missing value', () => {
  const third = {
    ...ONE,
    snapshot_id: '803',
    name: 'deploy-shop-3',
    status: 'in_progress',
    size_mb: 0,
    created: false,
  };
  expect(outputsOf([ONE, NONE, third])).toMatchObject({
    snapshot_id: '801,,803',
    snapshot_name: 'deploy-shop-1,,deploy-shop-3',
    snapshot_status: 'completed,,in_progress',
    size_mb: '2048,,0',
    created_at: '2026-01-15T10:30:00Z,,2026-01-15T10:30:00Z',
    created: 'true,,false',
    snapshots: JSON.stringify([ONE, NONE, third]),
  });
});

test('a comma in a text of the API does not move the others', () => {
  const odd = { ...ONE, name: 'a,b', status: 'done, really', created_at: '15,01' };
  expect(outputsOf([odd, ONE])).toMatchObject({
    snapshot_name: 'ab,deploy-shop-1',
    snapshot_status: 'done really,completed',
    created_at: '1501,2026-01-15T10:30:00Z',
  });
});

describe('the wait action', () => {
  test('makes none, and has no output that says whether it did', () => {
    const { created: _created, ...waited } = ONE;
    expect(Object.keys(outputsOf([waited]))).toEqual([
      'snapshot_id',
      'snapshot_name',
      'snapshot_status',
      'size_mb',
      'created_at',
      'snapshots',
    ]);
  });
});
