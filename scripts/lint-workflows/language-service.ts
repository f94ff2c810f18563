/** GitHub's own language service, which editors and its web page use, without an editor and without a network. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { ACTIONS, readManifest, referenceOf } from '../runner/actions.ts';
import { ROOT } from '../test-workflows/sources.ts';
import { LIBRARY } from '../test-workflows/substitutions.ts';

// It imports JSON in a way that bundlers take and Node does not.
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    return resolved.url.endsWith('.json') ? { ...resolved, importAttributes: { type: 'json' } } : resolved;
  },
});
const { validate } = await import('@actions/languageservice');

/** What it says that is not so. */
const FALSE_ALARMS: readonly RegExp[] = [
  // It does not know that `restore_if` is evaluated again for the post step, where the later steps are known.
  /^Context access might be invalid: (deploy|smoke_test|migrate|dump)$/,
  // The manifests of other actions are not here.
  /^Unable to resolve action `(?!OWNER\/)/,
  // act takes a reusable workflow from any folder.
  /^Invalid workflow reference '\.\/__tests__\//,
];

interface Reference {
  readonly owner: string;
  readonly name: string;
  readonly ref: string;
  readonly path?: string;
}

/** Our inputs from the manifests, so that a misspelt one is found in an example. */
function metadataOf({ owner, name, path: folder = '', ref }: Reference) {
  const uses = path.posix.join(owner, name, folder);
  const own = ACTIONS.find((action) => referenceOf(action) === `${uses}@${ref}`);
  return Promise.resolve(own && { ...readManifest(own), name: uses });
}

/** A reusable workflow, so that what its caller gives it and takes from it is checked. */
function contentOf(called: { readonly path: string; readonly repository?: string }) {
  const file = called.repository === undefined ? called.path : LIBRARY.file;
  return Promise.resolve({ name: called.path, content: readFileSync(path.join(ROOT, file), 'utf8') });
}

const textOf = (message: string | { readonly value: string }): string =>
  typeof message === 'string' ? message : message.value;

/** One line for each thing that it finds in a file. */
export async function problemsIn(files: ReadonlyMap<string, string>): Promise<string[]> {
  const found = [...files].map(async ([file, text]) => {
    const document = TextDocument.create(`file:///${file}`, 'yaml', 0, text);
    const diagnostics = await validate(document, {
      actionsMetadataProvider: { fetchActionMetadata: metadataOf },
      fileProvider: { getFileContent: contentOf },
    });
    return diagnostics
      .map(({ message, range }) => ({ text: textOf(message), line: range.start.line + 1 }))
      .filter(({ text }) => !FALSE_ALARMS.some((pattern) => pattern.test(text)))
      .map(({ text, line }) => `${file}:${line}: ${text} [language service]`);
  });
  return (await Promise.all(found)).flat();
}
