import { parseTime } from '../../../src/vps/model.ts';
import {
  answerTo,
  type Recording,
  fieldsOf,
  type Fields,
  isOk,
  itemsOf,
  jsonOf,
  historiesOf,
  textOf,
} from '../recording.ts';
import { type Exchange } from '../exchange.ts';
import { decide, differs, holds, inCode, inSeconds, type CheckResult, notShown, verdict } from '../row.ts';
import {
  answerOf,
  compareFields,
  itemsOfAll,
  NOT_ASKED,
  SERVER_LISTS,
  shapeOf,
  SNAPSHOT_LISTS,
} from './common.ts';

export const SNAPSHOT = ['id', 'server', 'name', 'status', 'size_mb', 'created_at', 'description'];
const LARGEST_PAGE = 100;

const pageOf = (each: Exchange | undefined): Fields | null => fieldsOf(jsonOf(each));
const countOf = (each: Exchange | undefined): number | null => {
  const count = pageOf(each)?.['count'];
  return typeof count === 'number' ? count : null;
};

export function checkForm(each: Exchange): CheckResult {
  const page = pageOf(each);
  if (Array.isArray(jsonOf(each))) return differs('a bare array', { lists: 'bare' });
  if (page === null || !Array.isArray(page['results'])) return differs(shapeOf(each));
  const isPaged = 'next' in page && 'previous' in page;
  return decide({ lists: isPaged ? 'paginated' : 'whole' }, shapeOf(each));
}

export function checkShape(each: Exchange): CheckResult {
  const page = pageOf(each);
  const isDocumented = typeof page?.['count'] === 'number' && Array.isArray(page['results']);
  return verdict(isOk(each) && isDocumented, answerOf(each));
}

export function checkCount(each: Exchange): CheckResult {
  const items = itemsOf(each) ?? [];
  const count = countOf(each);
  if (count === null) return notShown('there is no `count`');
  if (typeof pageOf(each)?.['next'] === 'string')
    return verdict(count > items.length, `${count}, with ${items.length} on the page`);
  return verdict(count === items.length, `${count}, with ${items.length} items`);
}

export function checkPageSize(each: Exchange): CheckResult {
  const items = itemsOf(each) ?? [];
  if (typeof pageOf(each)?.['next'] === 'string')
    return decide({ page_size: items.length }, `${items.length} on a page`);
  const count = countOf(each);
  if (count !== null && count > items.length)
    return differs(`${items.length} of ${count}, without a link to more`, { list_limit: items.length });
  return items.length > 20
    ? differs(`${items.length} items in one answer`)
    : notShown(`the account has ${items.length} snapshots, which fit on a page`);
}

export function checkSmallPages(recording: Recording): CheckResult {
  const [one, two] = ['snapshots.small', 'snapshots.second'].map((probe) => answerTo(recording, probe));
  if (one === undefined || two === undefined) return notShown(NOT_ASKED);
  const [first, second] = [itemsOf(one) ?? [], itemsOf(two) ?? []];
  const count = countOf(one) ?? first.length;
  if (count < 2) return notShown('the account has fewer than two snapshots');
  const isPaged = first.length === 1 && second.length === 1 && first[0]?.['id'] !== second[0]?.['id'];
  return verdict(
    isPaged,
    `${first.length} on the first page of one, ${second.length} on the second, of ${count}`,
  );
}

export function checkLargePages(each: Exchange): CheckResult {
  const items = itemsOf(each) ?? [];
  const count = countOf(each) ?? items.length;
  if (items.length > LARGEST_PAGE) return differs(`${items.length} on a page`);
  if (count <= items.length) return notShown(`the account has ${count} snapshots`);
  return verdict(items.length === LARGEST_PAGE, `${items.length} of ${count} for \`page_size=500\``);
}

export function checkNext(recording: Recording): CheckResult {
  const links = ['snapshots', 'snapshots.small'].flatMap((probe) => {
    const next = pageOf(answerTo(recording, probe))?.['next'];
    return typeof next === 'string' && next !== '' ? [next] : [];
  });
  const [link] = links;
  if (link === undefined) return notShown('no list had a second page');
  if (!/^https?:/.test(link)) return decide({ next_link: 'relative' }, 'a path without a host');
  // Which host it names is not for a report.
  const isOwn = recording.facts.origin === new URL(link).origin;
  return isOwn
    ? decide({ next_link: 'absolute' }, 'an address of the API')
    : differs('an address of another host or port', { next_link: 'inner' });
}

export function checkOrder(recording: Recording): CheckResult {
  const lists = recording.exchanges.filter((each) => SNAPSHOT_LISTS.test(each.path) && isOk(each));
  const orders = lists.flatMap((list) => {
    const times = (itemsOf(list) ?? []).flatMap((item) => Date.parse(textOf(item['created_at'])) || []);
    if (new Set(times).size < 2) return [];
    const isSorted = (sign: number): boolean =>
      times.every((time, at) => at === 0 || sign * (time - (times[at - 1] ?? time)) >= 0);
    return [isSorted(-1) ? 'newest' : isSorted(1) ? 'oldest' : 'shuffled'] as const;
  });
  const [first] = orders;
  if (first === undefined) return notShown('no list had two snapshots of different times');
  const order = orders.every((each) => each === first) ? first : 'shuffled';
  return decide({ order }, order === 'shuffled' ? 'no order' : `${order} first, in ${orders.length} lists`);
}

const serverIdOf = (item: Fields): string =>
  textOf(fieldsOf(item['server'])?.['id']) || textOf(item['server']);

export function checkFilter(recording: Recording): CheckResult {
  const all = itemsOf(answerTo(recording, 'snapshots.both') ?? answerTo(recording, 'snapshots'));
  const filtered = itemsOf(answerTo(recording, 'snapshots.one') ?? answerTo(recording, 'snapshots.server'));
  if (all === null || filtered === null) return notShown(NOT_ASKED);
  const { id, uuid } = recording.facts.server;
  if (filtered.some((item) => ![id, uuid].includes(serverIdOf(item))))
    return differs('snapshots of other servers', { server_filter: 'ignored' });
  const others = new Set(all.map(serverIdOf));
  if (others.size < 2) return notShown('the account has snapshots of one server only');
  return decide({ server_filter: 'honoured' }, 'snapshots of that server only');
}

const IGNORED = 'the filter is ignored';

function isFilterIgnored(recording: Recording): boolean {
  return checkFilter(recording).switches?.server_filter === 'ignored';
}

export function checkUuidFilter(recording: Recording): CheckResult {
  const byUuid = answerTo(recording, 'snapshots.uuid');
  const byId = itemsOf(answerTo(recording, 'snapshots.server'));
  if (byUuid === undefined || byId === null) return notShown('the API shows no uuid of the server');
  if (isFilterIgnored(recording)) return notShown(IGNORED);
  if (byId.length === 0) return notShown('the server has no snapshot yet');
  const shown = itemsOf(byUuid) ?? [];
  const isHonoured = isOk(byUuid) && shown.length === byId.length;
  return decide(
    { server_filter_uuid: isHonoured ? 'honoured' : 'unknown' },
    isOk(byUuid) ? `${shown.length} of ${byId.length} snapshots` : answerOf(byUuid),
  );
}

export function checkUnknownFilter(each: Exchange, recording: Recording): CheckResult {
  if (isFilterIgnored(recording)) return notShown(IGNORED);
  if (each.status === 404) return decide({ server_filter_unknown: 'not_found' }, `404, ${shapeOf(each)}`);
  if (!isOk(each)) return decide({ server_filter_unknown: 'refused' }, answerOf(each));
  const shown = itemsOf(each) ?? [];
  const all = itemsOf(answerTo(recording, 'snapshots')) ?? [];
  if (all.length === 0) return notShown('the account has no snapshot');
  return shown.length === 0
    ? decide({ server_filter_unknown: 'empty' }, 'an empty list')
    : decide({ server_filter_unknown: 'ignored' }, `${shown.length} snapshots`);
}

export function checkListAll(each: Exchange): CheckResult {
  const servers = new Set((itemsOf(each) ?? []).map(serverIdOf));
  return verdict(servers.size > 1, `snapshots of ${servers.size} server${servers.size === 1 ? '' : 's'}`);
}

export function checkServerRef(recording: Recording): CheckResult {
  const items = itemsOfAll(recording, SNAPSHOT_LISTS);
  if (items.length === 0) return notShown('no snapshot was shown');
  const refs = items.map((item) => fieldsOf(item['server']));
  const isDocumented = refs.every((ref) => textOf(ref?.['id']) !== '' && typeof ref?.['name'] === 'string');
  return verdict(isDocumented, `\`server\` has ${inCode(refs.flatMap((ref) => Object.keys(ref ?? {})))}`);
}

export function checkSnapshotExtra(recording: Recording): CheckResult {
  const items = itemsOfAll(recording, SNAPSHOT_LISTS);
  if (items.length === 0) return notShown('no snapshot was shown');
  const { extra } = compareFields(items, SNAPSHOT);
  return decide({ extra_fields: extra.length > 0 }, extra.length === 0 ? 'none' : inCode(extra));
}

export function checkIds(recording: Recording): CheckResult {
  const items = itemsOfAll(recording, SNAPSHOT_LISTS);
  const ids = items.map((item) => item['id']);
  if (ids.length === 0) return notShown('no snapshot was shown');
  if (ids.some((id) => typeof id === 'string')) {
    const isUuid = ids.some((id) => /^[0-9a-f]{8}-/i.test(String(id)));
    return differs(isUuid ? 'UUIDs' : 'texts', isUuid ? { snapshot_ids: 'uuid' } : {});
  }
  const isHuge = ids.some((id) => !Number.isSafeInteger(id));
  return decide({ snapshot_ids: isHuge ? 'huge' : 'integer' }, isHuge ? 'numbers beyond 2^53' : 'integers');
}

export function checkTimes(recording: Recording): CheckResult {
  const times = [...itemsOfAll(recording, SNAPSHOT_LISTS), ...itemsOfAll(recording, SERVER_LISTS)]
    .flatMap((item) => [textOf(item['created_at']), textOf(item['updated_at'])])
    .filter((time) => /^\d{4}-\d{2}-\d{2}/.test(time));
  const [first] = times;
  if (first === undefined) return notShown('no time was shown');
  const form = /(Z|[+-]\d{2}:?\d{2})$/.test(first)
    ? /[+-]\d{2}:?\d{2}$/.test(first)
      ? 'offset'
      : first.includes('.')
        ? 'micros'
        : 'seconds'
    : 'naive';
  return decide({ timestamps: form }, `such as \`${first}\``);
}

/** A snapshot was created when it was requested, by the API's own clock. */
const LARGEST_SKEW_MS = 60_000;

export function checkCreatedAt(recording: Recording): CheckResult {
  const pairs = historiesOf(recording, /^create\./).map((history) => {
    const answer = answerTo(recording, history.probe);
    return [textOf(history.created['created_at']), Date.parse(answer?.headers['date'] ?? '')] as const;
  });
  if (pairs.length === 0) return notShown(NOT_ASKED);
  const readable = pairs.flatMap(([time, now]) => {
    const created = parseTime(time);
    return created === null ? [] : [created - now];
  });
  if (readable.length === 0) {
    const isNaive = pairs.some(([time]) => /^\d{4}-\d{2}-\d{2}[T ]/.test(time));
    return isNaive
      ? differs('times without a zone')
      : differs('no readable times', { created_at: 'unreadable' });
  }
  const known = readable.filter((skew) => !Number.isNaN(skew));
  if (known.length === 0) return notShown('no answer had a `Date` to compare it with');
  const skew = known.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most));
  const seen = `at most ${inSeconds(Math.abs(skew))} ${skew > 0 ? 'after' : 'before'} the answer`;
  if (Math.abs(skew) <= LARGEST_SKEW_MS) return holds(seen, { created_at: 'true' });
  return differs(seen, skew > 0 ? { created_at: 'future' } : {});
}
