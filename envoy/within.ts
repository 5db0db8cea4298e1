/** Limits to waiting: a test that waits for ever does not say what for. */

/**
 * Waits for `work`, at most so many milliseconds.
 *
 * Rejects with an Error that names `what` was waited for; the work itself goes on.
 */
export async function within<T>(limit: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${limit / 1_000} s for ${what}`)), limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
