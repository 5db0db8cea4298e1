/** Ends what was started: a failure of one must leave no other running, which would keep the process alive. */

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
