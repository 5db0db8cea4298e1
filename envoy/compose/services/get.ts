/** A small client, for requests from inside a container whose image has none. */
import http, { type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";

/** Milliseconds. */
const PATIENCE = 10_000;

/** Sends a request and gives the answer as `curl -i` prints it. Rejects with an Error when there is none. */
export async function get(args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { header: { type: "string", short: "H", multiple: true }, request: { type: "string", short: "X" } },
    allowPositionals: true,
  });
  const [url, ...rest] = positionals;
  if (url === undefined || rest.length > 0) throw new Error("get [-X <method>] [-H '<name>: <value>']... <url>");
  const response = await answerOf(url, values.request ?? "GET", values.header ?? []);
  const { httpVersion, statusCode, statusMessage, rawHeaders } = response;
  const lines = [`HTTP/${httpVersion} ${statusCode} ${statusMessage}`];
  for (let index = 0; index < rawHeaders.length; index += 2)
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  return `${lines.join("\n")}\n\n${await text(response)}`;
}

function answerOf(url: string, method: string, headers: readonly string[]): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, signal: AbortSignal.timeout(PATIENCE) }, resolve);
    for (const header of headers) {
      const [name = "", ...value] = header.split(":");
      request.appendHeader(name.trim(), value.join(":").trim());
    }
    request.on("error", reject).end();
  });
}
