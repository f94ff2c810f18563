import {
  hasId,
  ID_PATTERN,
  parseTime,
  type RestoreAnswer,
  type Server,
  type ServerRef,
  type Snapshot,
  type SnapshotWithId,
  type TokenInfo,
} from './model.ts';
import { cleanText } from './text.ts';

/**
 * The schema checks. A missing, null or new field never breaks more than itself; only an answer whose shape
 * makes it unusable is refused, with a {@link SchemaError} that says what was expected.
 */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

type Fields = Readonly<Record<string, unknown>>;

/** A JSON number whose digits a double cannot hold, with the digits as they were sent. */
class BigNumber {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

/** Parses JSON and keeps the digits of integers above 2^53; throws {@link SchemaError} for anything else. */
export function parseJson(body: string): unknown {
  try {
    // The digits matter only where a number has enough of them to lose one; looking at each value is slow.
    if (!/\d{16}/.test(body)) return JSON.parse(body) as unknown;
    return JSON.parse(body, (_key, value: unknown, context?: { readonly source?: string }) => {
      const source = context?.source ?? '';
      return /^\d+$/.test(source) && !Number.isSafeInteger(value) ? new BigNumber(source) : value;
    });
  } catch (cause) {
    const start = cleanText(body, 60);
    throw new SchemaError(start === '' ? 'the body is empty' : `the body is not JSON, it begins: ${start}`, {
      cause,
    });
  }
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof BigNumber) {
    throw new SchemaError(`${what} is not an object`);
  }
  return value as Fields;
}

function textOf(value: unknown, limit: number): string | null {
  return typeof value === 'string' ? cleanText(value, limit) : null;
}

/** A status word in lower case, empty where there is none. */
function wordOf(value: unknown): string {
  return (textOf(value, 40) ?? '').toLowerCase();
}

/** The fields of a part that may be missing. */
function partOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** A count or a size. */
function amountOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** An id as text; `null` for none, and for one that may not stand in a path. */
function idOf(value: unknown): { readonly id: string; readonly idIsLossless: boolean } | null {
  if (value instanceof BigNumber)
    return ID_PATTERN.test(value.digits) ? { id: value.digits, idIsLossless: false } : null;
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value >= 0 ? { id: String(value), idIsLossless: true } : null;
  return typeof value === 'string' && ID_PATTERN.test(value) ? { id: value, idIsLossless: true } : null;
}

function parseServerRef(value: unknown): ServerRef {
  if (typeof value !== 'object' || value === null)
    return { id: idOf(value)?.id ?? null, uuid: null, name: null };
  const fields = value as Fields;
  return {
    id: idOf(value instanceof BigNumber ? value : fields['id'])?.id ?? null,
    uuid: idOf(fields['uuid'])?.id ?? null,
    name: textOf(fields['name'], 100),
  };
}

/** Longer than any description that this tool writes; a marker behind it cannot be ours. */
const DESCRIPTION_READ = 4096;

/** One snapshot of a list or of the answer to a create request. */
export function parseSnapshot(value: unknown): Snapshot {
  const fields = fieldsOf(value, 'a snapshot');
  const id = idOf(fields['id']) ?? idOf(fields['uuid']);
  const createdAt = textOf(fields['created_at'], 64);
  const description = fields['description'];
  return {
    id: id?.id ?? null,
    idIsLossless: id?.idIsLossless ?? false,
    server: parseServerRef(fields['server']),
    name: textOf(fields['name'], 200),
    status: wordOf(fields['status']),
    sizeMb: amountOf(fields['size_mb']),
    createdAt,
    created: parseTime(createdAt),
    description:
      typeof description === 'string' && description.length <= DESCRIPTION_READ ? description : null,
  };
}

export interface Page<T> {
  readonly items: readonly T[];
  /** `count`, or `null` where the list has none. */
  readonly count: number | null;
  /** The next page's address; `null` at the end; `undefined` where the API says nothing about pages. */
  readonly next: string | null | undefined;
}

/** Lengths at which a bare array may be the first page of a longer list. */
const PAGE_SIZES: ReadonlySet<number> = new Set([10, 20, 25, 50, 100]);

/** A list: `{count, next, previous, results}`, the same without the links, or a bare array. */
export function parsePage<T>(value: unknown, what: string, parseItem: (item: unknown) => T): Page<T> {
  if (Array.isArray(value)) {
    const isWhole = !PAGE_SIZES.has(value.length);
    return {
      items: value.map(parseItem),
      count: isWhole ? value.length : null,
      next: isWhole ? null : undefined,
    };
  }
  const fields = fieldsOf(value, `the list of ${what}`);
  const { results, next } = fields;
  if (!Array.isArray(results)) throw new SchemaError(`the list of ${what} has no 'results'`);
  if (next !== undefined && next !== null && typeof next !== 'string') {
    throw new SchemaError(`'next' of the list of ${what} is no address`);
  }
  return {
    items: results.map(parseItem),
    count: amountOf(fields['count']),
    next: next === '' ? null : next,
  };
}

/** The answer to a create request: a snapshot that has an id. */
export function parseCreated(value: unknown): SnapshotWithId {
  const snapshot = parseSnapshot(value);
  if (!hasId(snapshot)) throw new SchemaError('the new snapshot has no usable id');
  return snapshot;
}

/** One server. */
export function parseServer(value: unknown): Server {
  const fields = fieldsOf(value, 'the server');
  const ref = parseServerRef(value);
  if (ref.id === null && ref.uuid === null && typeof fields['status'] !== 'string') {
    throw new SchemaError('the server has neither an id nor a status');
  }
  return {
    ...ref,
    status: wordOf(fields['status']),
    updatedAt: textOf(fields['updated_at'], 64),
    ipAddress: textOf(fields['ip_address'], 64),
  };
}

/** The answer to a restore request; its parts may be missing, but it is an object. */
export function parseRestoreAnswer(value: unknown): RestoreAnswer {
  const fields = fieldsOf(value, 'the answer to the restore request');
  return {
    status: wordOf(fields['status']),
    snapshotId: idOf(partOf(fields['snapshot'])['id'])?.id ?? null,
    server: parseServerRef(fields['server']),
    serverStatus: wordOf(partOf(fields['server'])['status']),
  };
}

/** The token's name and permissions, of `GET /account/me/`. */
export function parseTokenInfo(value: unknown): TokenInfo {
  const token = fieldsOf(fieldsOf(value, 'the account')['token'], 'the token of the account');
  const permissions = token['permissions'];
  return {
    name: textOf(token['name'], 100),
    permissions: Array.isArray(permissions)
      ? permissions.flatMap((permission) => textOf(permission, 60) ?? []).slice(0, 50)
      : [],
  };
}

/** The reason in an error's body: `detail`, the fields' messages, or the beginning of plain text. */
export function parseDetail(body: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    const plain = body.slice(0, 4000).replace(/<(script|style)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ');
    return cleanText(plain, 200) || undefined;
  }
  return cleanText(flatten(value).join('; ')) || undefined;
}

function flatten(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value.slice(0, 1000)];
  if (typeof value !== 'object' || value === null || depth > 2) return [];
  if (Array.isArray(value)) return value.slice(0, 10).flatMap((item) => flatten(item, depth + 1));
  return Object.entries(value)
    .slice(0, 10)
    .flatMap(([name, item]) => {
      const texts = flatten(item, depth + 1);
      const plain =
        name === 'detail' || name === 'message' || name === 'error' || name === 'non_field_errors';
      return texts.map((text) => (plain ? text : `${name}: ${text}`));
    });
}
