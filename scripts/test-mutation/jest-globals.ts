import { createRequire } from 'node:module';

/**
 * Stands for `@jest/globals` in the process that tries the mutants: tests are collected, and run again and again
 * without being loaded again. Jest's own parts do the matching, the titles and the mocks.
 */
type Body = () => unknown;

interface Block {
  readonly title: string;
  readonly parent: Block | null;
  readonly before: Body[];
  readonly after: Body[];
  readonly beforeAll: Body[];
  readonly afterAll: Body[];
}

export interface Test {
  readonly id: string;
  readonly file: string;
  readonly block: Block;
  readonly body: Body;
}

interface Mocker {
  fn: unknown;
  spyOn(...args: readonly unknown[]): unknown;
  restoreAllMocks(): void;
}

type Each = (table: unknown, ...rest: unknown[]) => (title: string, body: Body) => void;

const load = createRequire(import.meta.url);
const fromJest = (name: string): Record<string, unknown> => load(name) as Record<string, unknown>;
const bindEach = fromJest('jest-each')['bind'] as (add: (title: string, body: Body) => void) => Each;
const ModuleMocker = fromJest('jest-mock')['ModuleMocker'] as new (scope: unknown) => Mocker;
const mocker = new ModuleMocker(globalThis);

export const expect = fromJest('expect')['expect'] as {
  setState(state: object): void;
  extractExpectedAssertionsErrors(): readonly { readonly error: Error }[];
};
export const jest = {
  fn: mocker.fn,
  spyOn: mocker.spyOn.bind(mocker),
  restoreAllMocks: mocker.restoreAllMocks.bind(mocker),
  /** How long a test may take is checked against how long it usually takes. */
  setTimeout: () => undefined,
};

export const collected: Test[] = [];
let file = '';
let block = newBlock('', null);

function newBlock(title: string, parent: Block | null): Block {
  return { title, parent, before: [], after: [], beforeAll: [], afterAll: [] };
}

/** Loads a file of tests; each file has a block of its own. */
export async function collect(name: string, url: string): Promise<void> {
  file = name;
  block = newBlock('', null);
  await import(url);
}

function addBlock(title: string, body: Body): void {
  const outer = block;
  block = newBlock(title, outer);
  body();
  block = outer;
}

function addTest(title: string, body: Body): void {
  const titles = [...ancestors(block).map((each) => each.title), title].filter((text) => text !== '');
  const name = `${file}: ${titles.join(' › ')}`;
  const same = collected.filter((test) => test.id === name || test.id.startsWith(`${name} #`)).length;
  collected.push({ id: same === 0 ? name : `${name} #${same + 1}`, file, block, body });
}

/** The blocks from the outermost to this one. */
export function ancestors(inner: Block): Block[] {
  return inner.parent === null ? [inner] : [...ancestors(inner.parent), inner];
}

export const describe = Object.assign(addBlock, { each: bindEach(addBlock) });
const each = bindEach(addTest);
/** One after the other, also where Jest would run them side by side: the active mutant is checked by one test. */
export const test = Object.assign(addTest, { each, concurrent: Object.assign(addTest, { each }) });
export const beforeEach = (body: Body): unknown => block.before.push(body);
export const afterEach = (body: Body): unknown => block.after.push(body);
export const beforeAll = (body: Body): unknown => block.beforeAll.push(body);
export const afterAll = (body: Body): unknown => block.afterAll.push(body);
