/** One request as it was seen; it never holds the token. */
export interface RequestRecord {
  /** From 1. */
  readonly n: number;
  /** When it was sent or received: virtual epoch milliseconds. */
  readonly at: number;
  readonly method: string;
  /** With query, relative to the origin. */
  readonly path: string;
  readonly body: string;
  /** Whether it carried a valid token. */
  readonly authorized: boolean;
  /** Whether the API acted on it. */
  processed: boolean;
  /** What the caller was answered, where it was answered with a status. */
  status?: number;
  /** The fault or faults that met it. */
  fault?: string;
  /** How it ended without a whole answer (in one process only). */
  failure?: string;
}
