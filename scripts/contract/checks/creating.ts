import { type Switches } from '../../../simulator/api/switches.ts';
import { DESCRIPTION_LIMIT } from '../../../src/snapshots/marker.ts';
import {
  answerTo,
  answersTo,
  type Recording,
  fieldsOf,
  isOk,
  jsonOf,
  historiesOf,
  textOf,
} from '../recording.ts';
import { type Exchange } from '../exchange.ts';
import { decide, differs, holds, type CheckResult, notShown, type Row, verdict } from '../row.ts';
import { answerOf, firstOk, NOT_ASKED } from './common.ts';
import { reasonOf, refusalStatus } from './refusals.ts';

export const MESSAGE = /3\s*(-|–|to)\s*10 minutes/;
export const FIELDS = ['id', 'server', 'name', 'status', 'size_mb', 'created_at', 'description', 'message'];

export const created = (recording: Recording): Exchange | undefined =>
  firstOk(recording, /^create\.first$/, /^create\./);

/** Checks the answer to the first create request. */
export function aboutCreated(
  check: (body: Readonly<Record<string, unknown>>, answer: Exchange) => CheckResult,
): Row['check'] {
  return (recording) => {
    const answer = created(recording);
    if (answer === undefined) return notShown(NOT_ASKED);
    return check(fieldsOf(jsonOf(answer)) ?? {}, answer);
  };
}

export const sentField = (each: Exchange, name: string): string =>
  textOf(fieldsOf(JSON.parse(each.sent))?.[name]);
const lengthOf = (text: string): number => Array.from(text).length;

/** Names of the run have all that is documented, and one has a space. */
export function checkNameCharacters(recording: Recording): CheckResult {
  const wrong = answerTo(recording, 'create.wrong-name');
  const right = created(recording);
  if (wrong === undefined || right === undefined) return notShown(NOT_ASKED);
  const name = textOf(fieldsOf(jsonOf(right))?.['name']);
  const isKept = name === sentField(right, 'name');
  return verdict(
    wrong.status === 400 && isKept,
    `with spaces: ${answerOf(wrong)}; without: ${right.status}, ${isKept ? 'kept' : 'changed'}`,
  );
}

/** The limit that a refusal names, else what is known by what was accepted. */
export function checkLimit(
  recording: Recording,
  {
    field,
    probes,
    usual,
    switchName,
  }: {
    readonly field: 'name' | 'description';
    readonly probes: RegExp;
    readonly usual: number;
    readonly switchName: 'name_limit' | 'description_limit';
  },
): CheckResult {
  const all = answersTo(recording, /^create\./).filter(({ sent }) => sent !== '');
  const lengthIn = (each: Exchange): number => lengthOf(sentField(each, field));
  const tooLong = all.filter((each) => probes.test(each.probe) && lengthIn(each) > usual);
  if (tooLong.length === 0) return notShown(NOT_ASKED);
  const longest = Math.max(0, ...all.filter(isOk).map(lengthIn));
  const refused = tooLong.filter((each) => !isOk(each) && isAboutField(recording, each, field));
  const named = refused.flatMap((each) => Number(/(\d{2,5}) char/i.exec(reasonOf(each))?.[1] ?? '') || []);
  const limit = named[0];
  if (limit !== undefined && limit >= longest)
    return decide({ [switchName]: limit }, `a longer one is refused: "${limit} characters"`);
  if (longest > usual) return differs(`${longest} characters are accepted`, { [switchName]: longest });
  const shortest = Math.min(...refused.map(lengthIn));
  if (longest === usual && shortest === usual + 1)
    return decide({ [switchName]: usual }, `${shortest} are refused`);
  return notShown(`${longest} are accepted, ${shortest} are refused without saying how many may be`);
}

/** A refusal may have another cause: a slot, or a snapshot that is in progress; not so where a shorter one was accepted next. */
function isAboutField(recording: Recording, each: Exchange, field: string): boolean {
  const body = fieldsOf(jsonOf(each));
  if (body !== null && (field in body || reasonOf(each).includes(field))) return true;
  if (each.probe.startsWith('create.long-')) return true;
  return answersTo(recording, /^create\.fill$/).some((next) => next.sentAt > each.sentAt && isOk(next));
}

const DESCRIBED = /^create\.(?!without)/;

/** The longest part of a description that came back. */
export function checkKept(recording: Recording): CheckResult {
  const pairs = answersTo(recording, DESCRIBED)
    .filter((each) => isOk(each) && sentField(each, 'description') !== '')
    .filter((each) => /^[\x20-\x7E]*$/.test(sentField(each, 'description')))
    .map((each) => [sentField(each, 'description'), textOf(shownDescription(recording, each))] as const);
  if (pairs.length === 0) return notShown(NOT_ASKED);
  const longestSent = Math.max(...pairs.map(([sent]) => sent.length));
  if (longestSent < DESCRIPTION_LIMIT) return notShown('no long description was accepted');
  const isWhole = pairs.every(([sent, shown]) => sent === shown);
  if (isWhole) {
    const limit = checkDescriptionLimit(recording).switches?.description_limit ?? DESCRIPTION_LIMIT;
    return holds(`${longestSent} characters, whole`, { description_kept: Math.max(longestSent, limit) });
  }
  if (pairs.every(([, shown]) => shown === '') && isLeftOut(recording))
    return notShown('no snapshot shows a description');
  const kept = Math.max(...pairs.map(([sent, shown]) => (sent.startsWith(shown) ? shown.length : 0)));
  return decide({ description_kept: kept }, `${kept} of ${longestSent} characters`);
}

export const checkDescriptionLimit = (recording: Recording): CheckResult =>
  checkLimit(recording, {
    field: 'description',
    probes: /^create\.(first|long-description|longer-description)$/,
    usual: DESCRIPTION_LIMIT,
    switchName: 'description_limit',
  });

function isLeftOut(recording: Recording): boolean {
  const histories = historiesOf(recording, /^create\./);
  return histories.every(({ sightings }) => sightings.every(({ item }) => !('description' in item)));
}

/** As the list shows it, which may be less than the answer to the request says. */
function shownDescription(recording: Recording, each: Exchange): unknown {
  const history = historiesOf(recording, /^create\./).find(
    ({ requestedAt, probe }) => probe === each.probe && requestedAt === each.endedAt,
  );
  return history?.sightings[0]?.item['description'] ?? fieldsOf(jsonOf(each))?.['description'];
}

const CHARACTERS = /^create\.(parallel|characters)$/;

export function checkCharacters(recording: Recording): CheckResult {
  const each = answersTo(recording, CHARACTERS).findLast(isOk);
  if (each === undefined) return notShown('no description with such characters was accepted');
  const sent = sentField(each, 'description');
  const shown = textOf(shownDescription(recording, each));
  if (shown === sent) return holds('all of them', { description_characters: 'all' });
  const without = (pattern: RegExp): string => sent.replaceAll(pattern, '');
  if (shown === without(/[\u{10000}-\u{10FFFF}]/gu))
    return differs('none beyond U+FFFF', { description_characters: 'bmp' });
  if (shown === without(/[^\0-\x7F]/gu)) return differs('ASCII only', { description_characters: 'ascii' });
  return differs(`${lengthOf(shown)} of ${lengthOf(sent)} characters, changed`);
}

export function checkParallel(recording: Recording): CheckResult {
  const each = answerTo(recording, 'create.parallel');
  if (each === undefined) return notShown(NOT_ASKED);
  if (isOk(each))
    return decide({ parallel_snapshots: true }, 'a second one is accepted while one is in progress');
  return differs(answerOf(each), {
    parallel_snapshots: false,
    ...refusalStatus(each),
  });
}

export function checkNames(recording: Recording): CheckResult {
  const each = answerTo(recording, 'create.same-name');
  if (each === undefined) return notShown(NOT_ASKED);
  if (isOk(each)) return holds('accepted a second time', { unique_names: 'no' });
  return differs(answerOf(each), { unique_names: 'server', ...nameStatus(each) });
}

export function checkAccountNames(recording: Recording): CheckResult {
  const each = answerTo(recording, 'create.second-server');
  if (each === undefined) return notShown(NOT_ASKED);
  if (isOk(each)) return holds('accepted on a second server');
  if (isOk(answerTo(recording, 'create.second-server-other')))
    return differs(answerOf(each), { unique_names: 'account', ...nameStatus(each) });
  return notShown('the second server takes no snapshot under another name either');
}

function nameStatus({ status }: Exchange): Partial<Switches> {
  return status === 400 || status === 409 ? { unique_names_status: status } : {};
}
