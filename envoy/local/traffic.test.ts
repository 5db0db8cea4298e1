import { expect, it } from "vitest";
import { demoRequests, type DemoRequest } from "./demo-requests.ts";
import type { DemoTokens } from "./demo-users.ts";
import { type CallersRequest, trafficRequest } from "./traffic.ts";

const NAMES = ["alice", "aliceRs256", "bob", "dave", "tess", "expired", "wrongIssuer", "wrongAudience", "tampered"];
const TOKENS = Object.fromEntries(NAMES.map((name) => [name, name])) as unknown as DemoTokens;

it("mixes the requests of the demonstration: most pass, 1 in 20 is refused, 1 in 50 fails", () => {
  const all = demoRequests(TOKENS).flatMap(({ requests }) => requests);
  const refused = all.filter(({ passes }) => !passes);
  const key = ({ from = "productpage", request }: DemoRequest | CallersRequest) => {
    const headers = request.headers?.filter(([name]) => !name.startsWith("x-fault-"));
    return JSON.stringify([from, request.method, request.path, headers]);
  };
  const sent = Array.from({ length: 1_000 }, (_, number) => trafficRequest(number, all));
  const isRefused = new Set(refused.map(key));
  expect(sent.filter((request) => isRefused.has(key(request)))).toHaveLength(50);
  expect(sent.filter(({ request }) => request.headers?.some(([name]) => name === "x-fault-status"))).toHaveLength(20);
  expect(new Set(sent.map(key))).toEqual(new Set(all.map(key)));
});
