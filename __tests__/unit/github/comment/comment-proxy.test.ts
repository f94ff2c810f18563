import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serve, serveProxy, type Loopback } from '../../vps/loopback.ts';
import { post } from './github-api.ts';

/** A comment goes through the runner's proxy: loaded once for a process, so that this has a file of its own. */

const environment = { ...process.env };
const asked: string[] = [];
let github: Loopback;
let proxy: Awaited<ReturnType<typeof serveProxy>>;

beforeAll(async () => {
  github = await serve((request, response) => {
    asked.push(`${request.method} http://${request.headers.host}${request.url}`);
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.statusCode = request.method === 'POST' ? 201 : 200;
      response.end(request.method === 'POST' ? '{}' : '[]');
    });
  });
  proxy = await serveProxy(github.port);
  for (const name of ['no_proxy', 'NO_PROXY', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'])
    delete process.env[name];
  // A name that only the proxy could resolve.
  Object.assign(process.env, {
    GITHUB_API_URL: 'http://api.github.test',
    http_proxy: `http://127.0.0.1:${proxy.port}`,
  });
});

afterAll(async () => {
  process.env = environment;
  await Promise.all([proxy.close(), github.close()]);
});

test('the runner’s proxy is asked for every request', async () => {
  await post({ pull_request: { number: 5 } });
  expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT api.github.test:80']));
  expect(asked.at(-1)).toBe('POST http://api.github.test:80/repos/acme/shop/issues/5/comments');
});
