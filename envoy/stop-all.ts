/** Ends what was started: a failure of one must leave no other running, which would keep the process alive. */

/** Milliseconds for what ends by itself, and for output that is on its way. */
const GRACE = 1_000;

/** Ends these one after the other, whatever becomes of each. Rejects with the first error when all are done. */
export async function stopAll(stops: readonly (() => unknown)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const stop of stops) {
    try {
      await stop();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/**
 * For the end of a program: ends the process, with the exit code that it has, even if something that did not stop would keep it.
 * Processes that the harness started end with it.
 */
export function endSoon(): void {
  setTimeout(() => process.exit(), GRACE).unref();
}
