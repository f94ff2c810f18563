import { describe, expect, test } from '@jest/globals';
import { ROWS } from '../../../../scripts/contract/rows/index.ts';
import {
  defaultSwitches,
  SWITCH_NAMES,
  type SwitchName,
  type Switches,
} from '../../../../simulator/api/switches.ts';
import { runTest } from './contract-run.ts';

/** What no observation from outside can tell, or what is about one simulated account and not about the API. */
const UNDECIDED: Partial<Record<SwitchName, string>> = {
  page_shift: 'a list that changes between two pages is chance',
  page_shift_share: 'a list that changes between two pages is chance',
  start_while_restoring: 'a start during a restore may break the server for good, and is not tried',
  fail_share: 'a share of failures takes more snapshots than anybody makes for this',
  fail_next: 'counts failures to come',
  stale_share: 'stale reads are chance',
  stale_seconds: 'stale reads are chance',
  deploy_restarts: 'is about deploys',
  power_late: 'looks like `stop_delay`',
  rate_limit_scope: 'takes a second token that is used up to the limit',
  rate_limit_window: 'takes requests up to the limit',
  word_active: 'the word before the run is what `active` is called',
  word_suspended: 'nobody can suspend a server by the API',
  word_error: 'nobody can break a server on purpose',
  fields_on: 'fields are missing in some items only by chance',
  server_null: 'fields that are null are read like fields that are missing',
  error_text: 'is a text of errors',
};

test('every switch is decided by a row, or there is a reason why not', () => {
  const decided = new Set(ROWS.flatMap(({ decides }) => decides));
  expect(SWITCH_NAMES.filter((name) => !decided.has(name)).toSorted()).toEqual(
    Object.keys(UNDECIDED).toSorted(),
  );
});

/** APIs that differ from what is documented or assumed, in ways that go together. */
const APIS: readonly Partial<Switches>[] = [
  { order: 'oldest', server_filter_uuid: 'unknown', server_filter_unknown: 'not_found' },
  { lists: 'bare', server_filter_unknown: 'refused', timestamps: 'micros', extra_fields: true },
  { server_filter: 'ignored' },
  { lists: 'whole', order: 'shuffled' },
  { snapshot_ids: 'uuid', server_ids: 'uuid', description_limit: 1000, description_kept: 1000 },
  { server_ids: 'integer', timestamps: 'offset', page_size: 50, next_link: 'relative', date_header: false },
  {
    parallel_snapshots: false,
    refusal_status: 409,
    delete_busy: 'refused',
    restore_during_snapshot: 'refused',
  },
  {
    unique_names: 'account',
    unique_names_status: 409,
    description_kept: 100,
    description_characters: 'ascii',
  },
  { unique_names: 'server', in_progress_counts: false, listed_late: 30, size_late: 40 },
  { limit: 4, delete_answer: 202, delete_seconds: 40, word_deleting: 'removing' },
  {
    limit: 7,
    deleted_late: 30,
    snapshot_while: ['active', 'stopped', 'stopping', 'starting', 'restarting', 'restoring'],
  },
  {
    slot_late: 20,
    word_in_progress: ['pending', 'creating'],
    word_completed: 'available',
    word_failed: 'error',
  },
  { snapshot_while: ['active', 'stopping', 'starting', 'restarting'], restore_while: ['active'] },
  { restoring_late: 30, restoring_late_updated_at: 'changed', after_restore: 'stopped' },
  { restoring_shown: 60, restoring_hidden_as: 'stopped', after_restore: 'as_before' },
  { restoring_late: 20, word_restoring: 'rebuilding' },
  { restore_while: ['active', 'stopped', 'restoring'], updated_at_touched: 60 },
  {
    power_answer: 'server',
    power_repeat: 'refused',
    power_seconds: [90, 90],
    start_during_snapshot: 'refused',
  },
  { power_answer: 'empty', power_transition: 'hidden', word_stopped: 'off', updated_at_by_snapshot: true },
  { word_stopping: 'halting', word_starting: 'booting', word_restarting: 'rebooting', stop_delay: 60 },
  { power: 'absent', snapshot_seconds: [1000, 1000], restore_seconds: [120, 120] },
  { server_detail: 'refused', after_restore: 'stopped', after_restore_late: 0 },
  { server_detail: 'absent', failed_snapshots: 'gone', fail_next: 1 },
  { rate_limit: 60, rate_limit_headers: 'x', snapshot_missing: ['description'] },
  { rate_limit: 300, rate_limit_seconds: 600, rate_limit_headers: 'draft', server_missing: ['updated_at'] },
  { retry_after: 'date', created_at: 'future', name_limit: 64 },
];

/** Times are measured by reads that lie a few seconds apart. */
const TOLERANCE_SECONDS = 20;

/** A time that is seen may lie a little beside the real one; a range is the documented one, widened by what is seen. */
function isClose(seen: unknown, real: unknown): boolean {
  if (JSON.stringify(seen) === JSON.stringify(real)) return true;
  if (typeof seen === 'number' && typeof real === 'number')
    return real > 0 && Math.abs(seen - real) <= TOLERANCE_SECONDS;
  if (!Array.isArray(seen) || !Array.isArray(real)) return false;
  const [[low, high], [shortest, longest]] = [seen, real] as [number[], number[]];
  return (
    typeof low === 'number' &&
    low <= (shortest ?? 0) + TOLERANCE_SECONDS &&
    (high ?? 0) >= (longest ?? 0) - TOLERANCE_SECONDS
  );
}

describe.each(APIS)('an API with %j', (switches) => {
  test('is described by its contract, and leaves nothing behind', async () => {
    const limited = 'retry_after' in switches ? { rate_limit: 8 } : {};
    const run = await runTest({ switches: { ...limited, ...switches }, isSmall: !('page_size' in switches) });
    const contract = run.report().switches;
    const real: Partial<Switches> = { ...defaultSwitches(), ...switches };
    const wrong = Object.entries(contract).filter(
      ([name, value]) => !isClose(value, real[name as SwitchName]),
    );
    const missing = Object.keys(switches).filter((name) => !(name in contract) && !(name in UNDECIDED));
    expect({ wrong, missing, left: run.left, failure: run.failure }).toEqual({
      wrong: [],
      missing: [],
      left: [],
      failure: '',
    });
    expect(run.account.whatIsLeft()).toEqual([]);
  });
});
