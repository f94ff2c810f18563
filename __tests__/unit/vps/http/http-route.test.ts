import { afterEach, describe, expect, test } from '@jest/globals';
import { answerLookups, ask, kindOf, start, tidyUp } from './http-exchange.ts';
import { findClosedPort, makeCertificate, serve, serveProxy, serveTls } from '../loopback.ts';

afterEach(tidyUp);

test('an IPv6 address', async () => {
  const { port } = await start(serve((request, response) => response.end(request.headers.host), '::1'));
  expect(await ask(`http://[::1]:${port}/`)).toMatchObject({ status: 200, body: `[::1]:${port}` });
});

describe('a proxy', () => {
  test('is used for a host that is not on this machine', async () => {
    const { port } = await start(
      serve((request, response) => response.end(`${request.headers.host} ${request.url}`)),
    );
    const proxy = await start(serveProxy(port));
    process.env['http_proxy'] = `http://127.0.0.1:${proxy.port}`;
    expect(await ask('http://api.example/api/v1/')).toMatchObject({
      status: 200,
      body: expect.stringMatching(/^api\.example(:80)? \/api\/v1\/$/) as unknown as string,
    });
    expect(proxy.asked).toEqual(['CONNECT api.example:80']);
  });

  test('sees no token of https, and the certificate is checked behind it', async () => {
    const { port } = await start(serveTls(makeCertificate(), (_request, response) => response.end()));
    const proxy = await start(serveProxy(port));
    process.env['https_proxy'] = `http://127.0.0.1:${proxy.port}`;
    const headers = { authorization: 'Bearer vps_t' };
    expect(await ask('https://api.example/api/v1/', { headers }).catch(kindOf)).toBe('certificate');
    expect(proxy.asked).toEqual(['CONNECT api.example:443']);
  });

  test.each([
    ['that is not there', null, 'nothing listens there'],
    ['that refuses', 'HTTP/1.1 403 Forbidden\r\n\r\n', 'it answered with 403'],
    ['that hangs up', '', 'it closed the connection'],
  ])('%s is called that', async (_name, refusal, reason) => {
    const port = refusal === null ? await findClosedPort() : (await start(serveProxy(0, refusal))).port;
    process.env['https_proxy'] = `http://127.0.0.1:${port}`;
    await expect(ask('https://api.example/api/v1/')).rejects.toMatchObject({ kind: 'proxy', reason });
  });

  test('is not used for this machine, nor for hosts in no_proxy', async () => {
    const { port } = await start(serve((_request, response) => response.end('direct')));
    const proxy = await start(serveProxy(port));
    Object.assign(process.env, { http_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: 'near.example' });
    answerLookups(null, [{ address: '127.0.0.1', family: 4 }]);
    expect(await ask(`http://127.0.0.1:${port}/`)).toMatchObject({ body: 'direct' });
    expect(await ask(`http://near.example:${port}/`)).toMatchObject({ body: 'direct' });
    expect(proxy.asked).toEqual([]);
  });
});
