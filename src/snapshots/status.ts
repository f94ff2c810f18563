/** What a snapshot's status word means for somebody who waits for it (design §3.3). */
export type Meaning = 'completed' | 'failed' | 'pending';

const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['completed', 'completed'],
  ['failed', 'failed'],
  ['error', 'failed'],
  ['errored', 'failed'],
  ['cancelled', 'failed'],
  ['canceled', 'failed'],
  ['deleted', 'failed'],
]);

/**
 * The API documents two words only and [?] none for a failure, so every other word is progress:
 * a word nobody knows must become neither success nor failure.
 */
export function meaningOf(status: string): Meaning {
  return MEANINGS.get(status.trim().toLowerCase()) ?? 'pending';
}
