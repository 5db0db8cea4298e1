/** Says what is going on when it takes longer than a second. */
export async function step<T>(what: string, action: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => console.log(`${what} ...`), 1_000);
  try {
    return await action();
  } finally {
    clearTimeout(timer);
  }
}
