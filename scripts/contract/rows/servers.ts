import { fieldsOf, itemsOf, jsonOf } from '../evidence.ts';
import { inCode, rowsThatNeed } from '../row.ts';
import { about, answered, missingFields } from '../judges/common.ts';
import {
  SERVER,
  STATUS_WORDS,
  judgeCall,
  shownServers,
  judgeIds,
  judgeWords,
  filters,
} from '../judges/servers.ts';

export const SERVER_ROWS = rowsThatNeed('read', [
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
