import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';

export interface Page {
  readonly status: number;
  readonly location?: string;
  readonly json?: unknown;
}

export interface Visit {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Website extends AsyncDisposable {
  readonly origin: string;
  readonly visits: readonly Visit[];
}

/** A server on loopback that is not the API: an application to be checked, or GitHub. */
export async function openWebsite(answer: (visit: Visit, nth: number) => Page): Promise<Website> {
  const visits: Visit[] = [];
  async function read(request: IncomingMessage): Promise<Page> {
    const { method = '', url = '', headers } = request;
    const visit = { method, path: url, headers, body: await readText(request) };
    visits.push(visit);
    return answer(visit, visits.length);
  }
  const server = createServer((request, response) => {
    void read(request).then(({ status, location, json }) => {
      const headers = { 'content-type': 'application/json', ...(location !== undefined && { location }) };
      response.writeHead(status, headers).end(json === undefined ? '' : JSON.stringify(json));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visits,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
