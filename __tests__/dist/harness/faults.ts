/** The outcome of a request that meets a fault, as far as its caller can know. */
type Answer =
  /** The API says no. */
  | 'refused'
  /** Not done, try later. */
  | 'limited'
  /** No whole, usable answer: it may have been carried out. */
  | 'lost'
  /** Sent elsewhere: not done, and another request would not change it. */
  | 'redirected'
  /** The right answer, only later. */
  | 'late';

export interface FaultCase {
  readonly name: string;
  readonly fault: Readonly<Record<string, unknown>>;
  readonly answer: Answer;
  /** Whether the API acts on the request. */
  readonly acts: boolean;
  readonly status?: number;
}

const DETAIL = { detail: 'Said by the test.' };

function status(code: number, answer: Answer): FaultCase {
  return {
    name: `status ${code}`,
    fault: { kind: 'status', status: code, body: DETAIL },
    answer,
    acts: false,
    status: code,
  };
}

function statusAfter(code: number): FaultCase {
  const fault = { kind: 'status_after', status: code, body: DETAIL };
  return { name: `carried out, then ${code}`, fault, answer: 'lost', acts: true, status: code };
}

/** Every fault of the simulator that is over in a moment; an API that is silent has tests of its own. */
export const FAULTS: readonly FaultCase[] = [
  status(400, 'refused'),
  status(401, 'refused'),
  status(403, 'refused'),
  status(404, 'refused'),
  status(408, 'lost'),
  status(409, 'refused'),
  status(423, 'limited'),
  {
    ...status(429, 'limited'),
    fault: { kind: 'status', status: 429, headers: { 'retry-after': '0' }, body: DETAIL },
  },
  status(500, 'lost'),
  status(504, 'lost'),
  statusAfter(502),
  statusAfter(504),
  { name: 'reset before it is carried out', fault: { kind: 'reset_before' }, answer: 'lost', acts: false },
  { name: 'carried out, then reset', fault: { kind: 'reset_after' }, answer: 'lost', acts: true },
  { name: 'cut body', fault: { kind: 'cut_body' }, answer: 'lost', acts: true },
  {
    name: 'cut body without a length',
    fault: { kind: 'cut_body', chunked: true },
    answer: 'lost',
    acts: true,
  },
  { name: 'cut before the first byte', fault: { kind: 'cut_body', keep: 0 }, answer: 'lost', acts: true },
  { name: 'a web page', fault: { kind: 'wrong_json' }, answer: 'lost', acts: true },
  { name: 'JSON of another shape', fault: { kind: 'wrong_json', body: '"ok"' }, answer: 'lost', acts: true },
  { name: '20 MiB', fault: { kind: 'oversized' }, answer: 'lost', acts: true },
  { name: 'redirect', fault: { kind: 'redirect' }, answer: 'redirected', acts: false, status: 302 },
  { name: 'byte by byte', fault: { kind: 'drip', ms_per_byte: 1 }, answer: 'late', acts: true },
  { name: 'an answer that takes its time', fault: { kind: 'delay', ms: 300 }, answer: 'late', acts: true },
  { name: 'carried out late', fault: { kind: 'late', ms: 300 }, answer: 'late', acts: true },
];

/** What keeps a read from its answer: whatever it is, one is no verdict. */
export const STRAY_READS = FAULTS.filter(({ answer }) => answer !== 'late');

/** Lines of requests without fault and status: `GET /snapshots/`; reads that were repeated are one. */
export function withoutStatus(requests: readonly string[]): string[] {
  const lines = requests.map((line) => line.split(' ').slice(0, 2).join(' '));
  return lines.filter((line, at) => !line.startsWith('GET ') || line !== lines[at - 1]);
}
