import { describe, expect, test } from '@jest/globals';
import { createFetch } from '../../../src/github/fetch.ts';
import type { HttpRequest, HttpResponse } from '../../../src/vps/transport.ts';

const URL_ASKED = 'https://api.github.test/repos/acme/shop/issues/5/comments';
const RENAMED = 'https://api.github.test/repositories/4711/issues/5/comments';

/** What is sent where each address answers with this. */
async function send(answers: Readonly<Record<string, Partial<HttpResponse>>>): Promise<{
  readonly sent: readonly HttpRequest[];
  readonly response: Response | Error;
}> {
  const sent: HttpRequest[] = [];
  const fetch = createFetch((request) => {
    sent.push(request);
    return Promise.resolve({ status: 200, headers: {}, body: '', ...answers[request.url] });
  });
  const options = {
    method: 'POST',
    headers: { authorization: 'token ghs_secret' },
    body: '{}',
    signal: new AbortController().signal,
  } as const;
  const response = await fetch(URL_ASKED, options).catch((error: unknown) => error as Error);
  return { sent, response };
}

const redirect = (location: string, status = 307): Partial<HttpResponse> => ({
  status,
  headers: { location },
});

test('an answer is that of the transport', async () => {
  const answer = { status: 201, headers: { 'content-type': 'application/json' }, body: '{"id":1}' };
  const { sent, response } = await send({ [URL_ASKED]: answer });
  expect(sent).toEqual([expect.objectContaining({ method: 'POST', url: URL_ASKED, body: '{}' })]);
  expect(response).toMatchObject({ status: 201 });
  expect(await (response as Response).json()).toEqual({ id: 1 });
});

test.each([204, 304])('%i has no body', async (status) => {
  expect((await send({ [URL_ASKED]: { status } })).response).toMatchObject({ status, body: null });
});

describe('a redirect', () => {
  test.each([301, 302, 307, 308])(
    '%i on the same origin is followed, with method and body',
    async (status) => {
      const { sent, response } = await send({
        [URL_ASKED]: redirect(RENAMED, status),
        [RENAMED]: { status: 201 },
      });
      expect(sent.map(({ method, url, body }) => [method, url, body])).toEqual([
        ['POST', URL_ASKED, '{}'],
        ['POST', RENAMED, '{}'],
      ]);
      expect(response).toMatchObject({ status: 201 });
    },
  );

  test.each([
    ['to another host', 'https://elsewhere.test/x'],
    ['from https to http', 'http://api.github.test/x'],
    ['to nowhere', ''],
    ['to itself, for ever', URL_ASKED],
  ])('%s is not followed, and is no success', async (_name, location) => {
    const { sent, response } = await send({ [URL_ASKED]: redirect(location) });
    expect(new Set(sent.map(({ url }) => url))).toEqual(new Set([URL_ASKED]));
    expect(sent.length).toBeLessThan(5);
    expect(response).toBeInstanceOf(Error);
  });
});
