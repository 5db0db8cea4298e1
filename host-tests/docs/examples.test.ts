/** What the documentation shows is so: tables, code, and what crosses the border of the VM. */
import { generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { PAGES, withFieldTables, type Schema } from "../../cli/docs/fields.mjs";
import { compileSource } from "../cli/compile-source.ts";
import { EnvoyHost, loadModule } from "../host/index.ts";
import { rule } from "../schema/jwt-auth-corpus.ts";
import { page, root } from "./pages.ts";

it.each(PAGES)("$page has the tables of its schema; `node cli/docs/fields.mjs` writes them", async (names) => {
  const schema = JSON.parse(readFileSync(path.join(root, names.schema), "utf8")) as Schema;
  const { text } = page(names.page);
  expect(text).toBe(await withFieldTables(text, schema));
});

it("the filter of the README compiles, and does what it says", async () => {
  const source = page("README.md").blocks.find(({ language }) => language === "ts")?.code ?? "";
  const { wasm, said } = await compileSource(source);
  expect(wasm, said).toBeDefined();
  const seen: (string | undefined)[] = [];
  const host = new EnvoyHost({
    upstream: ({ headers }) => {
      seen.push(headers.get("x-hello"));
      return {};
    },
  });
  host.addFilter({ name: "default.hello", module: await loadModule(wasm!) });
  host.request();
  expect(seen).toEqual(["waypoint"]);
});

it("docs/jwt-auth.md names the counters that there are, and reasons that exist", async () => {
  const host = new EnvoyHost({ workers: 0 });
  const module = await loadModule("build/jwt-auth.wasm");
  host.addFilter({ name: "default.jwt-auth", module, configuration: JSON.stringify(rule()) });
  const names = [...host.stats.counters.keys()];
  const { prose } = page("docs/jwt-auth.md");
  const documented = [...prose.matchAll(/^\| `(waypost_jwt_\w+)`/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual([...new Set(names.map((name) => /waypost_jwt_\w+/.exec(name)?.[0]))].sort());
  const reasons = [...prose.matchAll(/\| 40[13] +\| `(\w+)`/g)].map(([, reason = ""]) => reason);
  expect(reasons.length).toBeGreaterThan(10);
  for (const reason of reasons) expect(names.some((name) => name.includes(`.tag.${reason};.`))).toBe(true);
});

it("a token seen before crosses the border of the VM as docs/architecture.md says", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = `${part({ alg: "ES256" })}.${part({ sub: "alice" })}`;
  const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
  const headers = { authorization: `Bearer ${input}.${signature.toString("base64url")}` };
  const jwks = { keys: [publicKey.export({ format: "jwk" })] };
  const host = new EnvoyHost({ trace: true, logLevel: "warn" });
  host.addFilter({
    name: "default.jwt-auth",
    module: await loadModule("build/jwt-auth.wasm"),
    configuration: JSON.stringify({
      jwtRules: [{ jwks, outputClaimToHeaders: [{ header: "x-jwt-sub", claim: "sub" }] }],
    }),
  });
  host.request({ headers });
  const start = host.trace.length;
  host.request({ headers });
  expect(host.trace.slice(start).flatMap(crossing)).toEqual(documentedCrossings("jwt-auth"));
});

it("a request whose labels were seen before crosses the border of the VM as docs/architecture.md says", async () => {
  const host = new EnvoyHost({ trace: true, logLevel: "warn" });
  const configuration = JSON.stringify({ operations: [{ name: "all", match: [{}] }] });
  host.addFilter({ name: "default.l7-metrics", module: await loadModule("build/l7-metrics.wasm"), configuration });
  host.request();
  const start = host.trace.length;
  host.request();
  expect(host.trace.slice(start).flatMap(crossing)).toEqual(documentedCrossings("l7-metrics"));
});

/** What a line of the trace calls: a callback that the host enters, or a hostcall; nothing where a callback returns. */
function crossing(line: string): string[] {
  const name = /^(?:worker 0 →| ) (proxy_\w+)/.exec(line)?.[1];
  return name === undefined ? [] : [name];
}

/** The names in the table of a filter's section, row by row. */
function documentedCrossings(filter: string): string[] {
  const { prose } = page("docs/architecture.md");
  const [, section = ""] = prose.split(`## The way of a request through ${filter}\n`);
  const table = /\| Envoy calls[^]*?\n\n/.exec(section)?.[0] ?? "";
  const rows = table.split("\n").map((row) => row.split("|").slice(1, 3));
  return rows.flatMap((cells) => cells.flatMap((cell) => /`(proxy_\w+)`/.exec(cell)?.[1] ?? []));
}
