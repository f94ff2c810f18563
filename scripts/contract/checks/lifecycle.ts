import { SLOT_LIMIT } from '../../../src/snapshots/slots.ts';
import { type Switches } from '../../../simulator/api/switches.ts';
import { isFailed } from '../../../src/snapshots/status.ts';
import {
  answerTo,
  type Recording,
  type Fields,
  fieldsOf,
  isOk,
  itemsOf,
  type SnapshotHistory,
  historiesOf,
  type Sighting,
  textOf,
} from '../recording.ts';
import { type Exchange } from '../exchange.ts';
import {
  decide,
  differs,
  holds,
  inCode,
  inSeconds,
  type CheckResult,
  notShown,
  type Row,
  verdict,
} from '../row.ts';
import { answerOf, itemsOfAll, NOT_ASKED, roundSeconds, SNAPSHOT_LISTS } from './common.ts';
import { isSameReason, refusalStatus } from './refusals.ts';

const DOCUMENTED_SECONDS = [180, 600] as const;

const histories = (recording: Recording): readonly SnapshotHistory[] => historiesOf(recording, /^create\./);
const hasSize = ({ size }: Sighting): boolean => size !== null;

/** Those that ended well: the last sighting has a size, or the documented word. */
function completedHistories(recording: Recording): readonly SnapshotHistory[] {
  return histories(recording).filter(({ sightings }) => sightings.some(isEnd));
}

const isEnd = (sighting: Sighting): boolean =>
  hasSize(sighting) || sighting.word.toLowerCase() === 'completed';

export function checkListed(recording: Recording): CheckResult {
  const listed = histories(recording).filter(({ firstListedAt }) => firstListedAt !== null);
  if (listed.length === 0) return notShown(NOT_ASKED);
  const late = listed.map(({ unlisted, requestedAt, firstListedAt }) =>
    unlisted === 0 ? 0 : (firstListedAt ?? requestedAt) - requestedAt,
  );
  const longest = Math.max(...late);
  return decide(
    { listed_late: roundSeconds(longest) },
    longest === 0 ? 'in the first list after the request' : `after ${inSeconds(longest)}`,
  );
}

/** The words from the request to the end, in the order in which they came. */
export function checkProgress(recording: Recording): CheckResult {
  const ended = completedHistories(recording);
  const all = ended.length > 0 ? ended : histories(recording);
  if (all.length === 0) return notShown(NOT_ASKED);
  const sequences = all.map(({ created, sightings }) => {
    const end = sightings.findIndex(isEnd);
    const before = sightings.slice(0, end === -1 ? undefined : end).map(({ word }) => word);
    return [...new Set([textOf(created['status']), ...before])].filter((word) => word !== '');
  });
  const longest = sequences.reduce((one, other) => (other.length > one.length ? other : one));
  return decide({ word_in_progress: longest }, inCode(longest));
}

export function checkCompleted(recording: Recording): CheckResult {
  const words = new Set(
    completedHistories(recording).flatMap(({ sightings }) => sightings.filter(isEnd).at(-1)?.word ?? []),
  );
  const [word] = words;
  if (word === undefined) return notShown('no snapshot was completed');
  return decide({ word_completed: word }, inCode(words));
}

export function checkSize(recording: Recording): CheckResult {
  const late = completedHistories(recording).flatMap(({ sightings }) => {
    const end = sightings.findIndex(isEnd);
    const sized = sightings.findIndex(hasSize);
    if (sized === -1) return [Number.POSITIVE_INFINITY];
    return [sized <= end ? 0 : (sightings[sized]?.at ?? 0) - (sightings[end]?.at ?? 0)];
  });
  if (late.length === 0) return notShown('no snapshot was completed');
  const known = late.filter(Number.isFinite);
  if (known.length === 0)
    return differs('a completed one never showed a size', { snapshot_null: ['size_mb'] });
  const longest = Math.max(...known);
  return decide(
    { size_late: roundSeconds(longest) },
    longest === 0
      ? 'together with the word for completed'
      : `${inSeconds(longest)} after the word for completed`,
  );
}

/** Between the last list that showed it in progress and the first that showed its end. */
export function checkDuration(recording: Recording): CheckResult {
  const spans = completedHistories(recording).flatMap(({ requestedAt, sightings }) => {
    const end = sightings.findIndex(isEnd);
    const before = sightings[end - 1];
    const after = sightings[end];
    if (after === undefined) return [];
    return [[((before?.at ?? requestedAt) - requestedAt) / 1000, (after.at - requestedAt) / 1000] as const];
  });
  if (spans.length === 0) return notShown('no snapshot was completed');
  return checkSpans(spans, DOCUMENTED_SECONDS, 'snapshot_seconds');
}

/** What was measured lies within the documented time, or widens it. */
export function checkSpans(
  spans: readonly (readonly [number, number])[],
  [low, high]: readonly [number, number],
  switchName: 'snapshot_seconds' | 'restore_seconds' | 'power_seconds',
): CheckResult {
  // A span lies between two reads: only what is certainly shorter or longer is.
  const shortest = Math.min(...spans.map(([, most]) => most));
  const longest = Math.max(...spans.map(([least]) => least));
  const seen = spans.map(([least, most]) => inSeconds(((least + most) / 2) * 1000)).join(', ');
  if (shortest >= low && longest <= high) return holds(seen, { [switchName]: [low, high] });
  const range = [Math.min(low, Math.round(shortest)), Math.max(high, Math.round(longest))];
  return differs(seen, { [switchName]: range });
}

const DAY_MS = 86_400_000;

/** A word of a snapshot that ended without being completed. */
export function checkFailed(recording: Recording): CheckResult {
  const words = new Set<string>();
  const completed = new Set(
    completedHistories(recording).flatMap(({ sightings }) => sightings.filter(isEnd).map(({ word }) => word)),
  );
  for (const each of recording.exchanges) {
    if (!SNAPSHOT_LISTS.test(each.path) || !isOk(each)) continue;
    for (const item of itemsOf(each) ?? []) {
      const word = textOf(item['status']);
      if (word === '' || completed.has(word) || word.toLowerCase() === 'completed') continue;
      const age = Date.parse(each.headers['date'] ?? '') - Date.parse(textOf(item['created_at']));
      const isOld = age > DAY_MS && (item['size_mb'] ?? null) === null;
      if (isFailed({ status: word }) || isOld) words.add(word);
    }
  }
  const [word] = words;
  return word === undefined ? notShown('no snapshot failed') : decide({ word_failed: word }, inCode(words));
}

export function checkFailedListed(recording: Recording): CheckResult {
  const failed = itemsOfAll(recording, SNAPSHOT_LISTS).some((item) =>
    isFailed({ status: textOf(item['status']) }),
  );
  if (failed) return holds('a failed one is listed', { failed_snapshots: 'listed' });
  const deletions = recording.exchanges.filter((each) => each.method === 'DELETE' && isOk(each));
  const deleted = new Set(deletions.map(({ path }) => path));
  const gone = histories(recording).filter(
    ({ id, sightings }) =>
      sightings.length > 0 &&
      !sightings.some(isEnd) &&
      !deleted.has(`/snapshots/${id}/`) &&
      isMissed(recording, id),
  );
  return gone.length > 0
    ? differs('one was gone before it was completed', { failed_snapshots: 'gone' })
    : notShown('no snapshot failed');
}

/** The last list that followed it does not show it. */
function isMissed({ exchanges }: Recording, id: string): boolean {
  const shows = (each: Exchange): boolean => (itemsOf(each) ?? []).some((item) => textOf(item['id']) === id);
  const lists = exchanges.filter(
    (each) => each.probe.startsWith('watch.') && SNAPSHOT_LISTS.test(each.path) && isOk(each),
  );
  const probe = lists.findLast(shows)?.probe;
  const last = lists.findLast((each) => each.probe === probe);
  return last !== undefined && !shows(last);
}

export function checkCounts(recording: Recording): CheckResult {
  const busy = answerTo(recording, 'create.over-busy');
  const over = answerTo(recording, 'create.over');
  if (busy === undefined) return notShown(NOT_ASKED);
  if (isOk(over)) return notShown('there is no limit that it could count towards');
  if (isOk(busy))
    return differs('one more is accepted while one of five is in progress', { in_progress_counts: false });
  if (isSameReason(busy, answerTo(recording, 'create.parallel')) && !isSameReason(busy, over))
    return notShown('one more is refused, because one is in progress');
  return holds(`one more is refused, ${busy.status}, while one of five is in progress`, {
    in_progress_counts: true,
  });
}

export function checkLimit(recording: Recording): CheckResult {
  const over = answerTo(recording, 'create.over');
  const listed = longestList(recording);
  if (over === undefined) return notShown(NOT_ASKED);
  if (isOk(over))
    return differs(`one more than ${listed - 1} is accepted`, { limit: Math.max(SLOT_LIMIT + 1, listed) });
  if (listed < SLOT_LIMIT) return differs(`${listed} are the most`, { limit: listed });
  return verdict(over.status === 400, `one more than ${listed} is refused: ${answerOf(over)}`, {
    limit: Math.min(listed, SLOT_LIMIT),
  });
}

/** The most snapshots of the server that a list showed. */
function longestList({ exchanges, facts }: Recording): number {
  const lists = exchanges.filter(
    ({ probe, path }) => probe.startsWith('watch.') && path.includes(`server_id=${facts.server.id}`),
  );
  const isOfServer = (item: Fields): boolean => {
    const id = textOf(fieldsOf(item['server'])?.['id']);
    return id === facts.server.id || id === facts.server.uuid;
  };
  return Math.max(0, ...lists.map((each) => (itemsOf(each) ?? []).filter(isOfServer).length));
}

/** Snapshots of a server in one of the states that are tried: stopped, and during a restore. */
export function checkWhile(probe: string, phase: 'stopped' | 'restoring', isAccepted: boolean): Row['check'] {
  return (recording) => {
    const each = answerTo(recording, probe);
    if (each === undefined) return notShown(NOT_ASKED);
    const checked = verdict(
      isOk(each) === isAccepted,
      isOk(each) ? `accepted, ${each.status}` : answerOf(each),
    );
    const all = (['stopped', 'restoring'] as const).filter((other) => {
      const answer = answerTo(recording, other === 'stopped' ? 'create.stopped' : 'create.during-restore');
      return answer === undefined ? other === 'stopped' : isOk(answer);
    });
    const snapshot_while = [
      'active',
      ...all.filter((other) => other === 'stopped'),
      'stopping',
      'starting',
      'restarting',
      ...all.filter((other) => other === 'restoring'),
    ] as Switches['snapshot_while'];
    return {
      ...checked,
      switches: { snapshot_while, ...(!isOk(each) && phase === 'restoring' && refusalStatus(each)) },
    };
  };
}
