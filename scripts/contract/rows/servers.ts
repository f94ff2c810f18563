import {
  answerTo,
  type Evidence,
  fieldsOf,
  type Fields,
  isOk,
  itemsOf,
  jsonOf,
  textOf,
} from '../evidence.ts';
import { type Exchange } from '../exchange.ts';
import { decide, differs, holds, inCode, type Judgement, notShown, type Row, verdict } from '../row.ts';
import { about, answered, itemsOfAll, missingFields, NOT_ASKED, shapeOf } from './judges.ts';

const SERVER = [
  'id',
  'name',
  'hostname',
  'status',
  'ip_address',
  'location',
  'plan',
  'os',
  'created_at',
  'updated_at',
];
const SERVER_LISTS = /^\/servers\/(\?|$)/;
const STATUS_WORDS = ['active', 'stopped', 'suspended', 'restoring'];

function judgeCall(
  name: 'server_list' | 'server_detail',
  each: Exchange,
  isAsDocumented: boolean,
): Judgement {
  const seen = `${each.status}, ${shapeOf(each)}`;
  if (isOk(each)) return isAsDocumented ? holds(seen, { [name]: 'present' }) : differs(seen);
  if (each.status === 403) return differs(seen, { [name]: 'refused' });
  return each.status === 404 || each.status === 405 ? differs(seen, { [name]: 'absent' }) : differs(seen);
}

/** Every server that an answer of its own or a list showed. */
function shownServers(evidence: Evidence): readonly Fields[] {
  const single = fieldsOf(jsonOf(answerTo(evidence, 'server')));
  return [...itemsOfAll(evidence, SERVER_LISTS), ...(single?.['status'] === undefined ? [] : [single])];
}

function judgeIds(evidence: Evidence): Judgement {
  const servers = shownServers(evidence);
  if (servers.length === 0) return notShown('no server was shown');
  const isInteger = servers.every(({ id }) => typeof id === 'number');
  const hasUuid = servers.some(({ uuid }) => typeof uuid === 'string');
  const seen = `\`id\` is ${isInteger ? 'an integer' : 'a text'}, ${hasUuid ? 'with a `uuid`' : 'without a `uuid`'}`;
  return decide({ server_ids: isInteger ? (hasUuid ? 'both' : 'integer') : 'uuid' }, seen);
}

function judgeWords(evidence: Evidence): Judgement {
  const words = new Set(shownServers(evidence).map((server) => textOf(server['status'])));
  if (words.size === 0) return notShown('no server was shown');
  return verdict(
    [...words].every((word) => STATUS_WORDS.includes(word)),
    inCode(words),
  );
}

/** The filter keeps the server under its own value, and leaves it out under another. */
function filters(name: 'status' | 'location'): Row['judge'] {
  return (evidence) => {
    const [own, other] = [`servers.${name}`, `servers.other-${name}`].map((probe) =>
      answerTo(evidence, probe),
    );
    if (own === undefined || other === undefined) return notShown(NOT_ASKED);
    const shows = (each: Exchange): boolean =>
      (itemsOf(each) ?? []).some((item) => textOf(item['id']) === evidence.facts.server.id);
    return verdict(
      shows(own) && !shows(other),
      `shown under its own ${name}: ${yes(shows(own))}; under another: ${yes(shows(other))}`,
    );
  };
}

const yes = (is: boolean): string => (is ? 'yes' : 'no');

type Definition = Omit<Row, 'needs'>;
const rows = (definitions: readonly Definition[]): readonly Row[] =>
  definitions.map((each) => ({ needs: 'read', ...each }));

export const SERVER_ROWS: readonly Row[] = rows([
  {
    id: 'servers',
    statement: '`GET /servers/` lists the servers',
    source: 'documented',
    how: '`GET /servers/`',
    decides: ['server_list'],
    judge: about('servers', (each) => judgeCall('server_list', each, itemsOf(each) !== null)),
  },
  {
    id: 'server-fields',
    statement: `A server has ${inCode(SERVER)}`,
    source: 'documented',
    how: 'the list of servers, and the call for one',
    decides: ['server_missing'],
    judge: (evidence) => missingFields(shownServers(evidence), SERVER, 'server_missing'),
  },
  {
    id: 'server-words',
    statement: `\`status\` of a server is one of ${inCode(STATUS_WORDS)}`,
    source: 'documented',
    how: 'the list of servers before anything is changed',
    decides: [],
    judge: (evidence) =>
      judgeWords({
        ...evidence,
        exchanges: evidence.exchanges.filter(({ probe }) => /^servers?$/.test(probe)),
      }),
  },
  {
    id: 'server-filter-status',
    statement: '`status` filters the list of servers',
    source: 'documented',
    how: 'the list with the server’s own word, and with another',
    decides: [],
    judge: filters('status'),
  },
  {
    id: 'server-filter-location',
    statement: '`location` filters the list of servers',
    source: 'documented',
    how: 'the list with the server’s own location, and with another',
    decides: [],
    judge: filters('location'),
  },
  {
    id: 'server',
    statement: '`GET /servers/{id}/` gives one server',
    source: 'clients',
    how: 'the server of this run',
    decides: ['server_detail'],
    judge: about('server', (each) =>
      judgeCall('server_detail', each, typeof fieldsOf(jsonOf(each))?.['status'] === 'string'),
    ),
  },
  {
    id: 'server-ids',
    statement: 'A server has an integer `id` and a `uuid`',
    source: 'clients',
    how: 'the list of servers, and the call for one',
    decides: ['server_ids'],
    judge: judgeIds,
  },
  {
    id: 'server-by-uuid',
    statement: 'The call for one server takes its `uuid` as well',
    source: 'clients',
    how: '`GET /servers/{uuid}/`',
    decides: [],
    judge: answered(['server.other-id'], 200),
  },
  {
    id: 'server-unknown',
    statement: 'A server that does not exist is a 404',
    source: 'clients',
    how: '`GET /servers/{id}/` with an id that no server has',
    decides: [],
    judge: answered(['server.unknown'], 404),
  },
]);
