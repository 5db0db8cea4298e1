/** What the tests of header-router in Envoy share: the plugin, an upstream that shows what arrived, and requests. */
import path from "node:path";
import type { Answer, Request } from "../client/answer.ts";
import { requestOverHttp1 } from "../client/http1.ts";
import { wasmFilter, type HttpFilter } from "../config/index.ts";
import type { Echo } from "../services/echo.ts";

/** Name of chain and cluster of the service. */
export const SERVICE = "inbound-vip|80|http|reviews.default.svc.cluster.local";

/** Header of answers, set by Envoy's routes: the address of the endpoint that answered. */
export const ENDPOINT = "x-endpoint";

/** What puts it there. */
export const SHOW_ENDPOINT = {
  response_headers_to_add: [{ header: { key: ENDPOINT, value: "%UPSTREAM_REMOTE_ADDRESS%" } }],
};

/** header-router with these routes. */
export function headerRouter(routes: readonly object[], more: object = {}): HttpFilter {
  return wasmFilter({
    name: "default.header-router",
    file: path.resolve("build/header-router.wasm"),
    configuration: JSON.stringify({ routes, ...more }),
  });
}

/** What came of a request. */
export interface Outcome {
  status: number;
  body: string;
  /** First value of a header of the answer. */
  header: (name: string) => string | undefined;
  /** What the upstream got; undefined: nothing. */
  upstream: { path: string; header: (name: string) => string | undefined } | undefined;
}

/** Sends a request over HTTP/1.1. */
export async function send(port: number, request: Partial<Request> = {}): Promise<Outcome> {
  const answer = await requestOverHttp1(port, { method: "GET", path: "/", authority: "reviews", ...request });
  return { ...answer, header: (name) => first(answer.headers, name), upstream: upstreamOf(answer) };
}

function upstreamOf({ body }: Answer): Outcome["upstream"] {
  if (!body.startsWith("{")) return undefined;
  const { path: arrived, headers } = JSON.parse(body) as Echo;
  return { path: arrived, header: (name) => first(headers, name) };
}

function first(headers: readonly (readonly [string, string])[], wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1];
}
