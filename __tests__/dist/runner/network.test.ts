import { describe, expect, test } from '@jest/globals';
import { runAction } from '../harness/action.ts';
import { textOf, titlesOf } from '../harness/annotations.ts';
import { runJob, runPost } from '../harness/job.ts';
import { makeCertificate, openProxy, openTls, type Proxy } from '../harness/network.ts';
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

describe('a proxy that refuses CONNECT: nothing has left the machine (case 6)', () => {
  test.concurrent('407 to the create request: told at once, and not called perhaps done', async () => {
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

  test.concurrent('407 to post: warned of at once, and tried again anyway', async () => {
    await using testEnv = await openTestEnvironment();
    let refusals = 0;
    await using behind = await openBehindProxy(testEnv, () => ((refusals -= 1) >= 0 ? 407 : null));
    const options = { ...behind.options, inputs: { ...behind.options.inputs, on_success: 'delete' } };
    const main = await runAction(testEnv, 'main', options);
    refusals = 2;
    const post = await runPost(testEnv, main, options);

    expect(post).toMatchObject({ code: 0, requests: ['DELETE /snapshots/801/ 204'] });
    expect(titlesOf(post)).toEqual(['warning: The API cannot be reached']);
  });

  test.concurrent('an address without a scheme, which the library ignores, is warned of', async () => {
    await using testEnv = await openTestEnvironment();
    const main = await runAction(testEnv, 'main', { env: { HTTPS_PROXY: '127.0.0.1:9' } });

    expect(main.code).toBe(0);
    expect(titlesOf(main)).toEqual(['warning: Proxy address without a scheme']);
  });
});

describe('a certificate that nobody vouches for', () => {
  test.concurrent.each([
    { name: 'ends main at once', env: {}, warnings: [] },
    {
      name: 'with NODE_TLS_REJECT_UNAUTHORIZED=0 as well (case 44)',
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
      /certificate was not accepted.*NODE_EXTRA_CA_CERTS/s,
    );
  });
});
