/** What a health check runs: no image but ours needs a shell or a client of HTTP. */

/** Milliseconds; a health check's own limit is longer. */
const PATIENCE = 2_000;

/** Asks each of these URLs. Rejects with an Error that says why when an answer is not of the 200s. */
export async function probe(urls: readonly string[]): Promise<string> {
  await Promise.all(urls.map(ask));
  return "";
}

async function ask(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) }).catch((error: unknown) => {
    const { cause, message } = error as Error;
    throw new Error(`${url}: ${cause instanceof Error ? cause.message : message}`);
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
}
