import { type Recording, fieldsOf, isOk, jsonOf } from '../recording.ts';
import { type Exchange, readLimit, type ShownLimit } from '../exchange.ts';
import { decide, differs, holds, inCode, type CheckResult, notShown, verdict } from '../row.ts';
import { answerOf, shapeOf } from './common.ts';

const LONGEST_ANSWER_MS = 30_000;
export const UNAUTHORIZED = ['snapshots', 'account', 'create', 'restore', 'delete'].map(
  (call) => `${call}.wrong`,
);

export const hasDetail = (each: Exchange): boolean => typeof fieldsOf(jsonOf(each))?.['detail'] === 'string';

/** `{"detail": "…"}`, or messages by field. */
function isErrorShape(each: Exchange): boolean {
  const fields = fieldsOf(jsonOf(each));
  if (fields === null) return false;
  return Object.entries(fields).every(([name, value]) =>
    name === 'detail' ? typeof value === 'string' : Array.isArray(value),
  );
}

export function checkErrors({ exchanges }: Recording): CheckResult {
  const errors = exchanges.filter(({ status }) => status === 400 || status === 404 || status === 409);
  const other = errors.filter((each) => !isErrorShape(each));
  if (errors.length === 0) return notShown('nothing was refused');
  const shapes = other.map((each) => `${each.status} to ${each.probe}: ${shapeOf(each)}`);
  return verdict(
    other.length === 0,
    other.length === 0 ? `${errors.length} errors` : [...new Set(shapes)].join('; '),
  );
}

export function checkAnswerTimes({ exchanges }: Recording): CheckResult {
  const longest = Math.max(...exchanges.map(({ took }) => took));
  const lost = exchanges.filter(({ status }) => status === null).length;
  const seen = `the longest of ${exchanges.length} took ${(longest / 1000).toFixed(1)} s, ${lost} had no answer`;
  return verdict(longest < LONGEST_ANSWER_MS, seen);
}

export function checkDates({ exchanges }: Recording): CheckResult {
  const answers = exchanges.filter(({ status }) => status !== null);
  const dated = answers.filter(({ headers }) => !Number.isNaN(Date.parse(headers['date'] ?? '')));
  return decide(
    { date_header: dated.length > answers.length / 2 },
    `${dated.length} of ${answers.length} answers`,
  );
}

/** The limit as headers show it; the largest time of reset is the nearest that can be seen to its span. */
function shownLimits({ exchanges }: Recording): readonly ShownLimit[] {
  return exchanges.flatMap(({ headers }) => readLimit(headers, 0) ?? []);
}

export function checkLimit(recording: Recording): CheckResult {
  const refused = recording.exchanges.filter(({ status }) => status === 429).length;
  const limits = shownLimits(recording);
  const [first] = limits;
  const requests = `${recording.exchanges.length} requests, ${refused} of them answered with 429`;
  if (first === undefined)
    return refused === 0
      ? holds(`no header of a limit; ${requests}`, { rate_limit: 0, rate_limit_headers: 'none' })
      : differs(`no header of a limit; ${requests}`, { rate_limit_headers: 'none' });
  const limit = Math.max(...limits.map((each) => each.limit ?? 0));
  const span = Math.max(...limits.map(({ resetSeconds }) => resetSeconds ?? 0));
  const seconds = ROUND_SPANS.find((each) => each >= span - 2) ?? span;
  return differs(`${limit} requests in ${seconds} s; ${requests}`, {
    rate_limit: limit,
    rate_limit_seconds: seconds,
    rate_limit_headers: first.form,
  });
}

/** Spans that limits are counted over, in seconds. */
const ROUND_SPANS = [1, 10, 60, 300, 600, 900, 1800, 3600, 86_400];

export function checkRetryAfter({ exchanges }: Recording): CheckResult {
  const refused = exchanges.filter(({ status }) => status === 429);
  if (refused.length === 0) return notShown('no request was answered with 429, and none is meant to be');
  const values = refused.map(({ headers }) => headers['retry-after']?.trim() ?? '');
  const form = values.every((value) => value === '')
    ? 'none'
    : values.every((value) => value === '0')
      ? 'zero'
      : values.some((value) => /^\d+$/.test(value))
        ? 'seconds'
        : 'date';
  return decide({ retry_after: form }, `${refused.length} times, in the form: ${form}`);
}

export function checkAccount(each: Exchange): CheckResult {
  const body = fieldsOf(jsonOf(each));
  const token = fieldsOf(body?.['token']);
  const isAsDocumented =
    isOk(each) &&
    fieldsOf(body?.['account']) !== null &&
    typeof token?.['name'] === 'string' &&
    Array.isArray(token['permissions']);
  return verdict(isAsDocumented, `${answerOf(each)}; token: ${inCode(Object.keys(token ?? {}))}`);
}
