import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { answerLookups, ask, kindOf, PLENTY, SHORT, start, tidyUp } from './http-exchange.ts';
import { findClosedPort, serve, serveProxy, serveTcp, serveTls } from './loopback.ts';

afterEach(tidyUp);

test('an IPv6 address', async () => {
  const { port } = await start(serve((request, response) => response.end(request.headers.host), '::1'));
  expect(await ask(`http://[::1]:${port}/`)).toMatchObject({ status: 200, body: `[::1]:${port}` });
});

/** Made anew for each run, so that no key lies in the repository. */
function makeCertificate(): { key: string; cert: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'certificate-'));
  try {
    const file = (name: string): string => path.join(folder, name);
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
        .concat(['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'])
        .concat(['-keyout', file('key.pem'), '-out', file('cert.pem')]),
      { stdio: 'pipe' },
    );
    return { key: readFileSync(file('key.pem'), 'utf8'), cert: readFileSync(file('cert.pem'), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('certificates', () => {
  test('one that nobody signed is not accepted, and the request is not sent', async () => {
    let requests = 0;
    const { port } = await start(
      serveTls(makeCertificate(), (_request, response) => {
        requests += 1;
        response.end();
      }),
    );
    expect(await ask(`https://127.0.0.1:${port}/`, { method: 'POST', body: '{}' }).catch(kindOf)).toBe(
      'certificate',
    );
    expect(requests).toBe(0);
  });

  test('a server that speaks no TLS', async () => {
    const { port } = await start(serve((_request, response) => response.end()));
    expect(await ask(`https://127.0.0.1:${port}/`).catch(kindOf)).toBe('reset');
  });
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

  test('is not used for this machine, nor for hosts in no_proxy', async () => {
    const { port } = await start(serve((_request, response) => response.end('direct')));
    const proxy = await start(serveProxy(port));
    Object.assign(process.env, { http_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: 'near.example' });
    answerLookups(null, [{ address: '127.0.0.1', family: 4 }]);
    expect(await ask(`http://127.0.0.1:${port}/`)).toMatchObject({ body: 'direct' });
    expect(await ask(`http://near.example:${port}/`)).toMatchObject({ body: 'direct' });
    expect(proxy.asked).toEqual([]);
  });

  test.each(['is away', 'hangs'])('that %s has its deadline too', async (what) => {
    const hanging = await start(serveTcp(() => undefined));
    const port = what === 'hangs' ? hanging.port : await findClosedPort();
    process.env['http_proxy'] = `http://127.0.0.1:${port}`;
    const timeoutMs = what === 'hangs' ? SHORT : PLENTY;
    const kind = await ask('http://api.example/', { timeoutMs, method: 'POST' }).catch(kindOf);
    expect(kind).toBe(what === 'hangs' ? 'timeout' : 'reset');
  });
});
