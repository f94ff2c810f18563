/** GitHub's own language service, which editors and its web page use, without an editor and without a network. */
import { registerHooks } from 'node:module';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { ACTIONS, readManifest, referenceOf } from '../runner/actions.ts';

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
  /^Context access might be invalid: (deploy|smoke_test|migrate)$/,
  // act takes a reusable workflow from any folder.
  /^Invalid workflow reference '\.\/__tests__\//,
];

/** The inputs of other actions that are used here. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  'actions/checkout': ['persist-credentials', 'path', 'repository'],
};

interface Reference {
  readonly owner: string;
  readonly name: string;
  readonly ref: string;
  readonly path?: string;
}

/** Our inputs from the manifests, so that a misspelt one is found in an example. */
function metadataOf({ owner, name, path, ref }: Reference) {
  const uses = [owner, name, ...(path === undefined || path === '' ? [] : [path])].join('/');
  const own = ACTIONS.find((action) => referenceOf(action) === `${uses}@${ref}`);
  if (own !== undefined) return Promise.resolve({ ...readManifest(own), name: uses });
  const inputs = OTHERS[uses];
  if (inputs === undefined) return Promise.resolve(undefined);
  const known = Object.fromEntries(inputs.map((input) => [input, { description: input }]));
  return Promise.resolve({ name: uses, description: uses, inputs: known });
}

const textOf = (message: string | { readonly value: string }): string =>
  typeof message === 'string' ? message : message.value;

/** One line for each thing that it finds in a file. */
export async function problemsIn(files: ReadonlyMap<string, string>): Promise<string[]> {
  const found = [...files].map(async ([file, text]) => {
    const document = TextDocument.create(`file:///${file}`, 'yaml', 0, text);
    const diagnostics = await validate(document, {
      actionsMetadataProvider: { fetchActionMetadata: metadataOf },
    });
    return diagnostics
      .map(({ message, range }) => ({ text: textOf(message), line: range.start.line + 1 }))
      .filter(({ text }) => !FALSE_ALARMS.some((pattern) => pattern.test(text)))
      .map(({ text, line }) => `${file}:${line}: ${text} [language service]`);
  });
  return (await Promise.all(found)).flat();
}
