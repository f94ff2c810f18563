import { isTransient, VpsError } from '../../vps/errors.ts';

/** What one look gave: an answer, or an outage that a later look may not meet. */
export type Attempt<T> = { readonly value: T } | { readonly outage: VpsError };

/** Asks once; an outage is an answer of its own, everything else that fails is thrown. */
export async function look<T>(ask: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (error instanceof VpsError && isTransient(error)) return { outage: error };
    throw error;
  }
}
