/** What docs/api-notes.md leaves open, each as a switch with a default, a help text and a parser. */

/** The limits of a random duration, in virtual seconds, both included. */
export type Range = readonly [low: number, high: number];

interface Spec<T> {
  readonly value: T;
  readonly accepts: string;
  readonly help: string;
  /** Parses the text of a command line or a JSON value; the error says what is accepted. */
  readonly read: (raw: unknown) => T;
}

/** A value that a switch does not accept; the message names the switch and what it accepts. */
export class SwitchError extends Error {
  override readonly name = 'SwitchError';
}

function choice<const T extends string>(accepted: readonly [T, ...T[]], help: string): Spec<T> {
  return {
    value: accepted[0],
    accepts: accepted.join(' | '),
    help,
    read: (raw) => {
      const found = accepted.find((word) => word === raw);
      if (found === undefined) throw new SwitchError(`one of ${accepted.join(', ')}`);
      return found;
    },
  };
}

function flag(value: boolean, help: string): Spec<boolean> {
  return {
    value,
    accepts: 'true | false',
    help,
    read: (raw) => {
      if (raw === true || raw === 'true') return true;
      if (raw === false || raw === 'false') return false;
      throw new SwitchError('true or false');
    },
  };
}

function readNumber(raw: unknown): number {
  if (typeof raw === 'number') return raw;
  return typeof raw === 'string' && /^\d+(\.\d+)?$/.test(raw) ? Number(raw) : Number.NaN;
}

function number(value: number, help: string, high = Number.MAX_SAFE_INTEGER): Spec<number> {
  const accepts = high === Number.MAX_SAFE_INTEGER ? 'a number from 0' : `a number from 0 to ${high}`;
  return {
    value,
    accepts,
    help,
    read: (raw) => {
      const read = readNumber(raw);
      if (!(read >= 0 && read <= high)) throw new SwitchError(accepts);
      return read;
    },
  };
}

function range(value: Range, help: string): Spec<Range> {
  return {
    value,
    accepts: 'SECONDS or LOW-HIGH',
    help,
    read: (raw) => {
      const parts: unknown[] = Array.isArray(raw) ? raw : typeof raw === 'string' ? raw.split('-') : [raw];
      const [low, high] = [readNumber(parts[0]), readNumber(parts.at(-1))];
      if (parts.length > 2 || !(low >= 0 && high >= low))
        throw new SwitchError('SECONDS or LOW-HIGH, such as 180-600');
      return [low, high];
    },
  };
}

function text(value: string, help: string): Spec<string> {
  return {
    value,
    accepts: 'any text',
    help,
    read: (raw) => {
      if (typeof raw !== 'string') throw new SwitchError('a text');
      return raw;
    },
  };
}

function list(value: readonly string[], help: string): Spec<readonly string[]> {
  return {
    value,
    accepts: 'words, separated by commas',
    help,
    read: (raw) => {
      if (typeof raw === 'string') return raw.split(',').filter((word) => word !== '');
      if (Array.isArray(raw) && raw.every((word) => typeof word === 'string')) return raw;
      throw new SwitchError('words, separated by commas');
    },
  };
}

/** Every permission of the simulated API. The sources do not name them. */
const PERMISSIONS = ['snapshots:read', 'snapshots:write', 'servers:read', 'servers:power'] as const;

const SPECS = {
  snapshot_ids: choice(['integer', 'uuid', 'huge'], 'what snapshot ids look like; huge: numbers beyond 2^53'),
  server_ids: choice(['both', 'integer', 'uuid'], 'servers show id and uuid, only id, or the uuid as id too'),
  lists: choice(
    ['paginated', 'whole', 'bare'],
    'count/next/previous/results, count/results, or a bare array',
  ),
  page_size: number(20, 'items on a page when page_size is not asked for (at most 100 when it is)'),
  order: choice(['newest', 'oldest', 'shuffled'], 'order of the snapshot list'),
  next_link: choice(['absolute', 'relative', 'foreign', 'loop'], 'where next leads; foreign: another origin'),
  page_shift: choice(
    ['no', 'insert', 'delete'],
    'pages after the first come as if an item had been added or removed since',
  ),
  page_shift_share: number(1, 'share of the later pages that page_shift touches', 1),
  server_filter: choice(['honoured', 'ignored'], 'whether the list obeys server_id'),

  limit: number(5, 'snapshots a server may have'),
  in_progress_counts: flag(true, 'a snapshot in progress takes up one of them'),
  parallel_snapshots: flag(true, 'two snapshots of one server may be in progress; else 400'),
  unique_names: choice(
    ['no', 'server', 'account'],
    'a name may be used again, or once per server or account',
  ),
  name_limit: number(255, 'characters a name may have; more: 400'),
  description_limit: number(255, 'characters a description may have; more: 400'),
  description_kept: number(255, 'characters of a description that are stored; 0 drops it'),
  delete_busy: choice(['allowed', 'refused'], 'deleting a snapshot in progress or being restored (400)'),

  snapshot_seconds: range([180, 600], 'how long a snapshot takes'),
  restore_seconds: range([300, 900], 'how long a restore takes'),
  power_seconds: range([3, 20], 'how long a power action takes'),
  fail_share: number(0, 'share of new snapshots that fail', 1),
  fail_next: number(0, 'how many of the next new snapshots fail'),
  failed_snapshots: choice(['listed', 'gone'], 'a failed snapshot stays in the list or disappears'),
  after_restore: choice(['active', 'stopped', 'as_before', 'error'], 'how a server ends after a restore'),

  listed_late: number(0, 'seconds until a new snapshot is listed'),
  deleted_late: number(0, 'seconds for which a deleted snapshot is still listed'),
  slot_late: number(0, 'seconds until a deleted snapshot frees its slot'),
  restoring_late: number(0, 'seconds for which a server being restored still shows its old status'),
  restoring_late_updated_at: choice(['unchanged', 'changed'], 'what updated_at says during that time'),

  power: choice(['present', 'absent'], 'whether there is a power call; else 404'),
  power_answer: choice(['message', 'server', 'empty'], 'body of an accepted power call; empty: 204'),
  power_repeat: choice(
    ['accepted', 'refused'],
    'a power call that changes nothing, such as start when active',
  ),

  rate_limit: number(0, 'requests a token may make in 60 s; 0: any number'),
  retry_after: choice(['seconds', 'date', 'none'], 'form of Retry-After in a 429'),
  permissions: list(
    PERMISSIONS,
    `permissions of tokens without a list of their own: ${PERMISSIONS.join(' ')}`,
  ),

  word_in_progress: list(['in_progress'], 'word of a running snapshot; several are shown one after another'),
  word_completed: text('completed', 'word of a complete snapshot'),
  word_failed: text('failed', 'word of a failed snapshot'),
  word_active: text('active', 'word of a running server'),
  word_stopped: text('stopped', 'word of a stopped server'),
  word_suspended: text('suspended', 'word of a suspended server'),
  word_error: text('error', 'word of a broken server'),
  word_stopping: text('stopping', 'word of a server that is being stopped'),
  word_starting: text('starting', 'word of a server that is being started'),
  word_restarting: text('restarting', 'word of a server that is being restarted'),
  word_restoring: text('restoring', 'word of a server that is being restored'),

  timestamps: choice(['seconds', 'micros', 'offset'], 'form of times; offset: +02:00 in place of Z'),
  created_at: choice(['true', 'future', 'unreadable'], 'what created_at of a snapshot says'),
  snapshot_missing: list([], 'fields left out of snapshots, such as size_mb,created_at'),
  snapshot_null: list([], 'fields of snapshots that are null'),
  server_missing: list([], 'fields left out of servers, such as updated_at'),
  server_null: list([], 'fields of servers that are null'),
  extra_fields: flag(false, 'unknown fields in every object'),
  date_header: flag(true, 'answers have a Date header'),
  error_text: text('', 'text added to every message of an error'),
} satisfies Record<string, Spec<unknown>>;

type Specs = typeof SPECS;
export type SwitchName = keyof Specs;
/** One value per switch; see `--help` of the simulator for what each means. */
export type Switches = { -readonly [Name in SwitchName]: ReturnType<Specs[Name]['read']> };

/** The names of all switches, in the order of the help text. */
export const SWITCH_NAMES = Object.keys(SPECS) as readonly SwitchName[];

/** All switches at their defaults: what is documented or assumed. */
export function defaultSwitches(): Switches {
  return Object.fromEntries(SWITCH_NAMES.map((name) => [name, SPECS[name].value])) as unknown as Switches;
}

/** Reads switches from JSON or from texts; an unknown name or a wrong value throws a {@link SwitchError}. */
export function readSwitches(raw: unknown): Partial<Switches> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new SwitchError('switches are an object: {"name": value}');
  }
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, readSwitch(name, value)]));
}

/** Reads `name=value`. */
export function readSwitchText(assignment: string): Partial<Switches> {
  const at = assignment.indexOf('=');
  if (at < 1) throw new SwitchError(`a switch is written name=value, not "${assignment}"`);
  return readSwitches({ [assignment.slice(0, at)]: assignment.slice(at + 1) });
}

function readSwitch(name: string, value: unknown): unknown {
  if (!Object.hasOwn(SPECS, name)) {
    throw new SwitchError(`no switch is called "${name}"; known: ${SWITCH_NAMES.join(', ')}`);
  }
  try {
    return SPECS[name as SwitchName].read(value);
  } catch (error) {
    if (!(error instanceof SwitchError)) throw error;
    throw new SwitchError(`switch ${name}: ${JSON.stringify(value)} is not ${error.message}`, {
      cause: error,
    });
  }
}

/** One paragraph per switch, for `--help`. */
export function describeSwitches(): string {
  return SWITCH_NAMES.map((name) => {
    const { value, accepts, help } = SPECS[name];
    const shown = Array.isArray(value)
      ? value.join(accepts.startsWith('SECONDS') ? '-' : ',')
      : String(value);
    return `  ${name}=${shown}\n      ${help} (${accepts})`;
  }).join('\n');
}
