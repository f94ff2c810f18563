/**
 * actionlint, zizmor and GitHub's language service over the manifests, the repository's own workflows, `examples/` and
 * the blocks of the docs, which are read as their readers have them.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { problemsIn } from './lint-workflows/language-service.ts';
import { ACTIONLINT_SETTINGS, readersFiles, ROOT, settingsOf } from './test-workflows/sources.ts';

/** A file for the linters, by the path that it has for them. */
type Files = ReadonlyMap<string, string>;

interface Group {
  readonly name: string;
  readonly workflows: Files;
  readonly manifests: Files;
  readonly zizmor: string;
  readonly actionlint: string;
}

function readAll(patterns: readonly string[]): Files {
  const files = globSync(patterns, { cwd: ROOT }).filter((file) => !file.endsWith('.expect.yml'));
  return new Map(files.toSorted().map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]));
}

const own: Group = {
  name: "the repository's own",
  workflows: readAll([
    '.github/workflows/*.yml',
    '__tests__/workflows/*.yml',
    '__tests__/workflows/called/*.yml',
  ]),
  manifests: readAll([
    'action.yml',
    '{wait,restore,delete,prune}/action.yml',
    '.github/actions/*/action.yml',
  ]),
  zizmor: readFileSync(path.join(ROOT, '.github/zizmor.yml'), 'utf8'),
  actionlint: readFileSync(path.join(ROOT, '.github/actionlint.yaml'), 'utf8'),
};

const readers: Group = {
  name: "the readers'",
  workflows: readersFiles(),
  manifests: new Map(),
  zizmor: readFileSync(path.join(ROOT, '.github/zizmor-examples.yml'), 'utf8'),
  // What the guide tells a reader to write is what the examples are checked with.
  actionlint: settingsOf(ACTIONLINT_SETTINGS),
};

function run(tool: string, args: readonly string[], cwd: string): boolean {
  const { status } = spawnSync(path.join(ROOT, '.tools/bin', tool), args, { cwd, stdio: 'inherit' });
  return status === 0;
}

/** Lays a group out as a repository of its own, since the linters look for settings and actions around a workflow. */
function layOut({ workflows, manifests, zizmor, actionlint }: Group, folder: string): void {
  const settings = { '.github/actionlint.yaml': actionlint, '.github/zizmor.yml': zizmor };
  for (const [file, text] of [...workflows, ...manifests, ...Object.entries(settings)]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
}

async function lint(group: Group): Promise<boolean> {
  const { workflows, manifests, name } = group;
  const folder = mkdtempSync(path.join(tmpdir(), 'lint-workflows-'));
  try {
    layOut(group, folder);
    const files = [...workflows.keys()];
    const settings = ['-config-file', '.github/actionlint.yaml'];
    // Without its optional helpers, which are on some machines only.
    const isLinted = run('actionlint', ['-shellcheck=', '-pyflakes=', ...settings, ...files], folder);
    const isSafe = run('zizmor', ['--offline', '--quiet', ...files, ...manifests.keys()], folder);
    const problems = await problemsIn(new Map([...workflows, ...manifests]));
    process.stdout.write(problems.map((problem) => `${problem}\n`).join(''));
    const isClean = isLinted && isSafe && problems.length === 0;
    if (isClean)
      process.stdout.write(`${name} ${workflows.size} workflows and ${manifests.size} manifests are clean\n`);
    return isClean;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const results = [await lint(own), await lint(readers)];
process.exitCode = results.every(Boolean) ? 0 : 1;
