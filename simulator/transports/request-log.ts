/** One request as recorded; it never holds the token. */
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
  /** Whether the API processed it. */
  processed: boolean;
  /** The status that the caller got, if it got one. */
  status?: number;
  /** The fault or faults that applied to it. */
  fault?: string;
  /** Which connection it came on, from 1 (over sockets only). */
  connection?: number;
  /** Why it ended without a complete response (in one process only). */
  failure?: string;
}
