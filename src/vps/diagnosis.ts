import { type VpsErrorFields } from './errors.ts';
import { capitalize } from './text.ts';
import { CERTIFICATE_PROBLEMS } from './transport.ts';

/** What is wrong and what helps, for people; the first letters are small. `advice` is empty where nobody can say. */
export interface Diagnosis {
  readonly problem: string;
  readonly advice: string;
}

/** All of it as the message of an error. */
export function describeDiagnosis(fields: VpsErrorFields, { problem, advice }: Diagnosis): string {
  const request = describeRequest(fields);
  if (fields.kind === 'http' || fields.kind === 'malformed')
    return problem === '' ? request : `${request}. ${capitalize(problem)}: ${advice}`;
  return `${request}: ${problem}${advice === '' ? '' : `; ${advice}`}`;
}

/** The request, and what it was answered with where it was. */
export function describeRequest({ kind, method, path, status, detail }: VpsErrorFields): string {
  const reason = detail ? `: ${withoutDot(detail)}` : '';
  const request = `${method} ${path}`;
  const answer = status ?? 'no status';
  if (kind === 'http') return `${request} was answered with ${answer}${reason}`;
  if (kind === 'malformed')
    return `${request}: the answer (${answer}) is not what the VPS.org API documents${reason}`;
  return request;
}

/** The API's own reason as a part of a sentence; empty where it gave none. */
export function quoteDetail({ detail }: Pick<VpsErrorFields, 'detail'>): string {
  return detail ? ` (${withoutDot(detail)})` : '';
}

function withoutDot(text: string): string {
  return text.replace(/\.$/, '');
}

const PRIVATE_AUTHORITY = 'for a private authority set NODE_EXTRA_CA_CERTS';
const CERTIFICATE_ADVICE: ReadonlyMap<string | undefined, string> = new Map([
  [CERTIFICATE_PROBLEMS.expired, 'whoever runs the server has to renew it'],
  [CERTIFICATE_PROBLEMS.notYetValid, "check the runner's clock"],
  [CERTIFICATE_PROBLEMS.otherHost, "check 'api_url'"],
  [CERTIFICATE_PROBLEMS.revoked, 'whoever runs the server has to renew it'],
]);

export function diagnose(fields: VpsErrorFields): Diagnosis {
  const { kind } = fields;
  const reason = fields.reason === undefined ? '' : ` (${fields.reason})`;
  switch (kind) {
    case 'http':
      return diagnoseStatus(fields);
    case 'malformed':
      return fields.isHtml === true ? WEB_PAGE : NOTHING;
    case 'refused':
      return { problem: 'the connection was refused', advice: "check 'api_url' and whether the API is up" };
    case 'unresolved':
      return {
        problem: 'the host name could not be resolved',
        advice: "check 'api_url' and the runner's network",
      };
    case 'connect_timeout':
      return {
        problem: 'no connection in time, so nothing was sent',
        advice: "check 'api_url', the runner's network and its proxy",
      };
    case 'handshake':
      return {
        problem: `the TLS connection could not be set up${reason}, so nothing was sent`,
        advice: "check 'api_url' and what stands between the runner and it",
      };
    case 'certificate':
      return {
        problem: `the server's certificate was not accepted${reason}, so nothing was sent`,
        advice: CERTIFICATE_ADVICE.get(fields.reason) ?? PRIVATE_AUTHORITY,
      };
    case 'proxy':
      return {
        problem: `the proxy did not connect to the API${reason}, so nothing was sent`,
        advice: 'check HTTPS_PROXY and NO_PROXY of the runner',
      };
    case 'proxy_auth':
      return {
        problem: 'the proxy asks for a login (407), so nothing was sent',
        advice: 'give it in HTTPS_PROXY as http://user:password@host:port, or exclude the API with NO_PROXY',
      };
    case 'reset':
      return { problem: 'the connection was lost before the answer was complete', advice: '' };
    case 'cut':
      return { problem: 'the answer was cut short', advice: '' };
    case 'timeout':
      return { problem: 'no complete answer in time', advice: '' };
    case 'too_large':
      return { problem: 'the answer is larger than 10 MiB and was not read', advice: '' };
    case 'deadline':
      return {
        problem: `not sent, the time for this operation is up${quoteDetail(fields)}`,
        advice: '',
      };
    case 'unsafe_id':
      return { problem: 'not sent, the id cannot be used safely', advice: '' };
    case 'cancelled':
      return { problem: 'not sent or not waited for, because the job was cancelled', advice: '' };
  }
}

/** What a call is for, in the words of a permission. */
function purposeOf({ method, path }: VpsErrorFields): string {
  const [, resource, , call] = path.split('/');
  if (resource === 'servers') return call === 'power' ? 'to start and stop servers' : 'to read servers';
  if (method === 'GET') return 'to read snapshots';
  if (method === 'DELETE') return 'to delete snapshots';
  return call === 'restore' ? 'to restore snapshots' : 'to make snapshots';
}

const NOTHING: Diagnosis = { problem: '', advice: '' };
const WEB_PAGE: Diagnosis = {
  problem:
    'the answer is a web page, which most likely does not come from the API but from a proxy or a firewall before it',
  advice:
    "check 'api_url', which normally ends in /api/v1; if it is right, let whoever runs the proxy or firewall allow this runner",
};

function diagnoseStatus(fields: VpsErrorFields): Diagnosis {
  const { status = 0 } = fields;
  if (fields.isHtml === true && status < 500) return WEB_PAGE;
  switch (status) {
    case 401:
      return {
        problem: 'the API token is wrong, revoked or expired',
        advice:
          "create a new one at VPS.org (Account → Developers) and store it as the secret that 'api_token' names",
      };
    case 403:
      return {
        problem: `the API token lacks a permission for this call, likely ${purposeOf(fields)}`,
        advice: 'give it at VPS.org (Account → Developers), or use another token',
      };
    case 404:
      return /^\/snapshots\/(\?|$)/.test(fields.path) && fields.method === 'GET'
        ? { problem: 'there is no such address', advice: "check 'api_url', which normally ends in /api/v1" }
        : NOTHING;
    case 429:
      return {
        problem: 'the API limits the number of requests',
        advice: 'try again later, or use a longer poll_interval',
      };
    default:
      if (status >= 500)
        return { problem: 'the API or a proxy in front of it has a problem', advice: 'try again later' };
      if (status >= 300 && status < 400)
        return {
          problem: 'the API answered with a redirect, which is not followed',
          advice: "check 'api_url'",
        };
      return NOTHING;
  }
}
