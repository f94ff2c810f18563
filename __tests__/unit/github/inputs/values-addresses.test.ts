import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../any-character.ts';
import {
  parseApiUrl,
  parseHealthUrls,
  parseIds,
  parseSnapshotWords,
} from '../../../../src/github/inputs/values.ts';
import { UUID } from '../../snapshots/samples.ts';

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
    ['as people write them in texts', '#801, #802', ['801', '802']],
    ['in quotes', '"801", \'802\'', ['801', '802']],
    ['in quotes round all of them', '"801, 802"', ['801', '802']],
    ['both', '"#801"', ['801']],
    ['leading zeros of a number', '012345 000 0x1 00a', ['12345', '0', '0x1', '00a']],
    ['what comes out alike is one', '801 #801 0801 "801"', ['801']],
    ['a minus inside', 'web-1, a-', ['web-1', 'a-']],
    ['a word that is a name', 'web-server-01', ['web-server-01']],
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
    '##1',
    '"',
    '#',
    '_a',
    '"a"b"',
    'a'.repeat(65),
  ])('%j cannot be one', (id) => {
    expect(() => parseIds(`1,${id},2`)).toThrow(
      /cannot be an id: letters, digits, '-' and '_', at most 64 of them, a letter or digit first/,
    );
  });

  test.each([
    ['- 12345', /: 12345$/],
    ['- 12345\n- 12346\n', /: 12345, 12346$/],
    ['-12345', /: 12345$/],
    ['-\n- "801"\n- #802', /: 801, 802$/],
    ['- 1\n- 2\n- 3\n- 4', /: 1, 2, 3$/],
    ['-', /: 12345, 12346$/],
    ['- ../x', /: 12345, 12346$/],
    ['12345, --', /: 12345$/],
  ])('%j looks like a YAML list that was pasted as text', (text, example) => {
    for (const parse of [parseIds, parseSnapshotWords]) {
      expect(() => parse(text)).toThrow(
        /^it looks like a YAML list pasted as text; write the ids with commas/,
      );
      expect(() => parse(text)).toThrow(example);
    }
  });

  test('every wrong one is named', () => {
    expect(() => parseIds('1,a/b,2,c.d')).toThrow(/^"a\/b", "c\.d" cannot be an id/);
  });

  test('whatever the text, an id that passes stays where it is put in a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter }), (text) => {
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

describe('ids or names of snapshots', () => {
  test.each<[string, string, readonly string[]]>([
    ['an id', '#801', ['801']],
    ['a name', 'deploy-shop_900-1', ['deploy-shop_900-1']],
    ['100 characters', 'a'.repeat(100), ['a'.repeat(100)]],
    ['several of both', 'deploy-1, 0801\ndeploy-1', ['deploy-1', '801']],
    ['latest', 'latest', ['latest']],
    ['nothing', ' ,', []],
  ])('%s', (_name, text, words) => {
    expect(parseSnapshotWords(text)).toEqual(words);
  });

  test.each(['a'.repeat(101), 'a.b', '../x', '_a', 'ü', '[1]'])('%j is neither', (word) => {
    expect(() => parseSnapshotWords(word)).toThrow(/is neither an id nor a name: .* at most 100 of them/);
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
      /"http:\/\/admin\.vps\.org" is not https: the token would be sent unencrypted/,
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
    [
      'http://user:secret@vps.example/v1?x=1#f',
      /^"http:\/\/vps\.example" is not https: the token would be sent unencrypted; it contains a user name or password; it contains a query or a fragment$/,
    ],
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
    [
      'between commas, spaces and lines',
      'https://a.example/, https://b.example/ https://c.example/\n,https://d.example/,',
      ['https://a.example/', 'https://b.example/', 'https://c.example/', 'https://d.example/'],
    ],
    ['a comma in an address is written as %2C', 'https://a.example/?q=1%2C2', ['https://a.example/?q=1%2C2']],
    ['repeats are dropped', 'https://a.example/ https://a.example/', ['https://a.example/']],
    ['none', ' \n ', []],
  ])('%s', (_name, text, urls) => {
    expect(parseHealthUrls(text)).toEqual(urls);
  });

  test.each([
    ['shop.example/health', /"shop\.example\/health" is not an http\(s\) URL/],
    ['ftp://a.example/', /"ftp:\/\/a\.example" is not an http\(s\) URL/],
    ['javascript:alert(1)', /^"javascript:" is not an http\(s\) URL/],
    ['https://u:secret@a.example/', /^"https:\/\/a\.example" contains a user name or password$/],
    [
      'ftp://u:secret@a.example/, http://u@h/x, https://c.example, d',
      /^"ftp:\/\/a\.example" is not an http\(s\) URL; "ftp:\/\/a\.example" contains a user name or password; "http:\/\/h" contains a user name or password; "d" is not an http\(s\) URL$/,
    ],
    ['https://u@a.example/', /user name or password/],
    ['https://:secret@a.example/', /user name or password/],
    ['https://a.example/\nb.example', /"b\.example" is not/],
    ['a.example/?token=secret', /^"a\.example\/" is not/],
    ['https://a.example/?q=1,2', /^"2" is not an http\(s\) URL/],
  ])('%j is refused', (text, message) => {
    expect(() => parseHealthUrls(text)).toThrow(message);
  });
});
