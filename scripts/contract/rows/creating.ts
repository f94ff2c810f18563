import { fieldsOf, isOk, jsonOf, textOf } from '../recording.ts';
import { inCode, notShown, rowsThatNeed, verdict } from '../row.ts';
import { answered, NOT_ASKED } from '../checks/common.ts';
import {
  MESSAGE,
  FIELDS,
  created,
  aboutCreated,
  sentField,
  checkLimit,
  checkNameCharacters,
  checkKept,
  checkDescriptionLimit,
  checkCharacters,
  checkParallel,
  checkNames,
  checkAccountNames,
} from '../checks/creating.ts';

export const CREATING_ROWS = rowsThatNeed('destroy', [
  {
    id: 'create',
    statement: '`POST /snapshots/` is answered with 201',
    source: 'documented',
    how: 'the first create request',
    decides: [],
    check: aboutCreated((_body, answer) => verdict(answer.status === 201, `${answer.status}`)),
  },
  {
    id: 'create-fields',
    statement: `The answer has ${inCode(FIELDS)}`,
    source: 'documented',
    how: 'the first create request',
    decides: [],
    check: aboutCreated((body) => {
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
    check: aboutCreated((body) => {
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
    check: aboutCreated((body) => {
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
    check: (recording) => {
      const answer = created(recording);
      if (answer === undefined) return notShown(NOT_ASKED);
      const body = fieldsOf(jsonOf(answer));
      const { server } = recording.facts;
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
    check: answered(['create.without-server'], 400),
  },
  {
    id: 'create-name-required',
    statement: 'Without `name` it is refused with 400',
    source: 'documented',
    how: 'a create request without it',
    decides: [],
    check: answered(['create.without-name'], 400),
  },
  {
    id: 'create-unknown-server',
    statement: 'For a server that does not exist it is refused with 404',
    source: 'documented',
    how: 'a create request for an id that no server has',
    decides: [],
    check: answered(['create.unknown-server'], 404),
  },
  {
    id: 'name-characters',
    statement: 'A name has letters, digits, hyphens and underscores; another is refused with 400',
    source: 'documented',
    how: 'the names of this run, and one with spaces',
    decides: [],
    check: checkNameCharacters,
  },
  {
    id: 'name-length',
    statement: 'A name has at most 255 characters',
    source: 'unknown',
    how: 'a name of 300',
    decides: ['name_limit'],
    check: (recording) =>
      checkLimit(recording, {
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
    check: ({ exchanges }) => {
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
    check: checkDescriptionLimit,
  },
  {
    id: 'description-kept',
    statement: 'A description of 255 characters is kept whole',
    source: 'unknown',
    how: 'the list, against what was sent',
    decides: ['description_kept'],
    check: checkKept,
  },
  {
    id: 'description-characters',
    statement: 'A description keeps letters of any script, emoji, quotes, line breaks and HTML',
    source: 'unknown',
    how: 'the list, against what was sent',
    decides: ['description_characters'],
    check: checkCharacters,
  },
  {
    id: 'parallel',
    statement: 'Two snapshots of one server may be in progress',
    source: 'unknown',
    how: 'a second create request right after the first',
    decides: ['parallel_snapshots', 'refusal_status'],
    check: checkParallel,
  },
  {
    id: 'names-of-server',
    statement: 'Two snapshots of one server may have the same name',
    source: 'unknown',
    how: 'a create request with the name of a completed one',
    decides: ['unique_names', 'unique_names_status'],
    check: checkNames,
  },
  {
    id: 'names-of-account',
    statement: 'Snapshots of two servers may have the same name',
    source: 'unknown',
    needs: 'second-server',
    how: 'the same name on the second server',
    decides: ['unique_names', 'unique_names_status'],
    check: checkAccountNames,
  },
]);
