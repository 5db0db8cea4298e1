/** Sends the requests of the demonstration and shows what came of them. */
import { randomUUID } from "node:crypto";
import Table from "cli-table3";
import pc from "picocolors";
import { requestOverHttp1 } from "../client/http1.ts";
import type { DemoGroup, DemoRequest } from "./demo-requests.ts";
import { describeSeen } from "./expectation.ts";
import type { Upstreams } from "./upstreams.ts";

/** Milliseconds after which a request without an answer is given up. */
const PATIENCE = 10_000;

const COLUMNS = ["request", "expected", "got", "the upstream saw"];

/** Prints a table of all requests, and answers whether all went as expected. `port`: the waypoint's. */
export async function showRequests(groups: DemoGroup[], port: number, upstreams: Upstreams): Promise<boolean> {
  const table = new Table({ head: COLUMNS.map(pc.bold), style: { head: [], border: [], compact: true } });
  let asExpected = true;
  for (const { title, requests } of groups) {
    table.push([{ colSpan: COLUMNS.length, content: pc.bold(title) }]);
    for (const request of requests) {
      const { problem, row } = await send(request, port, upstreams);
      asExpected &&= problem === undefined;
      table.push(row);
    }
  }
  console.log(table.toString());
  return asExpected;
}

async function send({ name, request, expected, check }: DemoRequest, port: number, upstreams: Upstreams) {
  const id = randomUUID();
  const headers = [...(request.headers ?? []), ["x-request-id", id] as const];
  const answer = await requestOverHttp1(port, { authority: "reviews", ...request, headers, abortAfter: PATIENCE });
  const seen = upstreams.seen(id);
  const problem = check(answer, seen);
  const got = answer.status === 200 ? "200" : `${answer.status} ${answer.body}`;
  const shown = problem === undefined ? pc.green(got) : pc.red(`${got} (${problem})`);
  return { problem, row: [`  ${name}`, expected, shown, describeSeen(seen)] };
}
