import { type Switches } from '../../../simulator/api/switches.ts';
import {
  answerTo,
  answersTo,
  type Recording,
  fieldsOf,
  isOk,
  jsonOf,
  readingsOf,
  type ServerReading,
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
import { answerOf, firstOk, NOT_ASKED, roundSeconds } from './common.ts';
import { checkSpans } from './lifecycle.ts';
import { refusalStatus } from './refusals.ts';

export const MESSAGE = /5\s*(-|–|to)\s*15 minutes/;
const DOCUMENTED_SECONDS = [300, 900] as const;

/** The request that the API took, and what the server showed from then on. */
interface Restore {
  readonly answer: Exchange;
  readonly body: Readonly<Record<string, unknown>>;
  readonly before: ServerReading | undefined;
  readonly readings: readonly ServerReading[];
  /** Readings that show it: from the first to the last. */
  readonly firstShown: number;
  readonly lastShown: number;
  /** The first reading after it. Another word may have hidden it before its end. */
  readonly end: number;
  readonly isHidden: boolean;
  /** When the server was started by this run, if it was. */
  readonly startedAt: number;
}

function restoreOf(recording: Recording, kind: 'running' | 'stopped' = 'running'): Restore | null {
  const isRunning = kind === 'running';
  const answer = isRunning
    ? firstOk(recording, /^restore\.(busy|idle)$/)
    : firstOk(recording, /^restore\.stopped$/);
  if (answer === undefined) return null;
  const watch = isRunning ? /^watch\.(restore|after-restore)$/ : /^watch\.(restore-stopped|up)$/;
  const readings = readingsOf(recording, watch);
  const word = restoringWord(answer);
  const shows = (each: ServerReading): boolean => each.word.toLowerCase() === word;
  const start = answersTo(recording, watch).find(
    (each) => each.method === 'POST' && each.path.endsWith('/power/') && isOk(each),
  );
  const startedAt = start?.sentAt ?? Number.POSITIVE_INFINITY;
  const lastShown = readings.findLastIndex(shows);
  const change = findHiddenEnd(
    readings.filter(({ at }) => at < startedAt),
    lastShown,
    answer,
  );
  return {
    answer,
    body: fieldsOf(jsonOf(answer)) ?? {},
    before: readingsOf(recording, /^watch\.before-restore\./).findLast(({ at }) => at <= answer.sentAt),
    readings,
    firstShown: readings.findIndex(shows),
    lastShown,
    end: change ?? lastShown + 1,
    isHidden: change !== null,
    startedAt,
  };
}

/** What looks like an early end is none where the server changes once more by itself. */
function findHiddenEnd(
  readings: readonly ServerReading[],
  lastShown: number,
  answer: Exchange,
): number | null {
  const [last, next] = [readings[lastShown], readings[lastShown + 1]];
  if (last === undefined || next === undefined) return null;
  if ((last.at - answer.endedAt) / 1000 >= DOCUMENTED_SECONDS[0] - 60) return null;
  const change = readings.findIndex(
    ({ word, updatedAt }, at) => at > lastShown && (word !== next.word || updatedAt !== next.updatedAt),
  );
  return change === -1 ? null : change;
}

/** The word that the answer announces; the documented one where it announces none. */
function restoringWord(answer: Exchange): string {
  const word = textOf(fieldsOf(fieldsOf(jsonOf(answer))?.['server'])?.['status']).toLowerCase();
  return word === '' ? 'restoring' : word;
}

export function aboutRestore(check: (restore: Restore, recording: Recording) => CheckResult): Row['check'] {
  return (recording) => {
    const restore = restoreOf(recording);
    return restore === null ? notShown(NOT_ASKED) : check(restore, recording);
  };
}

export function checkAnswer({ answer, body }: Restore, recording: Recording): CheckResult {
  const snapshot = fieldsOf(body['snapshot']);
  const server = fieldsOf(body['server']);
  const id = /^\/snapshots\/([^/]+)\//.exec(answer.path)?.[1];
  if (answer.text.trim() === '') return differs('no body', { restore_answer: 'empty' });
  const seen = `${answerOf(answer)}, \`status\`: ${textOf(body['status']) === 'success' ? '`success`' : 'another word'}`;
  const isRight = ['id', 'name', 'created_at'].every((field) => field in (snapshot ?? {}));
  if (snapshot !== null && textOf(snapshot['id']) !== id)
    return differs(`${seen}; it names another snapshot`, { restore_answer: 'other_snapshot' });
  const { id: serverId, uuid } = recording.facts.server;
  if (server !== null && ![serverId, uuid].includes(textOf(server['id'])))
    return differs(`${seen}; it names another server`, { restore_answer: 'other_server' });
  if (textOf(body['status']) === 'error') return differs(seen, { restore_answer: 'error' });
  const isDocumented =
    answer.status === 200 && body['status'] === 'success' && isRight && typeof server?.['name'] === 'string';
  return isDocumented ? holds(seen, { restore_answer: 'documented' }) : differs(seen);
}

export function checkDuring(recording: Recording): CheckResult {
  const busy = answerTo(recording, 'restore.busy');
  if (busy === undefined) return notShown(NOT_ASKED);
  if (isOk(busy)) return decide({ restore_during_snapshot: 'allowed' }, `accepted, ${busy.status}`);
  return differs(answerOf(busy), {
    restore_during_snapshot: 'refused',
    ...refusalStatus(busy),
  });
}

export function checkWhile(recording: Recording): Switches['restore_while'] {
  const stopped = answerTo(recording, 'restore.stopped');
  const again = answerTo(recording, 'restore.again');
  return [
    'active',
    ...(stopped === undefined || isOk(stopped) ? (['stopped'] as const) : []),
    ...(isOk(again) ? (['restoring'] as const) : []),
  ];
}

export function checkAgain(each: Exchange, recording: Recording): CheckResult {
  const seen = isOk(each) ? `accepted, ${each.status}` : answerOf(each);
  return verdict(each.status === 400, seen, {
    restore_while: checkWhile(recording),
    ...(!isOk(each) && refusalStatus(each)),
  });
}

export function checkShown({ answer, readings, firstShown }: Restore): CheckResult {
  const first = readings[firstShown];
  if (readings.length === 0) return notShown('the server could not be read');
  if (first === undefined)
    return differs(`never; the server showed ${inCode(readings.map(({ word }) => word))}`, {
      restoring_shown: 0,
    });
  const late = firstShown === 0 ? 0 : roundSeconds(first.at - answer.endedAt);
  return decide(
    { restoring_late: late },
    late === 0 ? 'in the first answer after the request' : `after ${late} s`,
  );
}

/** Whether the server showed it to the end, or another word before the restore was over. */
export function checkShownToEnd({ readings, firstShown, lastShown, isHidden }: Restore): CheckResult {
  const [first, last] = [readings[firstShown], readings[lastShown]];
  if (first === undefined || last === undefined) return notShown('it was never shown');
  const seconds = roundSeconds(last.at - first.at);
  const words = readings.slice(firstShown, lastShown + 1).map(({ word }) => word);
  if (new Set(words).size > 1) return differs(inCode(words));
  const next = readings[lastShown + 1];
  if (!isHidden || next === undefined)
    return holds(`for ${inSeconds(last.at - first.at)}`, { restoring_shown: 'always' });
  const hidden = next.word === 'stopped' || next.word === 'active' ? next.word : 'as_before';
  return differs(`for ${seconds} s, then ${inCode([next.word])}`, {
    restoring_shown: seconds,
    restoring_hidden_as: hidden,
  });
}

export function checkStops({ readings, before, startedAt }: Restore): CheckResult {
  const words = readings.filter(({ at }) => at < startedAt).map(({ word }) => word);
  if (words.length === 0) return notShown('the server could not be read');
  return verdict(
    words.some((word) => word !== (before?.word ?? 'active')),
    inCode(words),
  );
}

export function checkUpdated({ readings, before, firstShown }: Restore): CheckResult {
  if (before === undefined || before.updatedAt === '') return notShown('the server shows no `updated_at`');
  const early = readings.slice(0, Math.max(0, firstShown));
  const changed = early.some(({ updatedAt }) => updatedAt !== before.updatedAt);
  if (early.length > 0)
    return decide(
      { restoring_late_updated_at: changed ? 'changed' : 'unchanged' },
      changed ? 'before the word' : 'not before the word',
    );
  const first = readings[firstShown];
  if (first === undefined) return notShown('the restore was never shown');
  return verdict(
    first.updatedAt !== before.updatedAt,
    first.updatedAt === before.updatedAt ? 'unchanged' : 'with the word',
  );
}

export function checkTime({ readings, end, lastShown, answer }: Restore): CheckResult {
  const [last, next] = [readings[end - 1], lastShown === -1 ? undefined : readings[end]];
  if (last === undefined || next === undefined) return notShown('its end was not shown');
  return checkSpans(
    [[(last.at - answer.endedAt) / 1000, (next.at - answer.endedAt) / 1000]],
    DOCUMENTED_SECONDS,
    'restore_seconds',
  );
}

/** The words after the restore, up to a start by this run. */
function endOf({ readings, lastShown, end, startedAt }: Restore): readonly ServerReading[] {
  return lastShown === -1 ? [] : readings.slice(end).filter(({ at }) => at < startedAt);
}

export function checkEnd(restore: Restore, recording: Recording): CheckResult {
  const last = endOf(restore).at(-1);
  if (last === undefined) return notShown('its end was not shown');
  const stopped = restoreOf(recording, 'stopped');
  const lastOfStopped = stopped === null ? undefined : endOf(stopped).at(-1)?.word;
  const known = ['active', 'stopped', 'error'] as const;
  const word = known.find((each) => each === last.word);
  if (word === undefined) return differs(inCode([last.word]));
  if (word === 'active' && lastOfStopped === 'stopped')
    return holds('`active`, as it was before', { after_restore: 'as_before' });
  return decide({ after_restore: word }, inCode([word]));
}

export function checkEndOfStopped(recording: Recording): CheckResult {
  const stopped = restoreOf(recording, 'stopped');
  if (stopped === null) return notShown(NOT_ASKED);
  const last = endOf(stopped).at(-1);
  return last === undefined
    ? notShown('its end was not shown')
    : verdict(last.word === 'active', inCode([last.word]));
}

export function checkLateEnd(restore: Restore): CheckResult {
  const end = endOf(restore);
  const [first, last] = [end[0], end.at(-1)];
  if (first === undefined || last === undefined) return notShown('its end was not shown');
  const change = end.find(({ word }) => word !== first.word);
  if (change === undefined) return decide({ after_restore_late: 0 }, `${inCode([first.word])}, and stays so`);
  const late = roundSeconds(change.at - first.at);
  return decide(
    { after_restore_late: late },
    `${inCode([first.word])}, and ${inCode([change.word])} ${late} s later`,
  );
}

export function checkWord(answer: Exchange): CheckResult {
  const server = fieldsOf(fieldsOf(jsonOf(answer))?.['server']);
  const word = textOf(server?.['status']);
  return word === '' ? differs('no word') : decide({ word_restoring: word }, inCode([word]));
}
