/** Load generators: they send requests over kept-alive connections, each as soon as the one before is answered. */
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import autocannon from "autocannon";
import { runCommand } from "../envoy/run-command.ts";

export interface Load {
  /** Without a path. */
  url: string;
  /** Bearer tokens and paths; each sent in turn, over all connections. */
  tokens: readonly string[];
  paths: readonly string[];
  /** Beside the token. */
  headers: Readonly<Record<string, string>>;
  /** Number of the request that is sent first. */
  first: number;
  connections: number;
  /** Whole seconds. */
  seconds: number;
  /** For files of the generator. */
  folder: string;
}

export interface LoadGenerator {
  /** Name, and version where it tells. */
  name: string;
  /** Gives the number of answers. Rejects when one is no success: that was not what is being measured. */
  run(load: Load): Promise<number>;
}

interface Counts {
  requests: number;
  failed: number;
}

/** wrk where there is one: it leaves most of the processor to Envoy. Else autocannon, in this process. */
export function findLoadGenerator(): LoadGenerator {
  // wrk prints its version, and then fails for want of a URL.
  const { stdout } = spawnSync("wrk", ["--version"], { encoding: "utf8" });
  const version = /^wrk (\S+)/.exec(stdout)?.[1];
  if (version !== undefined) return { name: `wrk ${version}`, run: (load) => checked(load, runWrk(load)) };
  return autocannonLoad;
}

export const autocannonLoad: LoadGenerator = {
  name: "autocannon",
  run: (load) => checked(load, runAutocannon(load)),
};

async function checked({ url }: Load, counts: Promise<Counts>): Promise<number> {
  const { requests, failed } = await counts;
  if (failed > 0) throw new Error(`${failed} of ${requests} requests to ${url} failed`);
  if (requests === 0) throw new Error(`no request to ${url} was answered`);
  return requests;
}

async function runWrk(load: Load): Promise<Counts> {
  const { url, connections, seconds, folder } = load;
  const script = path.join(folder, "load.lua");
  await writeFile(script, wrkScript(load));
  const args = ["--threads=1", `--connections=${connections}`, `--duration=${seconds}s`, `--script=${script}`, url];
  const output = await runCommand("wrk", args, { timeout: (seconds + 30) * 1_000 });
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as Counts;
}

/** Builds each request once; wrk itself would do so for a single one only. */
function wrkScript({ tokens, paths, headers, first }: Load): string {
  const fields = Object.entries(headers).map(
    ([name, value]) => `, [${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  return `
local tokens = { ${tokens.map((token) => JSON.stringify(token)).join(", ")} }
local paths = { ${paths.map((path) => JSON.stringify(path)).join(", ")} }
local requests = {}
local sent = ${first}

function init()
  for index = 1, math.max(#tokens, #paths) do
    local token, path = tokens[(index - 1) % #tokens + 1], paths[(index - 1) % #paths + 1]
    local headers = { Host = wrk.headers["Host"], authorization = "Bearer " .. token${fields.join("")} }
    requests[index] = wrk.format(nil, path, headers)
  end
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"requests":%d,"failed":%d}\\n', summary.requests, failed))
end
`;
}

async function runAutocannon({ url, tokens, paths, headers, first, connections, seconds }: Load): Promise<Counts> {
  let sent = first;
  const setupRequest = (request: autocannon.Request): autocannon.Request => {
    const token = tokens[sent % tokens.length] ?? "";
    const path = paths[sent % paths.length] ?? "/";
    sent++;
    return { ...request, path, headers: { ...request.headers, ...headers, authorization: `Bearer ${token}` } };
  };
  const result = await autocannon({ url, connections, duration: seconds, requests: [{ setupRequest }] });
  return { requests: result["2xx"] + result.non2xx, failed: result.non2xx + result.errors };
}
