/** Services that a filter calls, as scenarios describe them: they answer by script, hang, break off, or are not there. */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { AnswerScript } from "../../host-tests/scenario/answers.ts";
import type { ServiceAnswer, ServiceDescription } from "../../host-tests/scenario/format.ts";
import { milliseconds } from "../../host-tests/scenario/time.ts";
import type { Address } from "../config/index.ts";
import { pairs } from "../pairs.ts";
import { listen } from "./detect.ts";

/** A service in one of the ways in which it can be there, or not. */
export interface ScriptedService {
  /** Where it is reached: what its cluster has as endpoints. Empty: a cluster without hosts. */
  endpoints: readonly Address[];
  /** Method and path of each request that came, in order. */
  requests: readonly string[];
  /** Takes the answers once they are known: an answer may name the address of its own service. */
  answer: (answers: readonly ServiceAnswer[]) => void;
  stop: () => Promise<void>;
}

export async function startService({ reach }: ServiceDescription): Promise<ScriptedService> {
  switch (reach) {
    case "none":
      return { endpoints: [], requests: [], answer: () => {}, stop: async () => {} };
    case "refuse":
      return refusing();
    case undefined:
      return answering();
  }
}

async function answering(): Promise<ScriptedService> {
  let script = new AnswerScript();
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    const path = request.url ?? "";
    requests.push(`${request.method} ${path}`);
    request.resume();
    request.on("end", () => void give(script.next(path, pairs(request.rawHeaders)), request, response));
  });
  const { port, close } = await listen(server);
  return {
    endpoints: [{ host: "127.0.0.1", port }],
    requests,
    answer: (answers) => (script = new AnswerScript(answers)),
    stop: close,
  };
}

async function give(answer: ServiceAnswer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status = 200, headers = [], body = "", delay, fault } = answer;
  if (delay !== undefined) await sleep(milliseconds(delay));
  if (fault === "hang") return;
  if (fault === "reset") {
    request.socket.destroy();
    return;
  }
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.writeHead(status).end(body);
}

/**
 * An address that refuses connections and stays so: a connection of our own has its port, so nobody can listen there
 * meanwhile.
 */
async function refusing(): Promise<ScriptedService> {
  const { port, close } = await listen(net.createServer());
  const holder = net.connect(port, "127.0.0.1");
  await new Promise<void>((resolve, reject) => {
    holder.once("connect", resolve);
    holder.once("error", reject);
  });
  holder.on("error", () => holder.destroy());
  return {
    endpoints: [{ host: "127.0.0.1", port: holder.localPort ?? 0 }],
    requests: [],
    answer: () => {},
    stop: async () => {
      holder.destroy();
      await close();
    },
  };
}
