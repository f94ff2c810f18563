import { type Switches } from '../../../simulator/api/switches.ts';
import { answerTo, answersTo, type Recording, isOk, itemsOf, textOf } from '../recording.ts';
import { type Exchange } from '../exchange.ts';
import { decide, differs, holds, inCode, inSeconds, type CheckResult, notShown, verdict } from '../row.ts';
import { answerOf, NOT_ASKED, roundSeconds } from './common.ts';
import { refusalStatus } from './refusals.ts';

export function checkAnswer(each: Exchange): CheckResult {
  const seen = answerOf(each);
  const known = ([204, 200, 202] as const).find((status) => status === each.status);
  return known === undefined ? differs(seen) : decide({ delete_answer: known }, seen);
}

/** Lists after the deletion, with the word of the snapshot where they still show it. */
export function checkGone(recording: Recording): CheckResult {
  const request = answerTo(recording, 'delete.once');
  if (!isOk(request)) return notShown(NOT_ASKED);
  const id = /^\/snapshots\/([^/]+)\//.exec(request.path)?.[1];
  const lists = answersTo(recording, /^watch\.deleted$/).filter(
    (each) => isOk(each) && itemsOf(each) !== null,
  );
  const words = lists.map((list) => itemsOf(list)?.find((item) => textOf(item['id']) === id)?.['status']);
  const gone = words.findIndex((word) => word === undefined);
  const list = lists[gone];
  if (lists.length === 0) return notShown('no list followed');
  if (gone === 0) return holds('in the first list after it', { deleted_late: 0, delete_seconds: 0 });
  const seconds =
    list === undefined ? Number.POSITIVE_INFINITY : roundSeconds(list.endedAt - request.endedAt);
  const word = textOf(words[0]);
  const isDeleting = word !== textOf(lastWord(recording, id, request.sentAt));
  const span = Number.isFinite(seconds) ? seconds : 3600;
  const switches: Partial<Switches> = isDeleting
    ? { delete_seconds: span, word_deleting: word }
    : { deleted_late: span };
  return differs(
    `listed as ${inCode([word])} for ${Number.isFinite(seconds) ? inSeconds(seconds * 1000) : 'longer than it was watched'}`,
    switches,
  );
}

/** The word that lists showed before the deletion. */
function lastWord({ exchanges }: Recording, id: string | undefined, before: number): unknown {
  const lists = exchanges.filter(
    (each) => each.path.startsWith('/snapshots/?') && each.endedAt <= before && isOk(each),
  );
  const shown = lists.map((list) => itemsOf(list)?.find((item) => textOf(item['id']) === id));
  return shown.findLast((item) => item !== undefined)?.['status'];
}

export function checkSlot(recording: Recording): CheckResult {
  const request = answerTo(recording, 'delete.once');
  const answers = answersTo(recording, /^create\.after-delete$/);
  if (!isOk(request) || answers.length === 0) return notShown(NOT_ASKED);
  const accepted = answers.find(isOk);
  if (accepted === undefined)
    return differs(`not within ${inSeconds((answers.at(-1)?.endedAt ?? 0) - request.endedAt)}`, {
      slot_late: 3600,
    });
  const refused = answers.filter((each) => each.endedAt < accepted.sentAt).at(-1);
  // A deletion that takes its time frees the slot when it ends.
  const gone = checkGone(recording).switches?.delete_seconds ?? 0;
  const goneAt = request.endedAt + gone * 1000;
  const late =
    refused === undefined || refused.sentAt <= goneAt ? 0 : roundSeconds(accepted.endedAt - goneAt);
  return decide({ slot_late: late }, late === 0 ? 'at once' : `after ${late} s`);
}

export function checkBusy(each: Exchange): CheckResult {
  if (isOk(each)) return decide({ delete_busy: 'allowed' }, `${each.status}`);
  return differs(answerOf(each), { delete_busy: 'refused', ...refusalStatus(each) });
}

export function checkTwice(each: Exchange, recording: Recording): CheckResult {
  const gone = checkGone(recording).switches?.delete_seconds ?? 0;
  return gone > 0 ? notShown('the deletion takes its time') : verdict(each.status === 404, answerOf(each));
}
