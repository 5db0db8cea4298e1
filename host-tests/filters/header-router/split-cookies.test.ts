/** The cookie that a split issues: its form, that it keeps its lane, and when it is left out. */
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { EnvoyHost, loadModule, type FilterOptions, type ReplyInit } from "../../host/index.ts";
import { SplitModule } from "./split-module.ts";

const LANES = [
  { name: "stable", weight: 70 },
  { name: "canary", weight: 30 },
];
const CONFIGURATION = {
  routes: [
    { name: "shop", split: { by: { cookie: "uid" }, issueCookie: { ttl: "90m", path: "/shop" }, lanes: LANES } },
  ],
};
const FORM = /^uid=([0-9a-f]{32}); Max-Age=5400; Path=\/shop; HttpOnly; SameSite=Lax$/;

const module = await loadModule("build/header-router.wasm");
const model = new SplitModule().lanes(LANES);

let host: EnvoyHost;
let reply: ReplyInit;

beforeEach(() => {
  reply = {};
  host = hostWith(CONFIGURATION);
});

function hostWith(configuration: object, seed = 1, options: Partial<FilterOptions> = {}): EnvoyHost {
  const host = new EnvoyHost({ seed, logLevel: "warn", upstream: () => reply });
  const plugin = { name: "default.header-router", module, configuration: JSON.stringify(configuration) };
  host.addFilter({ ...plugin, ...options });
  return host;
}

/** The lane that the upstream was told, and the cookies that the client got. */
function send(headers: Record<string, string> = {}): { lane: string | undefined; cookies: readonly string[] } {
  const { upstreamRequest, response } = host.request({ headers });
  return {
    lane: upstreamRequest?.headers.get("x-waypost-lane"),
    cookies: response?.headers.all("set-cookie") ?? [],
  };
}

/** The key in the one cookie. */
function keyOf(cookies: readonly string[]): string {
  expect(cookies).toHaveLength(1);
  return FORM.exec(cookies[0] ?? "")?.[1] ?? "";
}

describe("an issued cookie", () => {
  it("is the key from the request that it answers on", () => {
    const keys = new Set<string>();
    let canary = 0;
    for (let i = 0; i < 2_000; i++) {
      const { lane, cookies } = send();
      const key = keyOf(cookies);
      keys.add(key);
      expect(lane).toBe(model.choose(key, "shop"));
      if (lane === "canary") canary++;
      expect(send({ cookie: `a=b; uid=${key}` })).toEqual({ lane, cookies: [] });
    }
    expect(keys.size).toBe(2_000);
    // Five standard deviations around 600.
    expect(Math.abs(canary - 600)).toBeLessThan(103);
  });

  it("is another one in another proxy", () => {
    const first = keyOf(send().cookies);
    host = hostWith(CONFIGURATION, 2);
    expect(keyOf(send().cookies)).not.toBe(first);
  });

  it("takes the place of one that is empty or too long", () => {
    for (const value of ["", "a".repeat(4097)]) keyOf(send({ cookie: `uid=${value}` }).cookies);
  });

  it("is Secure where the client uses TLS", () => {
    const [cookie] = send({ "x-forwarded-proto": "https" }).cookies;
    expect(cookie).toMatch(/; SameSite=Lax; Secure$/);
  });

  it("stands beside other cookies of the upstream, and gives way to one of its name", () => {
    reply = { headers: [["set-cookie", "session=1; Path=/"]] };
    expect(send().cookies).toEqual(["session=1; Path=/", expect.stringMatching(FORM)]);
    reply = {
      headers: [
        ["set-cookie", "session=1"],
        ["set-cookie", "uid=mine; Path=/"],
      ],
    };
    expect(send().cookies).toEqual(["session=1", "uid=mine; Path=/"]);
  });

  it("is none where the proxy gives no random bytes, and there is no lane then", () => {
    const compiled = new WebAssembly.Module(readFileSync("build/header-router.wasm"));
    const names = [...WebAssembly.Module.imports(compiled), ...WebAssembly.Module.exports(compiled)].map(
      ({ name }) => name,
    );
    const allowedCapabilities = names.filter((name) => name !== "random_get");
    host = hostWith(CONFIGURATION, 1, { allowedCapabilities });
    expect(send()).toEqual({ lane: undefined, cookies: [] });
    expect(send({ cookie: "uid=alice" })).toEqual({ lane: model.choose("alice", "shop"), cookies: [] });
  });

  it("has the name, the time and the path that are given, or a month and the whole site", () => {
    const split = { by: { header: "x-user" }, lanes: LANES };
    host = hostWith({ routes: [{ name: "shop", split: { ...split, issueCookie: { name: "__Host-key" } } }] });
    const [cookie] = send().cookies;
    expect(cookie).toMatch(/^__Host-key=[0-9a-f]{32}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
  });
});

it("a lane by chance follows the weights, request by request", () => {
  host = hostWith({ routes: [{ name: "dice", split: { by: { random: {} }, lanes: LANES } }] });
  const lanes = Array.from({ length: 2_000 }, () => send().lane);
  const canary = lanes.filter((lane) => lane === "canary").length;
  const both = lanes.filter((lane, i) => lane === "canary" && lanes[i - 1] === "canary").length;
  expect(Math.abs(canary - 600)).toBeLessThan(103);
  expect(Math.abs(both - 180)).toBeLessThan(80);
});
