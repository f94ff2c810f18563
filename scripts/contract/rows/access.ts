import { isOk } from '../recording.ts';
import { inSeconds, notShown, type Row, verdict } from '../row.ts';
import { about, answered, answerOf, NOT_ASKED } from '../checks/common.ts';
import { checkPermissions } from '../checks/permissions.ts';
import {
  UNAUTHORIZED,
  hasDetail,
  checkErrors,
  checkAnswerTimes,
  checkDates,
  checkLimit,
  checkRetryAfter,
  checkAccount,
} from '../checks/access.ts';

export const ACCESS_ROWS: readonly Row[] = [
  {
    id: 'base',
    statement: 'The base is the address that ends in `/api/v1`, every path ends in `/`, and answers are JSON',
    source: 'documented',
    needs: 'read',
    how: 'the list of snapshots',
    decides: [],
    check: about('snapshots', (each) => {
      const type = each.headers['content-type'] ?? 'none';
      return verdict(isOk(each) && type.startsWith('application/json'), `${each.status}, \`${type}\``);
    }),
  },
  {
    id: 'bearer',
    statement: 'A token is sent as `Authorization: Bearer TOKEN`',
    source: 'documented',
    needs: 'read',
    how: '`GET /account/me/` with the token',
    decides: [],
    check: about('account', (each) => verdict(each.status !== 401, `${each.status}`)),
  },
  {
    id: 'token-prefix',
    statement: 'Tokens begin with `vps_`',
    source: 'clients',
    needs: 'read',
    how: 'the token of this run',
    decides: [],
    check: ({ facts }) =>
      verdict(facts.token.hasPrefix, facts.token.hasPrefix ? 'this one does' : 'this one does not'),
  },
  {
    id: 'account',
    statement: '`GET /account/me/` gives `account` and `token`, with the token’s `name` and `permissions`',
    source: 'documented',
    needs: 'read',
    how: '`GET /account/me/`',
    decides: [],
    check: about('account', checkAccount),
  },
  {
    id: 'account-any-token',
    statement: '`GET /account/me/` works with any active token',
    source: 'documented',
    needs: 'limited-token',
    how: '`GET /account/me/` with a token of few permissions',
    decides: [],
    check: answered(['account.limited'], 200),
  },
  {
    id: 'permissions',
    statement:
      'The calls need the permissions `snapshots:read`, `snapshots:write`, `servers:read` and `servers:power`',
    source: 'unknown',
    needs: 'limited-token',
    how: 'the names in `/account/me/` of two tokens, and which calls each may make',
    decides: [
      'permissions',
      'permission_snapshots_read',
      'permission_snapshots_write',
      'permission_servers_read',
      'permission_servers_power',
    ],
    check: checkPermissions,
  },
  {
    id: 'unauthorized',
    statement: 'A wrong token is refused with 401, by every call',
    source: 'documented',
    needs: 'read',
    how: 'each call with a token of no account; those that change something in a run that may destroy',
    decides: [],
    check: answered(UNAUTHORIZED, 401),
  },
  {
    id: 'no-token',
    statement: 'A request without a token is refused with 401',
    source: 'documented',
    needs: 'read',
    how: 'lists and account without the header',
    decides: [],
    check: answered(['snapshots.nobody', 'account.nobody'], 401),
  },
  {
    id: 'unauthorized-body',
    statement: 'A 401 says why in `detail`',
    source: 'clients',
    needs: 'read',
    how: 'the list of snapshots with a wrong token',
    decides: [],
    check: about('snapshots.wrong', (each) => verdict(hasDetail(each), answerOf(each))),
  },
  {
    id: 'forbidden',
    statement: 'What a token may not do is refused with 403 and `detail`',
    source: 'clients',
    needs: 'limited-token',
    how: 'lists with a token of few permissions',
    decides: [],
    check: ({ exchanges }) => {
      const answers = exchanges.filter(({ probe }) => /^(snapshots|servers)\.limited$/.test(probe));
      const refused = answers.filter((each) => !isOk(each));
      if (answers.length === 0) return notShown(NOT_ASKED);
      if (refused.length === 0) return notShown('the token of few permissions may read everything');
      const isForbidden = refused.every((each) => each.status === 403 && hasDetail(each));
      return verdict(isForbidden, refused.map((each) => answerOf(each)).join('; '));
    },
  },
  {
    id: 'error-bodies',
    statement: 'A 400 or 404 is `{"detail": "…"}` or messages by field',
    source: 'clients',
    needs: 'read',
    how: 'every refusal of the run',
    decides: [],
    check: checkErrors,
  },
  {
    id: 'answer-time',
    statement: 'An answer takes less than 30 s',
    source: 'clients',
    needs: 'read',
    how: 'every request of the run',
    decides: [],
    check: checkAnswerTimes,
  },
  {
    id: 'date-header',
    statement: 'Answers have a `Date` header',
    source: 'unknown',
    needs: 'read',
    how: 'every answer of the run',
    decides: ['date_header'],
    check: checkDates,
  },
  {
    id: 'rate-limit',
    statement: 'Requests are not limited, as far as a few in a minute show',
    source: 'unknown',
    needs: 'read',
    how: `headers such as \`X-RateLimit-Limit\`, and 429s; at most one request in ${inSeconds(2000)} is sent`,
    decides: ['rate_limit', 'rate_limit_seconds', 'rate_limit_headers'],
    check: checkLimit,
  },
  {
    id: 'retry-after',
    statement: 'A 429 says in `Retry-After` how many seconds to wait',
    source: 'unknown',
    needs: 'chance',
    how: 'any 429 of the run',
    decides: ['retry_after'],
    check: checkRetryAfter,
  },
];
