/** Operations: which one a request is, that nobody but the configuration names them, and what a thousand of them cost. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigurationRefused, type HostOptions } from "../../host/index.ts";
import { Random } from "../../host/random.ts";
import { check } from "../../pure/property.ts";
import { MetricsHost, type MetricsRequest } from "./metrics-host.ts";

/** Filter state that names the operation. */
const OPERATION = "wasm.waypost_operation";

interface Operation {
  name?: unknown;
  match?: unknown;
}

class OperationsHost extends MetricsHost {
  constructor(operations: unknown, options: HostOptions = {}) {
    super({ operations }, options);
  }

  /** The operation that a request is; undefined: none. */
  operation(request: MetricsRequest): string | undefined {
    return this.request(request).filterState[OPERATION];
  }

  /** The operations that metrics were counted for. */
  counted(): string[] {
    const { counters, histograms } = this.host.stats;
    const names = [...counters.keys(), ...histograms.keys()];
    return [...new Set(names.flatMap((name) => /\.tag\.(.*?);\./.exec(name)?.[1] ?? []))].sort();
  }
}

function numbered<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const USERS: Operation[] = [
  { name: "get_user", match: [{ method: { exact: "GET" }, uri: { template: "/users/{id}" } }] },
  { name: "files", match: [{ uri: { template: "/users/{id}/files/{rest=**}" } }] },
  { name: "search", match: [{ uri: { exact: "/search" }, queryParams: { q: {} } }] },
  {
    name: "admin",
    match: [
      { uri: { prefix: "/admin/" }, claims: { groups: { exact: "admins" } } },
      { uri: { prefix: "/admin/" }, source: { namespaces: ["ops"] } },
    ],
  },
  { name: "get_user", match: [{ headers: { "x-user": {} } }] },
  { name: "shop", match: [{ authority: { exact: "shop.example" } }] },
];

describe("the operation of a request", () => {
  const operations = new OperationsHost(USERS);

  it.each<[string, MetricsRequest, string | undefined]>([
    ["method and template", { path: "/users/7" }, "get_user"],
    ["the query is no part of the path", { path: "/users/7?a=/b" }, "get_user"],
    ["one segment is not two", { path: "/users/7/x" }, undefined],
    ["another method", { method: "POST", path: "/users/7" }, undefined],
    ["any rest", { path: "/users/7/files/a/b.txt" }, "files"],
    ["a parameter of the query", { path: "/search?q=x" }, "search"],
    ["none of that name", { path: "/search?p=x" }, undefined],
    ["a claim", { path: "/admin/x", claims: { groups: ["users", "admins"] } }, "admin"],
    ["another claim", { path: "/admin/x", claims: { groups: ["users"] } }, undefined],
    ["the caller", { path: "/admin/x", principal: "spiffe://cluster.local/ns/ops/sa/tool" }, "admin"],
    ["another caller", { path: "/admin/x", principal: "spiffe://cluster.local/ns/shop/sa/tool" }, undefined],
    ["a second entry of one name", { path: "/x", headers: [["x-user", "7"]] }, "get_user"],
    ["the first that matches", { path: "/users/7", authority: "shop.example" }, "get_user"],
    ["the last", { path: "/", authority: "shop.example" }, "shop"],
    ["a target that is no path", { method: "OPTIONS", path: "*" }, undefined],
  ])("%s", (_, request, expected) => {
    expect(operations.operation(request)).toBe(expected);
  });

  it("is a label of the metrics, unknown where there is none", () => {
    expect(operations.counted()).toEqual(["admin", "files", "get_user", "search", "shop", "unknown"]);
  });

  it("is known whoever answers", () => {
    const unanswered = new OperationsHost(USERS, { upstream: () => ({ fault: "reset" }) });
    const exchange = unanswered.request({ path: "/users/7" });
    expect([exchange.response?.status, exchange.filterState[OPERATION]]).toEqual([503, "get_user"]);
  });
});

it("paths that an attacker makes up are no new operations", () => {
  const operations = new OperationsHost(USERS);
  const odd = fc.constantFrom(
    "..",
    ".",
    "%2e%2e",
    "%00",
    "{id}",
    "tag.x;.",
    ";",
    "=.=",
    "\u00e9",
    "a".repeat(5000),
    "",
  );
  const segment = fc.oneof(
    fc.constantFrom("users", "files", "admin", "search"),
    fc.stringMatching(/^[!-~]{0,12}$/),
    odd,
  );
  const path = fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join("/")}`);
  const method = fc.oneof(fc.constantFrom("GET", "POST", "get"), fc.stringMatching(/^[A-Z]{1,8}$/));
  check(1_000, [method, path], (someMethod, somePath) => {
    const operation = operations.operation({ method: someMethod, path: somePath });
    expect([undefined, "get_user", "files", "search"]).toContain(operation);
  });
  const before = operations.filter.memoryBytes();
  for (let index = 0; index < 2_000; index++) operations.operation({ path: `/users/${index}/${"x".repeat(index)}` });
  expect(operations.filter.memoryBytes()).toBe(before);
  expect(["files", "get_user", "search", "unknown"]).toEqual(expect.arrayContaining(operations.counted()));
});

describe("a thousand operations", () => {
  const SEED = 20_261_121;

  it("the first that matches is found, as by looking at each", () => {
    const random = new Random(SEED);
    const segments = ["a", "b", "c", "users"];
    const pick = (items: string[]) => items[random.below(items.length)] as string;
    const somePath = () => numbered(1 + random.below(4), () => `/${pick(segments)}`).join("");
    const models = numbered(1000, (index) => {
      const [start, method, isTemplate] = [somePath(), pick(["GET", "PUT", "POST"]), random.below(2) === 0];
      const user = `u${random.below(100)}`;
      const holds = (path: string, asked: string, caller: string) =>
        asked === method && caller === user && (isTemplate ? isBelow(start, path) : path.startsWith(start));
      const uri = isTemplate ? { template: `${start}/{id}` } : { prefix: start };
      const match = [{ method: { exact: method }, uri, headers: { "x-user": { exact: user } } }];
      return { name: `o${index}`, match, holds };
    });
    const operations = new OperationsHost(models.map(({ name, match }) => ({ name, match })));
    const found = new Set<string | undefined>();
    for (let count = 0; count < 1500; count++) {
      const [path, method, user] = [somePath(), pick(["GET", "PUT", "POST"]), `u${random.below(100)}`];
      const expected = models.find(({ holds }) => holds(path, method, user))?.name;
      const request: MetricsRequest = { method, path, headers: [["x-user", user]] };
      expect([SEED, request, operations.operation(request)]).toEqual([SEED, request, expected]);
      found.add(expected);
    }
    expect(found.size).toBeGreaterThan(20);
  });

  /** Whether `path` is a segment below `start`. */
  function isBelow(start: string, path: string): boolean {
    return (
      path.startsWith(`${start}/`) && path.length > start.length + 1 && !path.slice(start.length + 1).includes("/")
    );
  }

  /** Operations that look at the whole of a long path, if they are looked at, and a request that is the last of them. */
  function costly(count: number): { operations: Operation[]; request: MetricsRequest; last: string } {
    const operations = numbered(count, (index) => ({
      name: `o${index}`,
      match: [{ method: { exact: `M${index}` }, uri: { template: "/{long}/end" } }],
    }));
    const request = { method: `M${count - 1}`, path: `/${"a".repeat(50_000)}/end` };
    return { operations, request, last: `o${count - 1}` };
  }

  it("cost the hostcalls of one", () => {
    const calls = [1, 1000].map((count) => {
      const { operations, request } = costly(count);
      const host = new OperationsHost(operations, { trace: true });
      host.request(request);
      return host.crossings(request);
    });
    expect(calls[1]).toEqual(calls[0]);
    expect(calls[0]).toContain("proxy_get_header_map_pairs");
  });

  it("take hardly longer than one", () => {
    const [one, thousand] = [1, 1000].map((count) => {
      const { operations, request, last } = costly(count);
      const host = new OperationsHost(operations);
      expect(host.operation(request)).toBe(last);
      const times = numbered(9, () => {
        const start = performance.now();
        host.request(request);
        return performance.now() - start;
      });
      return times.sort((a, b) => a - b)[4] as number;
    }) as [number, number];
    expect(thousand / one).toBeLessThan(10);
  });
});

describe("problems", () => {
  /** What the log says of a configuration that is refused. */
  function problemsOf(operations: unknown): string[] {
    try {
      new OperationsHost(operations, { logLevel: "error" });
      return [];
    } catch (error) {
      if (!(error instanceof ConfigurationRefused)) throw error;
      const lines = error.logs.filter(({ plugin }) => plugin !== undefined);
      return lines.map(({ message }) => message.replace("configuration: ", ""));
    }
  }

  const match = [{ method: { exact: "GET" } }];

  it.each<[string, unknown, string[]]>([
    ["no list", {}, ["operations: must be a list of objects", "operations: at least one operation is needed"]],
    ["an empty list", [], ["operations: at least one operation is needed"]],
    [
      "too many",
      numbered(1001, (index) => ({ name: `o${index}`, match })),
      ["operations: must not have more than 1000 entries"],
    ],
    ["no name", [{ match }], ["operations[0].name: missing: a string is needed"]],
    ["an empty name", [{ name: "", match }], ["operations[0].name: must not be empty"]],
    ["a long name", [{ name: "é".repeat(65), match }], ["operations[0].name: must not be longer than 128 bytes"]],
    [
      "a control character",
      [{ name: "a\nb", match }],
      ["operations[0].name: must not have control characters, or spaces around it"],
    ],
    [
      "the name of no operation",
      [{ name: "unknown", match }],
      ["operations[0].name: must not be unknown or other: those are requests without an operation"],
    ],
    ["no match", [{ name: "a" }], ["operations[0].match: missing: a list is needed, [{}] for every request"]],
    [
      "an empty match",
      [
        { name: "a", match },
        { name: "b", match: [] },
      ],
      ["operations[1].match: must not be empty: [{}] is for every request"],
    ],
    [
      "a match that is none",
      [{ name: "a", match: [{ uri: { exact: "/users/{id}" }, sourceLabels: {}, metod: {} }] }],
      [
        "operations[0].match[0].sourceLabels: not supported: a waypoint does not know the labels of callers: use source, with principals, namespaces or serviceAccounts",
        "operations[0].match[0].uri.exact: has braces: a path template goes into template",
        "operations[0].match[0].metod: unknown field, did you mean method?",
      ],
    ],
    [
      "a placeholder that would be an attribute in header-router",
      [{ name: "a", match: [{ uri: { template: "/{path}" } }] }],
      ["operations[0].match[0].uri.template: {path}: cannot be the name of a capture"],
    ],
  ])("%s", (_, operations, expected) => {
    expect(problemsOf(operations)).toEqual(expected);
  });

  it("are none for a thousand operations, for one name twice, and for a match of every request", () => {
    expect(problemsOf(numbered(1000, (index) => ({ name: `o${index % 10}`, match })))).toEqual([]);
    expect(problemsOf([{ name: "a".repeat(128), match: [{}] }])).toEqual([]);
  });
});
