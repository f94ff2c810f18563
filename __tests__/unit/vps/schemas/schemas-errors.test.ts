import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../any-character.ts';
import {
  parseCreated,
  parseDetail,
  parseJson,
  parsePage,
  parseRestoreAnswer,
  parseServer,
  parseSnapshot,
  parseTokenInfo,
  SchemaError,
} from '../../../../src/vps/schemas.ts';
import { DOCUMENTED, UUID } from '../../snapshots/samples.ts';

const parseSnapshots = (value: unknown): unknown => parsePage(value, 'snapshots', parseSnapshot);

describe('what is no JSON', () => {
  const whole = JSON.stringify({ count: 1, results: [DOCUMENTED] });
  test.each([
    ['nothing', '', 'the body is empty'],
    ['white space', ' \n', 'the body is empty'],
    [
      'a page of a proxy',
      '<!DOCTYPE html><h1>\u001b[31m502</h1>',
      'the body is not JSON, it begins: <!DOCTYPE html><h1> [31m502</h1>',
    ],
    ['a text', 'OK', 'it begins: OK'],
    ['two values', '{}{}', 'it begins: {}{}'],
    ['a megabyte', 'x'.repeat(1e6), `it begins: ${'x'.repeat(59)}…`],
    ['brackets without end', '['.repeat(1e6), 'is not JSON'],
  ])('%s', (_name, body, message) => {
    expect(() => parseJson(body)).toThrow(SchemaError);
    expect(() => parseJson(body)).toThrow(message);
  });

  test('brackets too deep', () => {
    const body = `${'['.repeat(1e5)}${']'.repeat(1e5)}`;
    expect(() => parseSnapshots(parseJson(body))).toThrow(SchemaError);
  });

  test('an answer cut at any place', () => {
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => parseJson(whole.slice(0, length))).toThrow(SchemaError);
    }
  });
});

describe('the reason of an error', () => {
  test.each<[string, string, string | undefined]>([
    ['a detail', '{"detail":"No such server."}', 'No such server.'],
    [
      'fields',
      '{"name":["taken","too long"],"server_id":["required"]}',
      'name: taken; name: too long; server_id: required',
    ],
    ['what belongs to no field', '{"non_field_errors":["Limit reached"]}', 'Limit reached'],
    ['a message', '{"error":"x","message":"y"}', 'x; y'],
    ['an object in an object', '{"error":{"code":7,"text":"z"}}', 'text: z'],
    ['an object in an object in an object', '{"a":{"b":{"c":"z"}}}', 'a: b: c: z'],
    ['nothing that lies deeper', '{"a":{"b":{"c":{"d":"z"}}},"e":"y"}', 'e: y'],
    ['lists in lists', '[[["z"]],[[["y"]]]]', 'z'],
    ['brackets too deep', `${'['.repeat(5000)}"z"${']'.repeat(5000)}`, undefined],
    ['a list', '["a","b"]', 'a; b'],
    ['a text as JSON', '"no"', 'no'],
    ['plain text', 'Bad gateway', 'Bad gateway'],
    [
      'a page',
      '<html><style>p{}</style><script>alert(1)</script><h1>502</h1>\n<p>Bad &amp; gateway</html>',
      '502 Bad &amp; gateway',
    ],
    ['nothing', '', undefined],
    ['nothing to read', '{}', undefined],
    ['numbers', '{"code":5}', undefined],
    ['null', 'null', undefined],
    ['control characters', '{"detail":"a\\u001b[31mb\\n::error::c"}', 'a [31mb ::error::c'],
    ['a megabyte', JSON.stringify({ detail: 'x'.repeat(1e6) }), `${'x'.repeat(299)}…`],
    [
      'of many fields the first ten',
      JSON.stringify(Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`f${n}`, 'x']))),
      Array.from({ length: 10 }, (_, n) => `f${n}: x`).join('; '),
    ],
    ['a script with spaces in it', '<script>alert (1)</script><h1>502</h1>', '502'],
    ['many texts', JSON.stringify(Array.from({ length: 1000 }, () => 'y')), Array(10).fill('y').join('; ')],
  ])('%s', (_name, body, detail) => {
    expect(parseDetail(body)).toBe(detail);
  });
});

describe('whatever the API answers', () => {
  /** Values with the fields that the parsers look at. */
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue(),
      fc.constantFrom('completed', UUID, '../x', 12345, 2 ** 60, '2026-01-15T10:30:00Z', null),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          'id',
          'uuid',
          'server',
          'name',
          'status',
          'results',
          'count',
          'next',
          'created_at',
          'detail',
          'snapshot',
          'token',
          'permissions',
          '__proto__',
        ),
        tie('any'),
        { maxKeys: 6 },
      ),
    ),
  })).any;
  /** What a parser made of it. */
  function attempt(read: () => unknown): 'read' | 'refused' | 'threw something else' {
    try {
      read();
      return 'read';
    } catch (error) {
      return error instanceof SchemaError ? 'refused' : 'threw something else';
    }
  }
  const parsers = {
    parseSnapshots,
    parseCreated,
    parseServer,
    parseSnapshot,
    parseRestoreAnswer,
    parseTokenInfo,
  };

  test.each(Object.entries(parsers))('%s reads it or throws a SchemaError', (_name, parse) => {
    fc.assert(
      fc.property(value, (given) => {
        expect(attempt(() => parse(parseJson(JSON.stringify(given))))).not.toBe('threw something else');
      }),
      { numRuns: 500 },
    );
  });

  test('ids that are read may stand in a path', () => {
    fc.assert(
      fc.property(value, (given) => {
        let ids: (string | null)[] = [];
        try {
          const { id, server } = parseSnapshot(parseJson(JSON.stringify(given)));
          ids = [id, server.id, server.uuid];
        } catch {
          // Refused, as most values are.
        }
        for (const id of ids) expect(id ?? '').toMatch(/^([A-Za-z0-9][A-Za-z0-9_-]{0,63})?$/);
      }),
    );
  });

  test('parseJson and parseDetail take any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: anyCharacter }),
          value.map((v) => JSON.stringify(v)),
        ),
        (body) => {
          expect(parseDetail(body)?.length ?? 0).toBeLessThanOrEqual(300);
          expect(attempt(() => parseJson(body))).not.toBe('threw something else');
        },
      ),
    );
  });
});
