import { SLOT_LIMIT } from '../../../src/snapshots/slots.ts';
import { type Switches } from '../../../simulator/api/switches.ts';
import { isFailed } from '../../../src/snapshots/status.ts';
import {
  answerTo,
  type Evidence,
  type Fields,
  fieldsOf,
  isOk,
  itemsOf,
  type Life,
  livesOf,
  type Sighting,
  textOf,
} from '../evidence.ts';
import { type Exchange } from '../exchange.ts';
import {
  decide,
  differs,
  holds,
  inCode,
  inSeconds,
  type Judgement,
  notShown,
  type Row,
  verdict,
} from '../row.ts';
import { answerOf, itemsOfAll, NOT_ASKED, roundSeconds, SNAPSHOT_LISTS } from './common.ts';
import { isSameReason, refusalStatus } from './refusals.ts';

const DOCUMENTED_SECONDS = [180, 600] as const;

const lives = (evidence: Evidence): readonly Life[] => livesOf(evidence, /^create\./);
const hasSize = ({ size }: Sighting): boolean => size !== null;

/** Those that ended well: the last sighting has a size, or the documented word. */
function completedLives(evidence: Evidence): readonly Life[] {
  return lives(evidence).filter(({ sightings }) => sightings.some(isEnd));
}

const isEnd = (sighting: Sighting): boolean =>
  hasSize(sighting) || sighting.word.toLowerCase() === 'completed';

export function judgeListed(evidence: Evidence): Judgement {
  const listed = lives(evidence).filter(({ firstListedAt }) => firstListedAt !== null);
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
export function judgeProgress(evidence: Evidence): Judgement {
  const ended = completedLives(evidence);
  const all = ended.length > 0 ? ended : lives(evidence);
  if (all.length === 0) return notShown(NOT_ASKED);
  const sequences = all.map(({ created, sightings }) => {
    const end = sightings.findIndex(isEnd);
    const before = sightings.slice(0, end === -1 ? undefined : end).map(({ word }) => word);
    return [...new Set([textOf(created['status']), ...before])].filter((word) => word !== '');
  });
  const longest = sequences.reduce((one, other) => (other.length > one.length ? other : one));
  return decide({ word_in_progress: longest }, inCode(longest));
}

export function judgeCompleted(evidence: Evidence): Judgement {
  const words = new Set(
    completedLives(evidence).flatMap(({ sightings }) => sightings.filter(isEnd).at(-1)?.word ?? []),
  );
  const [word] = words;
  if (word === undefined) return notShown('no snapshot was completed');
  return decide({ word_completed: word }, inCode(words));
}

export function judgeSize(evidence: Evidence): Judgement {
  const late = completedLives(evidence).flatMap(({ sightings }) => {
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
export function judgeDuration(evidence: Evidence): Judgement {
  const spans = completedLives(evidence).flatMap(({ requestedAt, sightings }) => {
    const end = sightings.findIndex(isEnd);
    const before = sightings[end - 1];
    const after = sightings[end];
    if (after === undefined) return [];
    return [[((before?.at ?? requestedAt) - requestedAt) / 1000, (after.at - requestedAt) / 1000] as const];
  });
  if (spans.length === 0) return notShown('no snapshot was completed');
  return judgeSpans(spans, DOCUMENTED_SECONDS, 'snapshot_seconds');
}

/** What was measured lies within the documented time, or widens it. */
export function judgeSpans(
  spans: readonly (readonly [number, number])[],
  [low, high]: readonly [number, number],
  switchName: 'snapshot_seconds' | 'restore_seconds' | 'power_seconds',
): Judgement {
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
export function judgeFailed(evidence: Evidence): Judgement {
  const words = new Set<string>();
  const completed = new Set(
    completedLives(evidence).flatMap(({ sightings }) => sightings.filter(isEnd).map(({ word }) => word)),
  );
  for (const each of evidence.exchanges) {
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

export function judgeFailedListed(evidence: Evidence): Judgement {
  const failed = itemsOfAll(evidence, SNAPSHOT_LISTS).some((item) =>
    isFailed({ status: textOf(item['status']) }),
  );
  if (failed) return holds('a failed one is listed', { failed_snapshots: 'listed' });
  const deletions = evidence.exchanges.filter((each) => each.method === 'DELETE' && isOk(each));
  const deleted = new Set(deletions.map(({ path }) => path));
  const gone = lives(evidence).filter(
    ({ id, sightings }) =>
      sightings.length > 0 &&
      !sightings.some(isEnd) &&
      !deleted.has(`/snapshots/${id}/`) &&
      isMissed(evidence, id),
  );
  return gone.length > 0
    ? differs('one was gone before it was completed', { failed_snapshots: 'gone' })
    : notShown('no snapshot failed');
}

/** The last list that followed it does not show it. */
function isMissed({ exchanges }: Evidence, id: string): boolean {
  const shows = (each: Exchange): boolean => (itemsOf(each) ?? []).some((item) => textOf(item['id']) === id);
  const lists = exchanges.filter(
    (each) => each.probe.startsWith('watch.') && SNAPSHOT_LISTS.test(each.path) && isOk(each),
  );
  const probe = lists.findLast(shows)?.probe;
  const last = lists.findLast((each) => each.probe === probe);
  return last !== undefined && !shows(last);
}

export function judgeCounts(evidence: Evidence): Judgement {
  const busy = answerTo(evidence, 'create.over-busy');
  const over = answerTo(evidence, 'create.over');
  if (busy === undefined) return notShown(NOT_ASKED);
  if (isOk(over)) return notShown('there is no limit that it could count towards');
  if (isOk(busy))
    return differs('one more is accepted while one of five is in progress', { in_progress_counts: false });
  if (isSameReason(busy, answerTo(evidence, 'create.parallel')) && !isSameReason(busy, over))
    return notShown('one more is refused, because one is in progress');
  return holds(`one more is refused, ${busy.status}, while one of five is in progress`, {
    in_progress_counts: true,
  });
}

export function judgeLimit(evidence: Evidence): Judgement {
  const over = answerTo(evidence, 'create.over');
  const listed = longestList(evidence);
  if (over === undefined) return notShown(NOT_ASKED);
  if (isOk(over))
    return differs(`one more than ${listed - 1} is accepted`, { limit: Math.max(SLOT_LIMIT + 1, listed) });
  if (listed < SLOT_LIMIT) return differs(`${listed} are the most`, { limit: listed });
  return verdict(over.status === 400, `one more than ${listed} is refused: ${answerOf(over)}`, {
    limit: Math.min(listed, SLOT_LIMIT),
  });
}

/** The most snapshots of the server that a list showed. */
function longestList({ exchanges, facts }: Evidence): number {
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
export function judgeWhile(probe: string, phase: 'stopped' | 'restoring', isAccepted: boolean): Row['judge'] {
  return (evidence) => {
    const each = answerTo(evidence, probe);
    if (each === undefined) return notShown(NOT_ASKED);
    const judged = verdict(
      isOk(each) === isAccepted,
      isOk(each) ? `accepted, ${each.status}` : answerOf(each),
    );
    const all = (['stopped', 'restoring'] as const).filter((other) => {
      const answer = answerTo(evidence, other === 'stopped' ? 'create.stopped' : 'create.during-restore');
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
      ...judged,
      switches: { snapshot_while, ...(!isOk(each) && phase === 'restoring' && refusalStatus(each)) },
    };
  };
}
