import { type Switches } from '../../../simulator/api/switches.ts';
import { DESCRIPTION_LIMIT } from '../../../src/snapshots/marker.ts';
import { answerTo, answersTo, type Evidence, fieldsOf, isOk, jsonOf, livesOf, textOf } from '../evidence.ts';
import { type Exchange } from '../exchange.ts';
import { decide, differs, holds, inCode, type Judgement, notShown, type Row, verdict } from '../row.ts';
import { answered, firstOk, NOT_ASKED, shapeOf } from './judges.ts';
import { reasonOf, refusalStatus } from './refusals.ts';

const MESSAGE = /3\s*(-|–|to)\s*10 minutes/;
const FIELDS = ['id', 'server', 'name', 'status', 'size_mb', 'created_at', 'description', 'message'];

const created = (evidence: Evidence): Exchange | undefined =>
  firstOk(evidence, /^create\.first$/, /^create\./);

/** Judges the answer to the first create request. */
function aboutCreated(
  judge: (body: Readonly<Record<string, unknown>>, answer: Exchange) => Judgement,
): Row['judge'] {
  return (evidence) => {
    const answer = created(evidence);
    if (answer === undefined) return notShown(NOT_ASKED);
    return judge(fieldsOf(jsonOf(answer)) ?? {}, answer);
  };
}

const sentField = (each: Exchange, name: string): string => textOf(fieldsOf(JSON.parse(each.sent))?.[name]);
const lengthOf = (text: string): number => Array.from(text).length;

/** The limit that a refusal names, else what is known by what was accepted. */
function judgeLimit(
  evidence: Evidence,
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
): Judgement {
  const answers = answersTo(evidence, probes).filter(({ sent }) => sent !== '');
  const tooLong = answers.filter((each) => lengthOf(sentField(each, field)) > usual);
  const accepted = answers.filter(isOk).map((each) => lengthOf(sentField(each, field)));
  const longest = Math.max(0, ...accepted);
  if (tooLong.length === 0) return notShown(NOT_ASKED);
  const refused = tooLong.filter((each) => !isOk(each) && isAboutField(each, field));
  const named = refused.flatMap((each) => Number(/(\d{2,5}) char/i.exec(reasonOf(each))?.[1] ?? '') || []);
  const limit = named[0];
  if (limit !== undefined && limit >= longest)
    return decide({ [switchName]: limit }, `a longer one is refused: "${limit} characters"`);
  if (refused.length === 0) return differs(`${longest} characters are accepted`, { [switchName]: longest });
  const shortest = Math.min(...refused.map((each) => lengthOf(sentField(each, field))));
  if (longest === usual && shortest === usual + 1)
    return decide({ [switchName]: usual }, `${shortest} are refused`);
  const seen = `${longest} characters are accepted, ${shortest} refused`;
  return differs(seen, { [switchName]: longest });
}

/** A refusal may have another cause: a slot, or a snapshot that is in progress. */
function isAboutField(each: Exchange, field: string): boolean {
  const body = fieldsOf(jsonOf(each));
  return body !== null && (field in body || reasonOf(each).includes(field));
}

const DESCRIBED = /^create\.(?!without)/;

/** The longest part of a description that came back. */
function judgeKept(evidence: Evidence): Judgement {
  const pairs = answersTo(evidence, DESCRIBED)
    .filter((each) => isOk(each) && sentField(each, 'description') !== '')
    .filter((each) => /^[\x20-\x7E]*$/.test(sentField(each, 'description')))
    .map((each) => [sentField(each, 'description'), textOf(shownDescription(evidence, each))] as const);
  if (pairs.length === 0) return notShown(NOT_ASKED);
  const longestSent = Math.max(...pairs.map(([sent]) => sent.length));
  if (longestSent < DESCRIPTION_LIMIT) return notShown('no long description was accepted');
  const isWhole = pairs.every(([sent, shown]) => sent === shown);
  if (isWhole) {
    const limit = judgeDescriptionLimit(evidence).switches?.description_limit ?? DESCRIPTION_LIMIT;
    return holds(`${longestSent} characters, whole`, { description_kept: Math.max(longestSent, limit) });
  }
  if (pairs.every(([, shown]) => shown === '') && isLeftOut(evidence))
    return notShown('no snapshot shows a description');
  const kept = Math.max(...pairs.map(([sent, shown]) => (sent.startsWith(shown) ? shown.length : 0)));
  return decide({ description_kept: kept }, `${kept} of ${longestSent} characters`);
}

const judgeDescriptionLimit = (evidence: Evidence): Judgement =>
  judgeLimit(evidence, {
    field: 'description',
    probes: /^create\.(first|long-description|longer-description)$/,
    usual: DESCRIPTION_LIMIT,
    switchName: 'description_limit',
  });

function isLeftOut(evidence: Evidence): boolean {
  const lives = livesOf(evidence, /^create\./);
  return lives.every(({ sightings }) => sightings.every(({ item }) => !('description' in item)));
}

/** As the list shows it, which may be less than the answer to the request says. */
function shownDescription(evidence: Evidence, each: Exchange): unknown {
  const life = livesOf(evidence, /^create\./).find(
    ({ requestedAt, probe }) => probe === each.probe && requestedAt === each.endedAt,
  );
  return life?.sightings[0]?.item['description'] ?? fieldsOf(jsonOf(each))?.['description'];
}

const CHARACTERS = /^create\.(parallel|characters)$/;

function judgeCharacters(evidence: Evidence): Judgement {
  const each = answersTo(evidence, CHARACTERS).findLast(isOk);
  if (each === undefined) return notShown('no description with such characters was accepted');
  const sent = sentField(each, 'description');
  const shown = textOf(shownDescription(evidence, each));
  if (shown === sent) return holds('all of them', { description_characters: 'all' });
  const without = (pattern: RegExp): string => sent.replaceAll(pattern, '');
  if (shown === without(/[\u{10000}-\u{10FFFF}]/gu))
    return differs('none beyond U+FFFF', { description_characters: 'bmp' });
  if (shown === without(/[^\0-\x7F]/gu)) return differs('ASCII only', { description_characters: 'ascii' });
  return differs(`${lengthOf(shown)} of ${lengthOf(sent)} characters, changed`);
}

function judgeParallel(evidence: Evidence): Judgement {
  const each = answerTo(evidence, 'create.parallel');
  if (each === undefined) return notShown(NOT_ASKED);
  if (isOk(each))
    return decide({ parallel_snapshots: true }, 'a second one is accepted while one is in progress');
  return differs(`${each.status}, ${shapeOf(each)}`, {
    parallel_snapshots: false,
    ...refusalStatus(each),
  });
}

function judgeNames(evidence: Evidence): Judgement {
  const each = answerTo(evidence, 'create.same-name');
  if (each === undefined) return notShown(NOT_ASKED);
  if (isOk(each)) return holds('accepted a second time', { unique_names: 'no' });
  return differs(`${each.status}, ${shapeOf(each)}`, { unique_names: 'server', ...nameStatus(each) });
}

function judgeAccountNames(evidence: Evidence): Judgement {
  const each = answerTo(evidence, 'create.second-server');
  if (each === undefined) return notShown(NOT_ASKED);
  if (isOk(each)) return holds('accepted on a second server');
  if (isOk(answerTo(evidence, 'create.second-server-other')))
    return differs(`${each.status}, ${shapeOf(each)}`, { unique_names: 'account', ...nameStatus(each) });
  return notShown('the second server takes no snapshot under another name either');
}

function nameStatus({ status }: Exchange): Partial<Switches> {
  return status === 400 || status === 409 ? { unique_names_status: status } : {};
}

const rows = (definitions: readonly (Omit<Row, 'needs'> & Partial<Pick<Row, 'needs'>>)[]): readonly Row[] =>
  definitions.map((each) => ({ needs: 'destroy', ...each }));

export const CREATING_ROWS: readonly Row[] = rows([
  {
    id: 'create',
    statement: '`POST /snapshots/` is answered with 201',
    source: 'documented',
    how: 'the first create request',
    decides: [],
    judge: aboutCreated((_body, answer) => verdict(answer.status === 201, `${answer.status}`)),
  },
  {
    id: 'create-fields',
    statement: `The answer has ${inCode(FIELDS)}`,
    source: 'documented',
    how: 'the first create request',
    decides: [],
    judge: aboutCreated((body) => {
      const missing = FIELDS.filter((field) => !(field in body));
      return verdict(
        missing.length === 0,
        missing.length === 0 ? 'all of them' : `missing: ${inCode(missing)}`,
      );
    }),
  },
  {
    id: 'create-size',
    statement: 'Its `size_mb` is null at first',
    source: 'documented',
    how: 'the first create request',
    decides: [],
    judge: aboutCreated((body) => {
      const size = body['size_mb'];
      return verdict(size === null, size === undefined ? 'left out' : size === null ? 'null' : 'a size');
    }),
  },
  {
    id: 'create-message',
    statement: 'Its `message` says that it takes 3 to 10 minutes',
    source: 'documented',
    how: 'the first create request',
    decides: [],
    judge: aboutCreated((body) => {
      const message = textOf(body['message']);
      return verdict(
        MESSAGE.test(message),
        message === '' ? 'no message' : (/\d+\D{0,5}\d* minutes?/.exec(message)?.[0] ?? 'another text'),
      );
    }),
  },
  {
    id: 'create-echo',
    statement: 'It is a snapshot of the server and of the name that were sent',
    source: 'documented',
    how: 'the first create request',
    decides: [],
    judge: (evidence) => {
      const answer = created(evidence);
      if (answer === undefined) return notShown(NOT_ASKED);
      const body = fieldsOf(jsonOf(answer));
      const { server } = evidence.facts;
      const shownId = textOf(fieldsOf(body?.['server'])?.['id']);
      const isServer = shownId === server.id || shownId === server.uuid;
      const isName = body?.['name'] === sentField(answer, 'name');
      return verdict(
        isServer && isName,
        `server: ${isServer ? 'the same' : 'another'}; name: ${isName ? 'the same' : 'another'}`,
      );
    },
  },
  {
    id: 'create-server-required',
    statement: 'Without `server_id` it is refused with 400',
    source: 'documented',
    how: 'a create request without it',
    decides: [],
    judge: answered(['create.without-server'], 400),
  },
  {
    id: 'create-name-required',
    statement: 'Without `name` it is refused with 400',
    source: 'documented',
    how: 'a create request without it',
    decides: [],
    judge: answered(['create.without-name'], 400),
  },
  {
    id: 'create-unknown-server',
    statement: 'For a server that does not exist it is refused with 404',
    source: 'documented',
    how: 'a create request for an id that no server has',
    decides: [],
    judge: answered(['create.unknown-server'], 404),
  },
  {
    id: 'name-characters',
    statement: 'A name has letters, digits, hyphens and underscores; another is refused with 400',
    source: 'documented',
    how: 'a name with spaces',
    decides: [],
    judge: answered(['create.wrong-name'], 400),
  },
  {
    id: 'name-length',
    statement: 'A name has at most 255 characters',
    source: 'unknown',
    how: 'a name of 300',
    decides: ['name_limit'],
    judge: (evidence) =>
      judgeLimit(evidence, {
        field: 'name',
        probes: /^create\.long-name$/,
        usual: 255,
        switchName: 'name_limit',
      }),
  },
  {
    id: 'description-optional',
    statement: '`description` may be left out',
    source: 'documented',
    how: 'a create request without it',
    decides: [],
    judge: ({ exchanges }) => {
      const answers = exchanges.filter(({ probe }) => /^create\.(same-name|busy)$/.test(probe));
      if (answers.length === 0) return notShown(NOT_ASKED);
      const seen = [...new Set(answers.map((each) => `${each.status}`))].join(', ');
      return verdict(answers.some(isOk), seen);
    },
  },
  {
    id: 'description-length',
    statement: 'A description has at most 255 characters',
    source: 'unknown',
    how: 'descriptions of 255, 256 and 5000',
    decides: ['description_limit'],
    judge: judgeDescriptionLimit,
  },
  {
    id: 'description-kept',
    statement: 'A description of 255 characters is kept whole',
    source: 'unknown',
    how: 'the list, against what was sent',
    decides: ['description_kept'],
    judge: judgeKept,
  },
  {
    id: 'description-characters',
    statement: 'A description keeps letters of any script, emoji, quotes, line breaks and HTML',
    source: 'unknown',
    how: 'the list, against what was sent',
    decides: ['description_characters'],
    judge: judgeCharacters,
  },
  {
    id: 'parallel',
    statement: 'Two snapshots of one server may be in progress',
    source: 'unknown',
    how: 'a second create request right after the first',
    decides: ['parallel_snapshots', 'refusal_status'],
    judge: judgeParallel,
  },
  {
    id: 'names-of-server',
    statement: 'Two snapshots of one server may have the same name',
    source: 'unknown',
    how: 'a create request with the name of a completed one',
    decides: ['unique_names', 'unique_names_status'],
    judge: judgeNames,
  },
  {
    id: 'names-of-account',
    statement: 'Snapshots of two servers may have the same name',
    source: 'unknown',
    needs: 'second-server',
    how: 'the same name on the second server',
    decides: ['unique_names', 'unique_names_status'],
    judge: judgeAccountNames,
  },
]);
