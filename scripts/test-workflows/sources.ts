/** The workflows that run: those of the tests, `examples/`, and each block of YAML in the pages for users. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { LINTED_ONLY, substitute } from './substitutions.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');
const TESTS = '__tests__/workflows';
const OWN = '.github/workflows';
const PAGES = ['README.md', 'docs/**/*.md', '{examples,simulator,wait,restore,delete,prune}/README.md'];

export interface Source {
  /** What the command line calls it. */
  readonly name: string;
  /** Where it stands in the repository that act runs, or for a block would stand. */
  readonly file: string;
  /** As the reader has it. */
  readonly text: string;
  /** The same as a whole workflow. */
  readonly workflow: string;
  /** As act runs it. */
  readonly runs: string;
  readonly expectation: string;
}

/** A piece of YAML in a page, under the heading that it stands under. */
export interface Block {
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

export const pages = (): string[] => globSync(PAGES, { cwd: ROOT }).toSorted();

function blocksOf(page: string): Block[] {
  const pieces = read(page).matchAll(/^(?:#+ (?<heading>.+)|```ya?ml\n(?<text>[^]*?)^```$)/gm);
  let heading = '';
  return [...pieces].flatMap(({ groups = {} }) => {
    heading = groups['heading'] ?? heading;
    return groups['text'] === undefined ? [] : [{ page, heading, text: groups['text'] }];
  });
}

/** Settings of another tool say in their first line which file they are. */
const isSettings = ({ text }: Block): boolean => /^# \.\S+\n/.test(text);

/** A list of steps as a workflow that has these steps. */
const FRAME = `name: Block
on: push
permissions:
  contents: read
concurrency:
  group: deploy-web

jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
        with:
          persist-credentials: false
`;

/** Whole workflows run as they are, steps in a job of their own. */
function frame({ page, heading, text }: Block): string {
  const document: unknown = parse(text);
  if (Array.isArray(document)) return FRAME + text.replaceAll(/^(?=.)/gm, '      ');
  if (typeof document === 'object' && document !== null && 'jobs' in document && 'on' in document)
    return text;
  throw new Error(`${page}, "${heading}": neither a workflow nor a list of steps`);
}

const slug = (words: string): string => words.toLowerCase().replaceAll(/\W+/g, '-').replaceAll(/^-|-$/g, '');

function toSource(name: string, file: string, text: string, workflow = text): Source {
  return {
    name,
    file,
    text,
    workflow,
    runs: substitute(workflow),
    expectation: `${TESTS}/${name}.expect.yml`,
  };
}

/** Those of the tests, and of the repository's own those of which something is expected. */
function ownWorkflows(): Source[] {
  const names = globSync(`${TESTS}/*.yml`, { cwd: ROOT }).map((file) =>
    path.basename(file).replace(/(\.expect)?\.yml$/, ''),
  );
  return [...new Set(names)].map((name) => {
    const file = [TESTS, OWN]
      .map((folder) => `${folder}/${name}.yml`)
      .find((each) => existsSync(path.join(ROOT, each)));
    if (file === undefined) throw new Error(`there is an expectation, and no workflow ${name}`);
    const text = read(file);
    return { name, file, text, workflow: text, runs: text, expectation: `${TESTS}/${name}.expect.yml` };
  });
}

/** Whether a workflow is about this repository itself, and needs all of it. */
export const isOwn = ({ file }: Source): boolean => file.startsWith(`${OWN}/`);

/** Every example, also those that are only linted. */
export function examples(): Source[] {
  return globSync('examples/*.yml', { cwd: ROOT }).map((file) =>
    toSource(file.replace(/\.yml$/, ''), file, read(file)),
  );
}

/** Every block but settings, and what a page shows of an example. */
export function blocks(): Source[] {
  const shown = new Set(examples().map(({ text }) => withoutComment(text)));
  return pages()
    .flatMap(blocksOf)
    .filter((block) => !isSettings(block) && !shown.has(withoutComment(block.text)))
    .map((block) => {
      const name = `blocks/${slug(block.page.replace(/\.md$/, ''))}/${slug(block.heading)}`;
      return toSource(name, `${name}.yml`, block.text, frame(block));
    });
}

/** An example begins with what it is for; the page that shows it says that around it. */
const withoutComment = (text: string): string => text.replace(/^(#.*\n)+/, '');

/** What a reader has, as files of a repository: examples, and blocks as workflows. */
export function readersFiles(): ReadonlyMap<string, string> {
  const shown = blocks().map(({ name, workflow }) => [`.github/workflows/${name}.yml`, workflow] as const);
  return new Map([...examples().map(({ file, text }) => [file, text] as const), ...shown]);
}

export const ACTIONLINT_SETTINGS = '.github/actionlint.yaml';

/** What the docs say that a settings file holds. */
export function settingsOf(file: string): string {
  const block = pages()
    .flatMap(blocksOf)
    .find(({ text }) => text.startsWith(`# ${file}\n`));
  if (block === undefined) throw new Error(`no page shows ${file}`);
  return block.text;
}

/** A workflow that is only called has no run of its own. */
const isCalled = ({ text }: Source): boolean => /^on:\n {2}workflow_call:/m.test(text);

/** All that act runs. */
export function sources(): Source[] {
  const run = examples().filter((source) => !LINTED_ONLY.includes(source.file) && !isCalled(source));
  const all = [...ownWorkflows(), ...run, ...blocks()];
  const silent = all.filter(({ expectation }) => !existsSync(path.join(ROOT, expectation)));
  if (silent.length > 0)
    throw new Error(`nothing is expected of ${silent.map(({ name }) => name).join(', ')}`);
  return all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
