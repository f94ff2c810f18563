import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openWebsite } from '../../../scripts/runner/website.ts';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob, runPost } from '../harness/job.ts';
import {
  makeCertificate,
  openProxy,
  openTls,
  portOf,
  type Proxy,
  type ProxyAnswer,
} from '../harness/network.ts';
import { openTestEnvironment, type TestEnvironment } from '../harness/test-environment.ts';

const HOST = 'vps.test';

interface Behind extends AsyncDisposable {
  readonly proxy: Proxy;
  /** What a step needs to reach the API through the proxy. */
  readonly options: {
    readonly env: Readonly<Record<string, string>>;
    readonly inputs: Readonly<Record<string, string>>;
  };
}

/** The simulated API behind TLS and a proxy, which refuses tunnels with the status that `refuse` gives. */
async function openBehindProxy(
  testEnv: TestEnvironment,
  refuse: (nth: number) => number | null,
): Promise<Behind> {
  const certificate = makeCertificate(testEnv.temp, HOST);
  const tls = await openTls(testEnv.url, certificate);
  const proxy = await openProxy((_asked, nth) => {
    const status = refuse(nth);
    return status === null ? { port: tls.port } : { status };
  });
  return {
    proxy,
    options: {
      env: { HTTPS_PROXY: proxy.origin, NODE_EXTRA_CA_CERTS: certificate.file },
      // Of an address that is not of this machine, nothing is shortened.
      inputs: { api_url: `https://${HOST}/api/v1`, poll_interval: '1s' },
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await tls[Symbol.asyncDispose]();
    },
  };
}

const PERHAPS = /may (exist|have|be under way|still)|unknown|uncertain|perhaps|unclear/i;

describe('a proxy that refuses CONNECT: nothing has left the machine', () => {
  test.concurrent('407 to the create request: reported at once, and not called perhaps done', async () => {
    await using testEnv = await openTestEnvironment();
    // Two reads go through; each request has its own tunnel.
    await using behind = await openBehindProxy(testEnv, (nth) => (nth > 2 ? 407 : null));
    const { main, post } = await runJob(testEnv, behind.options);

    expect(new Set(behind.proxy.asked)).toEqual(new Set([`${HOST}:443`]));
    expect(titlesOf(main)).toEqual(['error: No snapshot was made']);
    expect(textOf(main, 'No snapshot was made')).toMatch(
      /proxy asks for a login \(407\), so nothing was sent/,
    );
    expect(main.stdout + main.summary).not.toMatch(PERHAPS);
    // So there is nothing to look for.
    expect(post).toMatchObject({ code: 0, requests: [], annotations: [] });
  });

  test.concurrent('503 to the create request: tried again', async () => {
    await using testEnv = await openTestEnvironment();
    await using behind = await openBehindProxy(testEnv, (nth) => (nth === 3 || nth === 4 ? 503 : null));
    const main = await runAction(testEnv, 'main', behind.options);

    expect(main).toMatchObject({ code: 0, annotations: [] });
    expect(testEnv.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  test.concurrent('an address without a scheme, which the library ignores, is warned of', async () => {
    await using testEnv = await openTestEnvironment();
    const main = await runAction(testEnv, 'main', { env: { HTTPS_PROXY: '127.0.0.1:9' } });

    expect(main.code).toBe(0);
    expect(titlesOf(main)).toEqual(['warning: Proxy address without a scheme']);
  });
});

/** A proxy or a server that hangs costs the 30 s of a request: the clock of these processes is ten times as fast. */
const nodeArguments = ['--import', import.meta.resolve('../harness/fast-clock.ts')];

test.concurrent('what stands in the way of a post step is called what it is, and tried again', async () => {
  await using testEnv = await openTestEnvironment();
  const good = makeCertificate(testEnv.temp, HOST);
  const expired = makeCertificate(testEnv.temp, HOST, { isExpired: true });
  const other = makeCertificate(testEnv.temp, 'other.test');
  const unknown = makeCertificate(testEnv.temp, 'unknown.test');
  await using api = await openTls(testEnv.url, good);
  await using expiredApi = await openTls(testEnv.url, expired);
  await using otherApi = await openTls(testEnv.url, other);
  await using unknownApi = await openTls(testEnv.url, unknown);
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await using oldApi = await openTls(testEnv.url, good, old);
  let obstacles: ProxyAnswer[] = [];
  await using proxy = await openProxy(() => obstacles.shift() ?? { port: api.port });

  const authorities = path.join(testEnv.temp, 'authorities.pem');
  writeFileSync(authorities, [good, expired, other].map(({ cert }) => cert).join(''));
  const withLogin = proxy.origin.replace('//', '//runner:p%40ss@');
  const options = {
    nodeArguments,
    inputs: { api_url: `https://${HOST}/api/v1`, poll_interval: '1s', on_success: 'delete' },
  };
  const main = await runAction(testEnv, 'main', {
    ...options,
    env: { https_proxy: withLogin, NODE_EXTRA_CA_CERTS: authorities },
  });
  expect(main).toMatchObject({ code: 0, annotations: [] });
  expect(new Set(proxy.logins)).toEqual(new Set(['runner:p@ss']));

  obstacles = [
    ...([{ status: 407 }, { status: 503 }, 'close', 'silence'] as const),
    ...[expiredApi, otherApi, unknownApi, oldApi, { port: portOf(testEnv.url) }].map(({ port }) => ({
      port,
    })),
  ];
  const post = await runPost(testEnv, main, {
    ...options,
    env: { HTTPS_PROXY: proxy.origin, NODE_EXTRA_CA_CERTS: authorities },
  });

  expect(post).toMatchObject({ code: 0, requests: ['DELETE /snapshots/801/ 204'] });
  expect(titlesOf(post)).toEqual(['warning: The API cannot be reached']);
  expect(textOf(post, 'The API cannot be reached')).toMatch(/proxy asks for a login \(407\)/);
  const tries = post.stdout.matchAll(/^::debug::DELETE \S+ (?<what>.+) \d+ ms$/gm);
  expect([...tries].map(({ groups }) => groups?.['what'])).toEqual([
    'proxy_auth',
    'proxy (it answered with 503)',
    'proxy (it closed the connection)',
    'connect_timeout',
    'certificate (it has expired)',
    'certificate (it is for another host)',
    'certificate (it is signed by an authority that this runner does not know)',
    'handshake (the server has no TLS 1.2 or newer)',
    'handshake (what answers does not speak TLS)',
    '204',
  ]);
});

test.concurrent(
  'NODE_TLS_REJECT_UNAUTHORIZED=0 from an earlier step: post checks the certificate, and rolls back',
  async () => {
    await using testEnv = await openTestEnvironment();
    const certificate = makeCertificate(testEnv.temp, HOST);
    await using tls = await openTls(testEnv.url, certificate);
    const inputs = { api_url: `https://127.0.0.1:${tls.port}/api/v1`, on_failure: 'restore' };
    const known = { NODE_EXTRA_CA_CERTS: certificate.file };
    const unchecked = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const main = await runAction(testEnv, 'main', {
      inputs: { ...inputs, restore_timeout: '10s' },
      env: known,
    });
    expect(main).toMatchObject({ code: 0, annotations: [] });
    testEnv.api.deploy();

    const unknown = await runPost(testEnv, main, { inputs, env: unchecked, job: 'failure' });
    expect(unknown).toMatchObject({ code: 1, requests: [] });
    expect(titlesOf(unknown)).toEqual([
      'warning: Certificate checks stay on',
      'warning: The API cannot be reached',
      'error: Not restored',
    ]);
    expect(textOf(unknown, 'The API cannot be reached')).toMatch(
      /signed by an authority that this runner does not know/,
    );

    const vouched = await runPost(testEnv, main, { inputs, env: { ...known, ...unchecked }, job: 'failure' });
    expect(vouched.code).toBe(1);
    expect(titlesOf(vouched)).toEqual(['warning: Certificate checks stay on', 'error: Rolled back']);
    expect(testEnv.actualState().restores.map(({ snapshotId }) => snapshotId)).toEqual(['801']);
  },
);

/** Names ending in `.test` and the addresses that stand in documentation are this machine. */
const localNames = ['--import', import.meta.resolve('../harness/local-names.ts')];

test.concurrent(
  'NO_PROXY: a host, a suffix, an address, each with its port or without; no range',
  async () => {
    await using testEnv = await openTestEnvironment();
    await using site = await openWebsite(() => ({ status: 200, json: {} }));
    await using proxy = await openProxy(() => ({ port: portOf(site.origin) }));
    const port = portOf(site.origin);
    const pathOf = (host: string): string => `/${host.replaceAll(/[^\w.]+/g, '-')}`;
    const past = [
      'host.test',
      'deep.suffix.test',
      'port.test',
      '203.0.113.7',
      '203.0.113.8',
      '[2001:db8::7]',
    ];
    const through = ['else.test', '203.0.113.9', '203.0.113.10', '203.0.113.11', '[2001:db8::8]'];
    const excluded = [
      'host.test, .suffix.test',
      `port.test:${port},else.test:1`,
      `203.0.113.7,203.0.113.8:${port},203.0.113.9:1`,
      '203.0.113.10/32,203.0.113.*',
      '[2001:db8::7],2001:db8::8',
    ];
    const main = await runAction(testEnv, 'main', {
      nodeArguments: localNames,
      env: { HTTP_PROXY: proxy.origin, NO_PROXY: excluded.join() },
      inputs: {
        on_failure: 'restore',
        health_url: [...past, ...through].map((host) => `http://${host}:${port}${pathOf(host)}`).join(' '),
      },
    });

    expect(main).toMatchObject({ code: 0, annotations: [] });
    expect(proxy.asked.toSorted()).toEqual(through.map((host) => `${host}:${port}`).toSorted());
    expect(site.visits.map((visit) => visit.path).toSorted()).toEqual(
      [...past, ...through].map(pathOf).toSorted(),
    );
  },
);

describe('a certificate that nobody vouches for', () => {
  test.concurrent.each([
    { name: 'ends main at once', env: {}, warnings: [] },
    {
      name: 'with NODE_TLS_REJECT_UNAUTHORIZED=0 as well',
      env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      warnings: ['warning: Certificate checks stay on'],
    },
  ])('$name', async ({ env, warnings }) => {
    await using testEnv = await openTestEnvironment();
    await using tls = await openTls(testEnv.url, makeCertificate(testEnv.temp, HOST));
    const inputs = { api_url: `https://127.0.0.1:${tls.port}/api/v1` };
    const main = await runAction(testEnv, 'main', { inputs, env });

    expect(main).toMatchObject({ code: 1, requests: [] });
    expect(titlesOf(main)).toEqual([...warnings, 'error: No snapshot was made']);
    expect(textOf(main, 'No snapshot was made')).toMatch(
      /certificate was not accepted.*this runner does not know.*NODE_EXTRA_CA_CERTS/s,
    );
  });
});
