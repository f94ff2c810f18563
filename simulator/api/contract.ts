import { readFileSync } from 'node:fs';

/** The variable that names the file; everything that starts a simulated API obeys it. */
const VARIABLE = 'VPS_CONTRACT';

/** A `contract.json` that cannot be read; the message says why. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}

/** Lets every simulated API of this process, and of those that it starts, begin with what `npm run contract` has seen. */
export function useContract(file: string | undefined): void {
  if (file === undefined) return;
  readContractFile(file);
  process.env[VARIABLE] = file;
}

/** What `npm run contract` has seen of the live API, as switches by name; nothing without a file. */
export function contractSwitches(): unknown {
  const file = process.env[VARIABLE] ?? '';
  return file === '' ? {} : readContractFile(file);
}

const files = new Map<string, unknown>();

function readContractFile(file: string): unknown {
  const known = files.get(file);
  if (known !== undefined) return known;
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ContractError(`the contract ${file} cannot be read: ${reason}`, { cause: error });
  }
  const switches = (parsed as { readonly switches?: unknown } | null)?.switches;
  if (typeof switches !== 'object' || switches === null)
    throw new ContractError(`the contract ${file} has no "switches"`);
  files.set(file, switches);
  return switches;
}
