import { BASE_PATH } from '../../simulator/api/path.ts';

/** What a job of the self-test expects of the simulated server; an empty text expects nothing. */
export interface Expectation {
  /** One `METHOD path status` a line, all requests that change something, in their order. */
  readonly changes: string;
  /** What is on the first server at the end of the job. */
  readonly content: string;
  /** A pattern that the description of each snapshot matches. */
  readonly description: string;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly status?: number;
}

interface State {
  readonly servers: readonly { readonly content: string }[];
  readonly snapshots: readonly { readonly description: string }[];
}

/** One line for each thing that is not as expected. */
export function differences(expected: Expectation, requests: unknown, state: unknown): string[] {
  const wanted = linesOf(expected.changes);
  const made = (requests as readonly Request[])
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, status }) => `${method} ${path.replace(BASE_PATH, '')} ${status ?? 'unanswered'}`);
  const { servers, snapshots } = state as State;
  const content = servers[0]?.content;
  const pattern = new RegExp(expected.description);
  const unlike = snapshots.filter((snapshot) => !pattern.test(snapshot.description));
  return [
    ...(wanted.join() === made.join()
      ? []
      : [`changes: expected ${wanted.join(', ') || 'none'}; made ${made.join(', ') || 'none'}`]),
    ...(expected.content === '' || content === expected.content
      ? []
      : [`content: expected ${expected.content}; found ${content}`]),
    ...unlike.map(({ description }) => `description: expected ${expected.description}; found ${description}`),
  ];
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
