import { type Recording, fieldsOf, isOk, jsonOf } from './recording.ts';

/** Fields whose texts name an account, its servers or its snapshots. */
const PRIVATE = new Set(['name', 'hostname', 'ip_address', 'email', 'uuid', 'id', 'username', 'company']);
/** Shorter texts would blank out words that the report needs. */
const SHORTEST = 4;

/** Everything that a report must not hold, longest first. */
export function secretsOf({ exchanges, facts }: Recording, tokens: readonly string[]): readonly string[] {
  const { host, hostname } = new URL(facts.origin);
  const found = new Set<string>([...tokens, host, hostname]);
  for (const exchange of exchanges) if (isOk(exchange)) collect(jsonOf(exchange), found);
  // A field or a word of the API is no secret, whatever a server is called.
  return [...found]
    .filter((text) => text.length >= SHORTEST && !/^(active|stopped|suspended|restoring)$/.test(text))
    .toSorted((one, other) => other.length - one.length);
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value as readonly unknown[]) collect(item, found);
  for (const [name, field] of Object.entries(fieldsOf(value) ?? {})) {
    if (PRIVATE.has(name) && (typeof field === 'string' || typeof field === 'number'))
      found.add(String(field));
    else collect(field, found);
  }
}

/** The text without tokens, addresses and names. */
export function redact(text: string, secrets: readonly string[]): string {
  return secrets
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
    .replace(/\bvps_[A-Za-z0-9_-]{8,}/g, '…')
    .replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, '…')
    .replace(/[\w.+-]+@[\w-]+\.[\w.-]+/g, '…');
}
