/**
 * Requests at a fixed rate, whether those before are answered or not, for latencies: a client that waits for each answer would
 * ask a slow server less often, and hide what it is slow with. (autocannon sends all of a second's requests at its start.)
 */
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface OpenLoad {
  /** Without a path; requests go to each in turn. */
  urls: readonly string[];
  path: string;
  headers: Readonly<Record<string, string>>;
  /** Requests a second, in equal intervals. */
  rate: number;
  seconds: number;
}

/** The first ones open connections, which others find open. */
const UNCOUNTED = 0.2;

/** Milliseconds of each request from its first byte to its answer's last. Rejects when one is not answered with 200. */
export async function openLoad({ urls, path, headers, rate, seconds }: OpenLoad): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true });
  const total = Math.round(rate * seconds);
  const sent: Promise<number>[] = [];
  const start = performance.now();
  try {
    while (sent.length < total) {
      const early = start + (sent.length * 1_000) / rate - performance.now();
      if (early > 0) await sleep(early);
      const answer = latencyOf(`${urls[sent.length % urls.length] ?? ""}${path}`, headers, agent);
      // Looked at below, when all are sent.
      answer.catch(() => {});
      sent.push(answer);
    }
    return (await Promise.all(sent)).slice(total * UNCOUNTED);
  } finally {
    agent.destroy();
  }
}

function latencyOf(url: string, headers: OpenLoad["headers"], agent: http.Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const request = http.get(url, { agent, headers }, (response) => {
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(performance.now() - begun);
        else reject(new Error(`${url} is answered with ${response.statusCode ?? 0}; expected 200`));
      });
      response.resume();
    });
    request.on("error", reject);
  });
}
