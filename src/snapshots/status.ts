/**
 * What a snapshot's status word means (`docs/how-it-works/waiting.md`, "Status words"). This is the one place that
 * knows the words.
 */
export type Meaning = 'completed' | 'failed' | 'pending';

/** The API's two documented words. */
export const COMPLETED = 'completed';
export const IN_PROGRESS = 'in_progress';

const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  [COMPLETED, 'completed'],
  ['failed', 'failed'],
  ['error', 'failed'],
  ['errored', 'failed'],
  ['cancelled', 'failed'],
  ['canceled', 'failed'],
  ['deleted', 'failed'],
]);

/**
 * The API documents two words only and none for a failure, so every other word is progress: a word nobody knows must
 * become neither success nor failure.
 */
export function meaningOf(status: string): Meaning {
  return MEANINGS.get(status.trim().toLowerCase()) ?? 'pending';
}

interface WithStatus {
  readonly status: string;
}

export function isCompleted({ status }: WithStatus): boolean {
  return meaningOf(status) === 'completed';
}

export function isFailed({ status }: WithStatus): boolean {
  return meaningOf(status) === 'failed';
}

export function isPending({ status }: WithStatus): boolean {
  return meaningOf(status) === 'pending';
}

const DELETION =
  /(^|[^a-z])((pending)?(delet(e|ing|ion)|remov(e|ing|al)|destroy(ing)?)|being[^a-z]+(deleted|removed))(?![a-z])/;
const DENIAL = /(^|[^a-z])(no|not|fail|failed|failure|err|error)(?![a-z])/;

/**
 * A state that says that the snapshot is on its way out, such as `deleting`, `being_deleted` or `pending_deletion`: it
 * holds a slot, and nobody works on it. `deleted` is a failure, and `delete_failed` says nothing of the kind.
 */
export function isBeingDeleted({ status }: WithStatus): boolean {
  const word = status.trim().toLowerCase();
  return DELETION.test(word) && !DENIAL.test(word);
}

/** Two words that say the same but for a count: `creating 41%` and `creating 42%` are one line of a log. */
export function isSameWord(one: string, other: string): boolean {
  const plain = (word: string): string => word.replace(/\d+([.,]\d+)?\s*%?/g, '').trim();
  return plain(one) === plain(other);
}
