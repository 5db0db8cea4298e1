/** What several demos need. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Echo } from "../services/echo.ts";
import type { Reply } from "./demo.ts";

/** The text of `deploy/demos/<name>.yaml`. */
export function manifestText(name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`../../deploy/demos/${name}.yaml`, import.meta.url)), "utf8");
}

/**
 * A header with which a request arrived, as its pod says in the answer; undefined: without it.
 *
 * @throws an Error when no pod answered
 */
export function headerAtPod({ id, body, pod, status }: Reply, name: string): string | undefined {
  if (pod === undefined) throw new Error(`request ${id} did not reach a pod: ${status} ${body}`);
  const { request } = JSON.parse(body) as { request: Echo };
  return request.headers.find(([other]) => other.toLowerCase() === name)?.[1];
}

/** `authorization` for a token. */
export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
