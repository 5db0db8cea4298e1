/** Sends the requests of the demonstration and shows what came of them. */
import { randomUUID } from "node:crypto";
import Table from "cli-table3";
import pc from "picocolors";
import type { CallerName } from "../bookinfo/topology.ts";
import { requestOverHttp1 } from "../client/http1.ts";
import type { DemoGroup, DemoRequest } from "./demo-requests.ts";
import { describeSeen, type Seen } from "./expectation.ts";

/** Milliseconds after which a request without an answer is given up. */
const PATIENCE = 10_000;

const COLUMNS = ["request", "expected", "got", "the pod saw"];

/** The mesh that requests go through. */
export interface Way {
  /** Where a caller's requests to reviews go. */
  port: (caller: CallerName) => number;
  /** The request with this `x-request-id`, if a pod got it. */
  seen: (id: string) => Seen | undefined;
}

/** Prints a table of all requests, and answers whether all went as expected. */
export async function showRequests(groups: DemoGroup[], way: Way): Promise<boolean> {
  const table = new Table({ head: COLUMNS.map(pc.bold), style: { head: [], border: [], compact: true } });
  let asExpected = true;
  for (const { title, requests } of groups) {
    table.push([{ colSpan: COLUMNS.length, content: pc.bold(title) }]);
    for (const request of requests) {
      const { problem, row } = await send(request, way);
      asExpected &&= problem === undefined;
      table.push(row);
    }
  }
  console.log(table.toString());
  return asExpected;
}

async function send({ name, from = "productpage", request, expected, check }: DemoRequest, way: Way) {
  const id = randomUUID();
  const headers = [...(request.headers ?? []), ["x-request-id", id] as const];
  const whole = { authority: "reviews", ...request, headers, abortAfter: PATIENCE };
  const answer = await requestOverHttp1(way.port(from), whole);
  const seen = way.seen(id);
  const problem = check(answer, seen);
  const got = answer.status === 200 ? "200" : `${answer.status} ${answer.body}`;
  const shown = problem === undefined ? pc.green(got) : pc.red(`${got} (${problem})`);
  return { problem, row: [`  ${name}`, expected, shown, describeSeen(seen)] };
}
