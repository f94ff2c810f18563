import {
  answerTo,
  answersTo,
  type Recording,
  fieldsOf,
  isOk,
  jsonOf,
  readingsOf,
  type ServerReading,
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
import { answerOf, NOT_ASKED, roundSeconds } from './common.ts';
import { checkSpans } from './lifecycle.ts';
import { refusalStatus } from './refusals.ts';

/** A power action that was accepted, and what the server showed before and after. */
interface Action {
  readonly request: Exchange;
  readonly before: string;
  readonly readings: readonly ServerReading[];
}

type Name = 'stop' | 'start' | 'restart' | 'hard-stop';

function actionOf(recording: Recording, name: Name): Action | null {
  const request = answersTo(
    recording,
    name === 'start' ? /^power\.start(-idle)?$/ : new RegExp(`^power\\.${name}$`),
  ).find(isOk);
  if (request === undefined) return null;
  const before =
    readingsOf(recording, /^watch\.before-/).findLast(({ at }) => at <= request.sentAt)?.word ?? '';
  const readings = readingsOf(recording, new RegExp(`^watch\\.power-${name}$`));
  return { request, before, readings };
}

/** The words between the one before and the last. */
function wordsBetween({ before, readings }: Action): readonly string[] {
  const last = readings.at(-1)?.word;
  return [...new Set(readings.map(({ word }) => word))].filter((word) => word !== before && word !== last);
}

/** When the server first showed another word than before. */
const changeOf = ({ before, readings }: Action): ServerReading | undefined =>
  readings.find(({ word }) => word !== before);

export function checkCall(each: Exchange): CheckResult {
  const seen = answerOf(each);
  if (each.status === 404 || each.status === 405) return differs(seen, { power: 'absent' });
  return verdict(isOk(each), seen, isOk(each) ? { power: 'present' } : {});
}

export function checkAnswer(each: Exchange): CheckResult {
  if (!isOk(each)) return notShown('no power request was accepted');
  if (each.text.trim() === '') return differs(`${each.status}, no body`, { power_answer: 'empty' });
  const fields = fieldsOf(jsonOf(each));
  const seen = answerOf(each);
  if (fields === null) return differs(seen);
  if ('ip_address' in fields || ('id' in fields && 'name' in fields))
    return differs(seen, { power_answer: 'server' });
  return verdict('status' in fields && 'message' in fields, seen, { power_answer: 'message' });
}

export function checkActions(recording: Recording): CheckResult {
  const answers = ['stop', 'start', 'start-idle', 'restart', 'hard-stop'].flatMap((name) => {
    const each = answerTo(recording, `power.${name}`);
    return each === undefined ? [] : [[name.replace('-idle', '').replace('-', '_'), isOk(each)] as const];
  });
  if (answers.length === 0) return notShown(NOT_ASKED);
  const accepted = new Set(answers.filter(([, ok]) => ok).map(([name]) => name));
  const refused = new Set(answers.map(([name]) => name).filter((name) => !accepted.has(name)));
  return verdict(
    refused.size === 0,
    refused.size === 0 ? `accepted: ${inCode(accepted)}` : `refused: ${inCode(refused)}`,
  );
}

export function checkRepeat(recording: Recording): CheckResult {
  const answers = ['stop-again', 'start-again'].flatMap((name) => answerTo(recording, `power.${name}`) ?? []);
  const [first] = answers;
  if (first === undefined) return notShown(NOT_ASKED);
  const isAccepted = answers.every(isOk);
  const seen = answers.map((each) => answerOf(each)).join('; ');
  const refusal = answers.find((each) => !isOk(each));
  return verdict(isAccepted, seen, {
    power_repeat: isAccepted ? 'accepted' : 'refused',
    ...(refusal && refusalStatus(refusal)),
  });
}

/** The word that a server has in the end, where an action had an effect. */
export function checkStopped(recording: Recording): CheckResult {
  const words = (['stop', 'hard-stop'] as const).flatMap((name) => {
    const action = actionOf(recording, name);
    return action === null ? [] : [action.readings.at(-1)?.word ?? ''];
  });
  const [word] = words;
  if (word === undefined || word === '') return notShown(NOT_ASKED);
  const { status } = recording.facts;
  if (words.every((each) => each === status))
    return differs(`${inCode([word])}: the stop has no effect`, { power_ignored: ['stop', 'hard_stop'] });
  if (word === status) return differs(`${inCode([word])} after a stop`, { power_ignored: ['stop'] });
  return decide({ word_stopped: word }, inCode(words));
}

export const TRANSITIONS = { stop: 'stopping', start: 'starting', restart: 'restarting' } as const;

/** A word is missed where an action is over before the server is read. */
export function checkTransition(name: keyof typeof TRANSITIONS): Row['check'] {
  return (recording) => {
    const action = actionOf(recording, name);
    if (action === null) return notShown(NOT_ASKED);
    const between = wordsBetween(action);
    const [word] = between;
    if (word !== undefined) {
      const checked = decide({ [`word_${TRANSITIONS[name]}`]: word }, inCode(between));
      return { ...checked, switches: { ...checked.switches, power_transition: 'shown' } };
    }
    const first = action.readings[0];
    const last = action.readings.at(-1);
    if (first === undefined || last === undefined) return notShown('the server could not be read');
    if (name === 'restart') return notShown('the server showed no other word');
    return first.word === action.before && last.word !== first.word
      ? differs(`${inCode([first.word])}, then ${inCode([last.word])}`, { power_transition: 'hidden' })
      : notShown('it was over before the server was read');
  };
}

/** When the server first showed that a stop takes effect. */
export function checkStopDelay(recording: Recording): CheckResult {
  const action = actionOf(recording, 'stop');
  if (action === null) return notShown(NOT_ASKED);
  const change = changeOf(action);
  if (change === undefined)
    return differs(`not within ${inSeconds((action.readings.at(-1)?.at ?? 0) - action.request.endedAt)}`);
  if (change === action.readings[0]) return holds('in the first answer after the request', { stop_delay: 0 });
  if (wordsBetween(action).length === 0) return notShown('no word tells the beginning from the end');
  const late = roundSeconds(change.at - action.request.endedAt);
  return differs(`after ${late} s`, { stop_delay: late });
}

const ASSUMED_SECONDS = [3, 20] as const;

export function checkTimes(recording: Recording): CheckResult {
  const spans = (['stop', 'start', 'restart', 'hard-stop'] as const).flatMap((name) => {
    const action = actionOf(recording, name);
    const change = action === null ? undefined : changeOf(action);
    if (action === null || change === undefined) return [];
    const { readings, request } = action;
    const end = readings.findIndex(
      ({ word }, at) => at >= readings.indexOf(change) && word === readings.at(-1)?.word,
    );
    const [before, after] = [readings[end - 1], readings[end]];
    if (after === undefined) return [];
    // Without a word in between the change itself is the end.
    const startedAt = wordsBetween(action).length > 0 && change !== readings[0] ? change.at : request.endedAt;
    return [
      [
        Math.max(0, (before?.at ?? startedAt) - startedAt) / 1000,
        Math.max(0, after.at - startedAt) / 1000,
      ] as const,
    ];
  });
  if (spans.length === 0) return notShown('no action showed its end');
  return checkSpans(spans, ASSUMED_SECONDS, 'power_seconds');
}

export function checkStartDuring(each: Exchange, recording: Recording): CheckResult {
  if (!isOk(answerTo(recording, 'create.stopped'))) return notShown('no snapshot was in progress');
  if (isOk(each)) return decide({ start_during_snapshot: 'accepted' }, `accepted, ${each.status}`);
  return differs(answerOf(each), {
    start_during_snapshot: 'refused',
    ...refusalStatus(each),
  });
}

/** Reads while nothing was done to the server but snapshots. */
const QUIET = /^watch\.(first|characters|fill|full|over)$/;

/** `updated_at` at rest: changes that no snapshot explains. */
export function checkTouched(recording: Recording): CheckResult {
  const readings = readingsOf(recording, QUIET).filter(({ updatedAt }) => updatedAt !== '');
  const groups = Map.groupBy(
    readings,
    ({ at }) => answersTo(recording, /^create\./).filter((each) => isOk(each) && each.endedAt <= at).length,
  );
  const spans = [...groups.values()].filter((each) => each.length > 1);
  if (spans.length === 0) return notShown('the server was not read twice at rest');
  const times = [
    ...new Set(
      spans.flatMap((each) =>
        new Set(each.map(({ updatedAt }) => updatedAt)).size > 1
          ? each.map(({ updatedAt }) => Date.parse(updatedAt))
          : [],
      ),
    ),
  ].toSorted((one, other) => one - other);
  if (times.length === 0) return decide({ updated_at_touched: 0 }, 'unchanged at rest');
  const gaps = times.slice(1).map((time, at) => (time - (times[at] ?? time)) / 1000);
  const gap = Math.round(Math.min(...gaps.filter((each) => each > 0)));
  return differs(`changed by itself, at least every ${gap} s`, { updated_at_touched: gap });
}

export function checkBySnapshot(recording: Recording): CheckResult {
  const touched = checkTouched(recording).switches?.updated_at_touched ?? 0;
  if (touched > 0) return notShown('it changes by itself');
  const request = answersTo(recording, /^create\.first$/).find(isOk);
  if (request === undefined) return notShown(NOT_ASKED);
  const before = readingsOf(recording, /./).findLast(({ at }) => at <= request.sentAt);
  const after = readingsOf(recording, QUIET).find(({ at }) => at > request.endedAt);
  if (!before?.updatedAt || !after?.updatedAt) return notShown('the server shows no `updated_at`');
  const isChanged = before.updatedAt !== after.updatedAt;
  return decide({ updated_at_by_snapshot: isChanged }, isChanged ? 'changed' : 'unchanged');
}
