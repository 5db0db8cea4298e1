import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { autocannonLoad, findLoadGenerator, type Load } from "../../bench/load.ts";

const TOKENS = ["t0", "t1"];
const PATHS = ["/0", "/1", "/2", "/3", "/4", "/5"];

let server: Server;
let folder: string;
let status = 200;
const seen = new Set<string>();

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "waypost-bench-"));
  status = 200;
  seen.clear();
  server = createServer(({ url = "", headers }, response) => {
    seen.add(`${url} ${headers.authorization ?? ""} ${String(headers["x-tenant"])}`);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  server.closeAllConnections();
  server.close();
});

function load(): Load {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    tokens: TOKENS,
    paths: PATHS,
    headers: { "x-tenant": "a" },
    first: 3,
    connections: 2,
    seconds: 1,
    folder,
  };
}

/** Whichever this machine has, and the one that every machine has. */
const generators = [findLoadGenerator(), autocannonLoad];

test.each(generators)("$name sends tokens and paths in turn, with the headers", async (generator) => {
  expect(await generator.run(load())).toBeGreaterThan(PATHS.length);
  expect([...seen].sort()).toEqual(PATHS.map((each, index) => `${each} Bearer t${index % 2} a`));
});

test.each(generators)("$name fails when an answer is no success", async (generator) => {
  status = 503;
  await expect(generator.run(load())).rejects.toThrow("requests to http://127.0.0.1");
});
