import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';
import type { Deps } from '../../../src/actions/common/deps.ts';
import type { Job } from '../../../src/github/job.ts';
import type { Runner } from '../../../src/github/runner.ts';
import { createSchedule } from '../../../src/snapshots/polling/schedule.ts';
import type { Api } from '../../../src/vps/api.ts';
import { VpsError, type VpsErrorFields } from '../../../src/vps/errors.ts';
import type { Server, Snapshot, SnapshotList } from '../../../src/vps/model.ts';
import { ORIGIN } from '../snapshots/samples.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** What a use case works with, in virtual time, and what it wrote to the log, each line with its second. */
export interface TestDeps {
  readonly deps: Deps;
  readonly clock: VirtualClock;
  readonly lines: readonly string[];
  readonly cancelled: AbortController;
}

export interface TestDepsOptions {
  readonly api?: Partial<Api>;
  /** The end of the budget. */
  readonly until?: number;
  readonly cancelAt?: number | undefined;
  readonly more?: Partial<Deps>;
}

/** Deps of an adaptive step; whatever a test does not give is not there. */
export function createTestDeps(options: TestDepsOptions = {}): TestDeps {
  const { api = {}, until = 30 * MINUTE, cancelAt, more } = options;
  const clock = new VirtualClock();
  const cancelled = new AbortController();
  if (cancelAt !== undefined) clock.at(cancelAt, () => cancelled.abort());
  const lines: string[] = [];
  const write = (...parts: readonly string[]): void => {
    const text = parts.filter((part) => part !== '').join(': ');
    lines.push(`${Math.round(clock.now() / SECOND)} ${text}`);
  };
  const known: Partial<Deps> = {
    clock,
    cancelled: cancelled.signal,
    until,
    schedule: createSchedule(null, false),
    api: api as Api,
    log: {
      info: (text) => write(text),
      debug: () => undefined,
      event: (subject, text, forNow = '') => write(subject, forNow + text),
      group: () => undefined,
      notice: (title, text) => write(title, text),
      warning: (title, text) => write(title, text),
      error: (title, text) => write(title, text),
      events: () => [],
      alerts: () => [],
      linkTo: () => '',
    },
    ...more,
  };
  return { deps: known as Deps, clock, lines, cancelled };
}

/** What a step needs to save how far it has come, where nobody reads that. */
export const SAVES_NOTHING: Partial<Deps> = {
  job: { origin: ORIGIN } as Job,
  runner: { saveState: () => undefined } as unknown as Runner,
};

/** A server as one read of the API shows it. */
export function serverOf(status: string, fields: Partial<Server> = {}): Server {
  return {
    id: '12345',
    uuid: null,
    name: 'web',
    status,
    updatedAt: 'before',
    ipAddress: null,
    ...fields,
  };
}

/** A completed snapshot of that server, without a marker. */
export function snapshotOf(id: string | null, fields: Partial<Snapshot> = {}): Snapshot {
  return {
    id,
    idIsLossless: true,
    server: { id: '12345', uuid: null, name: 'web' },
    name: `backup-${id}`,
    status: 'completed',
    sizeMb: 2048,
    createdAt: '2026-01-15T11:00:00Z',
    created: NOW - 3_600_000,
    description: null,
    ...fields,
  };
}

/** The API's time in these tests. */
export const NOW = Date.UTC(2026, 0, 15, 12);

/** A complete list, as one page shows it. */
export function listOf(snapshots: readonly Snapshot[], fields: Partial<SnapshotList> = {}): SnapshotList {
  return { snapshots, complete: true, now: NOW, pages: 1, ...fields };
}

export function fails(
  kind: VpsErrorFields['kind'],
  status?: number,
  more: Partial<VpsErrorFields> = {},
): VpsError {
  return new VpsError({ kind, method: 'GET', path: '/x/', status, ...more });
}

/** What became of a piece of work: its value, or what it threw. */
export async function outcomeOf<T>(
  clock: VirtualClock,
  work: Promise<T>,
): Promise<{ readonly value?: T; readonly error?: unknown; readonly at: number }> {
  const settled = await clock.run(
    work.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    ),
  );
  return { ...settled, at: clock.now() };
}
