import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface Comment {
  /** Path of the request that made it. */
  readonly place: string;
  readonly body: string;
}

/** The pull request that every commit belongs to. */
const PULL_REQUEST = { number: 7, state: 'open' };

/** As much of GitHub's API as a comment needs, on loopback. */
export class Github {
  readonly comments: Comment[] = [];
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<Github> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const github = new Github(server);
    server.on('request', (request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      request.on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(github.#answer(request.method ?? '', request.url ?? '', text)));
      });
    });
    return github;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(method: string, place: string, text: string): unknown {
    if (method === 'GET') return /\/commits\/\w+\/pulls$/.test(place) ? [PULL_REQUEST] : [];
    const { body } = JSON.parse(text) as { readonly body: string };
    this.comments.push({ place, body });
    return { id: this.comments.length };
  }
}
