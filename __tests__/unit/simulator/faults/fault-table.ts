import { SERVER } from '../api/test-api.ts';

/** The request that every row of the table is about: it creates one snapshot. */
export const CREATE = JSON.stringify({ server_id: SERVER, name: 'a' });

export interface FaultRow {
  readonly name: string;
  /** One fault or several, as JSON would have them. */
  readonly faults: unknown;
  readonly status?: number;
  readonly body?: RegExp;
  /** The Content-Type; JSON when left out. */
  readonly type?: string;
  readonly failure?: 'reset' | 'cut' | 'timeout' | 'too_large';
  /** Whether the API acted on the request, which then has made a snapshot; `later`: after its answer. */
  readonly processed: boolean | 'later';
}

const WHOLE = /^\{"id":801,.*\}$/;
const DETAIL = '{"detail":"Bad gateway"}';

/** The effect of each fault on that request: the same over sockets and in one process. */
export const FAULT_TABLE: readonly FaultRow[] = [
  { name: 'none', faults: [], status: 201, body: WHOLE, processed: true },
  {
    name: 'status',
    faults: { kind: 'status', status: 503, body: DETAIL },
    status: 503,
    body: /^\{"detail":"Bad gateway"\}$/,
    processed: false,
  },
  {
    name: 'status_after',
    faults: { kind: 'status_after', status: 504, body: { detail: 'Bad gateway' } },
    status: 504,
    body: /^\{"detail":"Bad gateway"\}$/,
    processed: true,
  },
  {
    name: 'a page of a firewall',
    faults: { kind: 'status', status: 403, body: '<html>Just a moment</html>' },
    status: 403,
    type: 'text/html; charset=utf-8',
    body: /Just a moment/,
    processed: false,
  },
  {
    name: 'status_early',
    faults: { kind: 'status_early', status: 502, body: DETAIL, ms: 80 },
    status: 502,
    body: /Bad gateway/,
    processed: 'later',
  },
  {
    name: 'reset_early',
    faults: { kind: 'reset_early', ms: 80 },
    failure: 'reset',
    processed: 'later',
  },
  { name: 'reset_before', faults: { kind: 'reset_before' }, failure: 'reset', processed: false },
  { name: 'reset_after', faults: { kind: 'reset_after' }, failure: 'reset', processed: true },
  { name: 'cut_body', faults: { kind: 'cut_body' }, failure: 'cut', processed: true },
  {
    name: 'cut before its first byte',
    faults: { kind: 'cut_body', keep: 0 },
    failure: 'cut',
    processed: true,
  },
  {
    name: 'cut before its last byte',
    faults: { kind: 'cut_body', keep: 9999 },
    failure: 'cut',
    processed: true,
  },
  { name: 'cut in chunks', faults: { kind: 'cut_body', chunked: true }, failure: 'cut', processed: true },
  { name: 'silence', faults: { kind: 'silence' }, failure: 'timeout', processed: true },
  { name: 'silence_before', faults: { kind: 'silence_before' }, failure: 'timeout', processed: false },
  { name: 'drip for ever', faults: { kind: 'drip', ms_per_byte: 1e6 }, failure: 'timeout', processed: true },
  { name: 'drip', faults: { kind: 'drip', ms_per_byte: 0.01 }, status: 201, body: WHOLE, processed: true },
  {
    name: 'wrong_json',
    faults: { kind: 'wrong_json' },
    status: 201,
    type: 'text/html; charset=utf-8',
    body: /<h1>Welcome/,
    processed: true,
  },
  {
    name: 'wrong_json of another shape and status',
    faults: { kind: 'wrong_json', body: [], status: 200 },
    status: 200,
    body: /^\[\]$/,
    processed: true,
  },
  {
    name: 'oversized',
    faults: { kind: 'oversized', bytes: 11 * 1024 * 1024 },
    failure: 'too_large',
    processed: true,
  },
  {
    name: 'large, but not too large',
    faults: { kind: 'oversized', bytes: 70_000 },
    status: 201,
    body: /^\{"id":801,.*\} {60000,}$/,
    processed: true,
  },
  {
    name: 'redirect',
    faults: { kind: 'redirect', location: 'https://a.example/' },
    status: 302,
    body: /^$/,
    processed: false,
  },
  { name: 'delay', faults: { kind: 'delay', ms: 20 }, status: 201, body: WHOLE, processed: true },
  { name: 'late', faults: { kind: 'late', ms: 20 }, status: 201, body: WHOLE, processed: true },
  {
    name: 'delay and reset',
    faults: [{ kind: 'delay', ms: 20 }, { kind: 'reset_after' }],
    failure: 'reset',
    processed: true,
  },
];
