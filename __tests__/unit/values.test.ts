import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatDuration,
  formatElapsed,
  parseApiUrl,
  parseBoolean,
  parseChoice,
  parseCount,
  parseDuration,
  parseHealthUrls,
  parseIds,
  parseToken,
} from '../../src/github/values.ts';

describe('durations', () => {
  test.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1.5h', 5_400_000],
    ['0.25s', 250],
    ['36d', 36 * 86_400_000],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    ['30', '"30" has no unit: 30s is seconds, 30m minutes, 30h hours, 30d days'],
    ['0', '0s is seconds'],
    ['s', '"s" is not a duration'],
    ['30 m', '"30 m" is not a duration'],
    ['30M', '"30M" is not a duration'],
    ['-5s', '"-5s" is not a duration'],
    ['+5s', '"+5s" is not a duration'],
    ['1e3s', '"1e3s" is not a duration'],
    ['.5s', '".5s" is not a duration'],
    ['5.s', '"5.s" is not a duration'],
    ['1m30s', '"1m30s" is not a duration'],
    ['5min', '"5min" is not a duration'],
    ['5w', '"5w" is not a duration'],
    ['Infinitys', 'is not a duration'],
    ['0x5s', 'is not a duration'],
    ['５s', 'is not a duration'],
    ['0s', '"0s" is too short: at least 1ms'],
    ['0.1ms', 'is too short'],
    ['37d', '"37d" is too long: at most 36d'],
    ['999999999d', 'is too long'],
    ['9'.repeat(300), /^"9{79}…" is not a duration/],
  ])('%s is refused', (text, message) => {
    expect(() => parseDuration(text)).toThrow(message);
  });

  test('a bound of their own', () => {
    expect(() => parseDuration('99ms', { min: 100 })).toThrow('"99ms" is too short: at least 100ms');
    expect(parseDuration('100ms', { min: 100 })).toBe(100);
    expect(() => parseDuration('61s', { max: 60_000 })).toThrow('"61s" is too long: at most 1m');
    expect(parseDuration('60s', { max: 60_000 })).toBe(60_000);
  });

  test.each([
    [1, '1ms'],
    [999, '999ms'],
    [1000, '1s'],
    [90_000, '90s'],
    [60_000, '1m'],
    [1_800_000, '30m'],
    [3_600_000, '1h'],
    [5_400_000, '90m'],
    [86_400_000, '1d'],
    [601_000, '10m 01s'],
    [1500, '1s'],
  ])('%d ms reads %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('what is written comes back', () => {
    const unit = fc.constantFrom('s', 'm', 'h', 'd');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 36 }), unit, (count, word) => {
        const ms = parseDuration(`${count}${word}`);
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  test.each([
    [0, '0s'],
    [999, '0s'],
    [59_999, '59s'],
    [60_000, '1m 00s'],
    [245_000, '4m 05s'],
    [3_599_000, '59m 59s'],
    [3_600_000, '1h 00m'],
    [5_040_000, '1h 24m'],
    [172_740_000, '47h 59m'],
    [172_800_000, '2d 0h'],
    [266_400_000, '3d 2h'],
  ])('%d ms of elapsed time read %s', (ms, text) => {
    expect(formatElapsed(ms)).toBe(text);
  });
});

describe('booleans are those of YAML 1.2', () => {
  test.each([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['False', false],
    ['FALSE', false],
  ])('%s', (text, value) => {
    expect(parseBoolean(text)).toBe(value);
  });

  test.each([
    'yes',
    'no',
    'on',
    'off',
    '1',
    '0',
    'tRUE',
    'true ',
    'truee',
    'null',
    'constructor',
    'true\nfalse',
  ])('%j is refused', (text) => {
    expect(() => parseBoolean(text)).toThrow(`${JSON.stringify(text)} is not a boolean: write true or false`);
  });
});

describe('choices', () => {
  const CHOICES = ['keep', 'restore', 'delete'] as const;

  test.each(CHOICES)('%s', (text) => {
    expect(parseChoice(text, CHOICES)).toBe(text);
  });

  test.each(['Keep', 'keep ', 'rollback', 'constructor', 'toString'])(
    '%j is refused with the choices',
    (text) => {
      expect(() => parseChoice(text, CHOICES)).toThrow(
        `${JSON.stringify(text)} is not one of keep, restore, delete`,
      );
    },
  );
});

describe('whole numbers', () => {
  test.each([
    ['0', 0],
    ['1', 1],
    ['007', 7],
    ['1000', 1000],
  ])('%s', (text, count) => {
    expect(parseCount(text, 0, 1000)).toBe(count);
  });

  test.each(['-1', '1.5', '1001', '1e2', '0x1', 'five', '+1', ' 1', '9'.repeat(30)])(
    '%j is refused',
    (text) => {
      expect(() => parseCount(text, 0, 1000)).toThrow(`"${text}" is not a whole number from 0 to 1000`);
    },
  );

  test('below their range', () => {
    expect(() => parseCount('0', 1, 5)).toThrow('"0" is not a whole number from 1 to 5');
  });
});

const UUID = '3f2b8c1e-0000-4000-8000-00000000abcd';

describe('ids', () => {
  test.each<[string, string, readonly string[]]>([
    ['one', '12345', ['12345']],
    ['a UUID', UUID, [UUID]],
    ['commas', '1,2,3', ['1', '2', '3']],
    ['spaces', '1 2  3', ['1', '2', '3']],
    ['lines', '1\n2\r\n3\n', ['1', '2', '3']],
    ['all of them, with empty elements', ',1, 2,\n\n,3,,', ['1', '2', '3']],
    ['repeats are dropped, the order is kept', '3,1,3,2,1', ['3', '1', '2']],
    ['an output with a missing value', '801,,803', ['801', '803']],
    ['64 characters', 'a'.repeat(64), ['a'.repeat(64)]],
    ['nothing', ' ,\n', []],
    ['digits beyond a double', '9007199254740993', ['9007199254740993']],
  ])('%s', (_name, text, ids) => {
    expect(parseIds(text)).toEqual(ids);
  });

  test.each([
    '../../x',
    '..',
    '.',
    'a/b',
    'a%2fb',
    '%2e%2e',
    'a?b',
    'a#b',
    'a:b',
    'a;b',
    '1.5',
    'ü',
    '１',
    'a\u0000b',
    'a\u200bb',
    '[1]',
    '"1"',
    'a'.repeat(65),
  ])('%j cannot be one', (id) => {
    expect(() => parseIds(`1,${id},2`)).toThrow(
      /cannot be an id: only letters, digits, '-' and '_', at most 64/,
    );
  });

  test('every wrong one is named', () => {
    expect(() => parseIds('1,a/b,2,c.d')).toThrow(/^"a\/b", "c\.d" cannot be an id/);
  });

  test('whatever the text, an id that passes stays where it is put in a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let ids: string[] = [];
        try {
          ids = parseIds(text);
        } catch {
          // Refused, as most texts are.
        }
        for (const id of ids) {
          expect(new URL(`https://a.example/api/v1/snapshots/${id}/`).pathname).toBe(
            `/api/v1/snapshots/${id}/`,
          );
        }
      }),
    );
  });
});

describe('the API’s address', () => {
  test.each([
    ['https://admin.vps.org/api/v1', 'https://admin.vps.org/api/v1'],
    ['https://admin.vps.org/api/v1/', 'https://admin.vps.org/api/v1'],
    ['https://admin.vps.org/api/v1///', 'https://admin.vps.org/api/v1'],
    ['https://admin.vps.org', 'https://admin.vps.org'],
    ['HTTPS://Admin.VPS.org/API', 'https://admin.vps.org/API'],
    ['https://10.0.0.1:8443/v1', 'https://10.0.0.1:8443/v1'],
    ['http://127.0.0.1:8080/api/v1', 'http://127.0.0.1:8080/api/v1'],
    ['http://127.9.9.9/api/v1', 'http://127.9.9.9/api/v1'],
    ['http://localhost:3000/v1', 'http://localhost:3000/v1'],
    ['http://[::1]:3000/v1', 'http://[::1]:3000/v1'],
  ])('%s', (text, url) => {
    expect(parseApiUrl(text)).toBe(url);
  });

  test.each([
    [
      'http://admin.vps.org/api/v1',
      /"http:\/\/admin\.vps\.org" is not https: the token would be sent in the open/,
    ],
    ['http://127.0.0.1.evil.example/v1', /not https/],
    ['http://localhost.evil.example/v1', /not https/],
    ['http://10.0.0.1/v1', /not https/],
    ['http://0.0.0.0/v1', /not https/],
    ['http://[::2]/v1', /not https/],
    ['http://[::ffff:7f00:1]/v1', /not https/],
    ['ftp://127.0.0.1/v1', /"ftp:\/\/127\.0\.0\.1" is not https/],
    ['file:///etc/passwd', /not https/],
    ['javascript:alert(1)', /not https/],
    ['ws://127.0.0.1/', /not https/],
    ['https://user@admin.vps.org/v1', /user name or password/],
    ['https://:secret@admin.vps.org/v1', /user name or password/],
    ['https://user:secret@admin.vps.org/v1', /^it contains a user name or password$/],
    ['http://:secret@127.0.0.1/v1', /user name or password/],
    ['https://admin.vps.org/v1?x=1', /query or a fragment/],
    ['https://admin.vps.org/v1?', /query or a fragment/],
    ['https://admin.vps.org/v1#x', /query or a fragment/],
    ['https://admin.vps.org/v1#', /query or a fragment/],
    ['admin.vps.org/api/v1', /"admin\.vps\.org\/api\/v1" is not a URL/],
    ['//admin.vps.org/api/v1', /is not a URL/],
    ['https://', /is not a URL/],
    ['https:// admin.vps.org', /is not a URL/],
  ])('%s is refused', (text, message) => {
    expect(() => parseApiUrl(text)).toThrow(message);
  });

  test('a password never stands in the error', () => {
    const texts = ['https://u:secret@a.example', 'ftp://u:secret@a.example/', 'http://u:secret@a.example/'];
    for (const text of texts) expect(() => parseApiUrl(text)).toThrow(/^(?!.*secret)/);
  });

  test('whatever the text, an address that passes sends no token in the open', () => {
    const host = fc.constantFrom(
      '127.0.0.1',
      'localhost',
      '[::1]',
      'a.example',
      '127.0.0.1.a.example',
      '2130706433',
    );
    const scheme = fc.constantFrom('http', 'https', 'ftp', 'HTTP');
    fc.assert(
      fc.property(scheme, host, fc.webPath(), (protocol, name, path) => {
        let url: URL;
        try {
          url = new URL(parseApiUrl(`${protocol}://${name}${path}`));
        } catch {
          return;
        }
        expect(
          url.protocol === 'https:' || /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname),
        ).toBe(true);
        expect([url.username, url.password, url.search, url.hash]).toEqual(['', '', '', '']);
      }),
    );
  });
});

describe('health addresses', () => {
  test.each<[string, string, readonly string[]]>([
    ['one', 'https://shop.example/health', ['https://shop.example/health']],
    [
      'one on a line',
      ' https://a.example/ \r\n\n http://b.example/x?y=1 ',
      ['https://a.example/', 'http://b.example/x?y=1'],
    ],
    ['a comma belongs to an address', 'https://a.example/?q=1,2', ['https://a.example/?q=1,2']],
    ['none', ' \n ', []],
  ])('%s', (_name, text, urls) => {
    expect(parseHealthUrls(text)).toEqual(urls);
  });

  test.each([
    ['shop.example/health', /"shop\.example\/health" is not an http\(s\) URL/],
    ['ftp://a.example/', /"ftp:\/\/a\.example\/" is not an http\(s\) URL/],
    ['javascript:alert(1)', /is not an http\(s\) URL/],
    ['https://u:secret@a.example/', /^it contains a user name or password$/],
    ['https://u@a.example/', /user name or password/],
    ['https://:secret@a.example/', /user name or password/],
    ['https://a.example/\nb.example', /"b\.example" is not/],
    ['a.example/?token=secret', /^"a\.example\/" is not/],
  ])('%j is refused', (text, message) => {
    expect(() => parseHealthUrls(text)).toThrow(message);
  });
});

describe('the API token', () => {
  test.each(['vps_demo_token', 'x', 'a+b/c==', '!"#$%&'])('%s', (token) => {
    expect(parseToken(token)).toBe(token);
  });

  test.each(['a b', 'a\nb', 'a\tb', 'töken', 'a\u200bb', 'a\u0000', '🧀', 'a\u00a0b'])(
    '%j is refused',
    (token) => {
      expect(() => parseToken(token)).toThrow(/a space, a line break or another character that no token has/);
    },
  );

  test('an empty one names the usual causes', () => {
    expect(() => parseToken('')).toThrow(/secret is not set.*misspelt.*pull request from a fork.*Dependabot/);
  });

  test('a token that is refused is not in the error', () => {
    expect(() => parseToken('very secret')).toThrow(/^(?!.*secret$)(?!.*very secret)/);
  });
});
