import { fieldsOf, itemsOf, jsonOf } from '../recording.ts';
import { inCode, rowsThatNeed } from '../row.ts';
import { about, answered, missingFields } from '../checks/common.ts';
import {
  SERVER,
  STATUS_WORDS,
  checkCall,
  shownServers,
  checkIds,
  checkWords,
  filters,
} from '../checks/servers.ts';

export const SERVER_ROWS = rowsThatNeed('read', [
  {
    id: 'servers',
    statement: '`GET /servers/` lists the servers',
    source: 'documented',
    how: '`GET /servers/`',
    decides: ['server_list'],
    check: about('servers', (each) => checkCall('server_list', each, itemsOf(each) !== null)),
  },
  {
    id: 'server-fields',
    statement: `A server has ${inCode(SERVER)}`,
    source: 'documented',
    how: 'the list of servers, and the call for one',
    decides: ['server_missing'],
    check: (recording) => missingFields(shownServers(recording), SERVER, 'server_missing'),
  },
  {
    id: 'server-words',
    statement: `\`status\` of a server is one of ${inCode(STATUS_WORDS)}`,
    source: 'documented',
    how: 'the list of servers before anything is changed',
    decides: [],
    check: (recording) =>
      checkWords({
        ...recording,
        exchanges: recording.exchanges.filter(({ probe }) => /^servers?$/.test(probe)),
      }),
  },
  {
    id: 'server-filter-status',
    statement: '`status` filters the list of servers',
    source: 'documented',
    how: 'the list with the server’s own word, and with another',
    decides: [],
    check: filters('status'),
  },
  {
    id: 'server-filter-location',
    statement: '`location` filters the list of servers',
    source: 'documented',
    how: 'the list with the server’s own location, and with another',
    decides: [],
    check: filters('location'),
  },
  {
    id: 'server',
    statement: '`GET /servers/{id}/` gives one server',
    source: 'clients',
    how: 'the server of this run',
    decides: ['server_detail'],
    check: about('server', (each) =>
      checkCall('server_detail', each, typeof fieldsOf(jsonOf(each))?.['status'] === 'string'),
    ),
  },
  {
    id: 'server-ids',
    statement: 'A server has an integer `id` and a `uuid`',
    source: 'clients',
    how: 'the list of servers, and the call for one',
    decides: ['server_ids'],
    check: checkIds,
  },
  {
    id: 'server-by-uuid',
    statement: 'The call for one server takes its `uuid` as well',
    source: 'clients',
    how: '`GET /servers/{uuid}/`',
    decides: [],
    check: answered(['server.other-id'], 200),
  },
  {
    id: 'server-unknown',
    statement: 'A server that does not exist is a 404',
    source: 'clients',
    how: '`GET /servers/{id}/` with an id that no server has',
    decides: [],
    check: answered(['server.unknown'], 404),
  },
]);
