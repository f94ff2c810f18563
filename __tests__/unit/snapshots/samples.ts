import type { RestoreTarget } from '../../../src/actions/restoring/restore.ts';
import { formatMarker, PLAIN, type Marker, type Origin } from '../../../src/snapshots/marker.ts';
import type { Server, Snapshot, SnapshotList } from '../../../src/vps/model.ts';

/** The API's time in these tests. */
export const NOW = Date.UTC(2026, 0, 15, 12);
export const HOUR = 3_600_000;

/** This repository, in the second attempt of run 900. */
export const ORIGIN: Origin = {
  host: 'github.com',
  repositoryId: '7',
  repository: 'acme/shop',
  runId: '900',
  runAttempt: 2,
  job: 'deploy',
  leg: '',
  step: 'snapshot',
  use: 1,
  sha: '0123456789abcdef',
};

export const KEY = '11111111-1111-4111-8111-111111111111';
export const OTHER_KEY = '22222222-2222-4222-8222-222222222222';

/** The end of a description; by default one that an earlier run of this repository wrote. */
export function markerOf(marker: Partial<Marker> = {}): string {
  return formatMarker({ ...ORIGIN, ...PLAIN, runId: '800', runAttempt: 1, key: OTHER_KEY, ...marker });
}

/** A marker as the first version wrote it: of an earlier run of this repository. */
export const FIRST_FORM = `[vps-snapshot key=${OTHER_KEY} repo-id=7 repo=acme/shop run=800/1 job=deploy step=snapshot sha=0123456789ab]`;

export const UUID = '3f2b8c1e-0000-4000-8000-00000000abcd';

/** A snapshot as the vendor documents it. */
export const DOCUMENTED = {
  id: 789,
  server: { id: 12345, name: 'web-server-01' },
  name: 'before-update',
  status: 'completed',
  size_mb: 2048,
  created_at: '2026-01-15T10:30:00Z',
  description: 'Before the update',
};

/** A server that the API does not name. */
export const NAMELESS = { id: null, uuid: null, name: null };

let made = 0;

/** A completed snapshot of server 12345, an hour old, that an earlier run of this repository made. */
export function snapshot(fields: Partial<Snapshot> & { readonly age?: number } = {}): Snapshot {
  made += 1;
  const { age = HOUR, ...rest } = fields;
  return {
    id: String(1000 + made),
    idIsLossless: true,
    server: { id: '12345', uuid: null, name: 'web-server-01' },
    name: `backup-${made}`,
    status: 'completed',
    sizeMb: 2048,
    createdAt: new Date(NOW - age).toISOString(),
    created: NOW - age,
    description: markerOf(),
    ...rest,
  };
}

/** A complete list, as one page shows it. */
export function list(snapshots: readonly Snapshot[], fields: Partial<SnapshotList> = {}): SnapshotList {
  return { snapshots, complete: true, now: NOW, pages: 1, ...fields };
}

export function server(status: string, updatedAt: string | null = 'before'): Server {
  return { id: '12345', uuid: null, name: 'web-server-01', status, updatedAt, ipAddress: null };
}

/** A server that somebody asked to be put back. */
export function restoreTarget(fields: Partial<RestoreTarget> = {}): RestoreTarget {
  return {
    label: 'web',
    serverId: '12345',
    serverIds: ['12345'],
    snapshotId: '801',
    idIsLossless: true,
    name: null,
    createdAt: null,
    key: null,
    seenCompleted: null,
    startIfStopped: true,
    undoSnapshotId: null,
    ...fields,
  };
}
