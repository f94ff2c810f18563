/**
 * actionlint, zizmor, the published JSON schemas and GitHub's language service over the manifests, the repository's own
 * workflows, those of the tests, `examples/` and the blocks of the docs, which are read as their readers have them.
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
  /** Of Dependabot and of the issue forms. */
  readonly settings?: Files;
  readonly zizmor: string;
  readonly actionlint: string;
}

function readAll(patterns: readonly string[]): Files {
  const files = globSync(patterns, { cwd: ROOT }).filter((file) => !file.endsWith('.expect.yml'));
  return new Map(files.toSorted().map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]));
}

const actionlint = readFileSync(path.join(ROOT, '.github/actionlint.yaml'), 'utf8');

const own: Group = {
  name: "the repository's own",
  workflows: readAll(['.github/workflows/*.yml']),
  manifests: readAll([
    'action.yml',
    '{wait,restore,delete,prune}/action.yml',
    '.github/actions/*/action.yml',
  ]),
  settings: readAll(['.github/dependabot.yml', '.github/ISSUE_TEMPLATE/*.yml']),
  zizmor: readFileSync(path.join(ROOT, '.github/zizmor.yml'), 'utf8'),
  actionlint,
};

const tests: Group = {
  name: "the tests'",
  workflows: readAll(['__tests__/workflows/*.yml', '__tests__/workflows/called/*.yml']),
  manifests: readAll(['__tests__/workflows/*/action.yml']),
  zizmor: readFileSync(path.join(ROOT, '.github/zizmor-tests.yml'), 'utf8'),
  actionlint,
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
function layOut(group: Group, folder: string): void {
  const { workflows, manifests, settings = [], zizmor } = group;
  const tools = { '.github/actionlint.yaml': group.actionlint, '.github/zizmor.yml': zizmor };
  for (const [file, text] of [...workflows, ...manifests, ...settings, ...Object.entries(tools)]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
}

/** The schema that a file is published under, by its place. */
function schemaOf(file: string): string {
  if (path.basename(file) === 'action.yml') return 'vendor.github-actions';
  if (file.endsWith('dependabot.yml')) return 'vendor.dependabot';
  if (!file.includes('/ISSUE_TEMPLATE/')) return 'vendor.github-workflows';
  return path.basename(file) === 'config.yml' ? 'vendor.github-issue-config' : 'vendor.github-issue-forms';
}

function keepsSchemas(files: readonly string[], folder: string): boolean {
  const kept = [...Map.groupBy(files, schemaOf)].map(([schema, each]) =>
    run('check-jsonschema', ['--builtin-schema', schema, ...each], folder),
  );
  return kept.every(Boolean);
}

async function lint(group: Group): Promise<boolean> {
  const { workflows, manifests, settings = new Map<string, string>(), name } = group;
  const folder = mkdtempSync(path.join(tmpdir(), 'lint-workflows-'));
  try {
    layOut(group, folder);
    const files = [...workflows.keys()];
    const all = [...files, ...manifests.keys(), ...settings.keys()];
    const configured = ['-config-file', '.github/actionlint.yaml'];
    // Without its optional helpers, which are on some machines only.
    const isLinted = run('actionlint', ['-shellcheck=', '-pyflakes=', ...configured, ...files], folder);
    const audited = all.filter((file) => !file.includes('/ISSUE_TEMPLATE/'));
    const isSafe = run('zizmor', ['--offline', '--quiet', '--persona=pedantic', ...audited], folder);
    const isValid = keepsSchemas(all, folder);
    const problems = await problemsIn(new Map([...workflows, ...manifests]));
    process.stdout.write(problems.map((problem) => `${problem}\n`).join(''));
    const isClean = isLinted && isSafe && isValid && problems.length === 0;
    const others = settings.size === 0 ? '' : ` and ${settings.size} settings`;
    if (isClean)
      process.stdout.write(
        `${name} ${workflows.size} workflows, ${manifests.size} manifests${others} are clean\n`,
      );
    return isClean;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const results = [await lint(own), await lint(tests), await lint(readers)];
process.exitCode = results.every(Boolean) ? 0 : 1;
