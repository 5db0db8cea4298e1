/** What docs/authz.md shows is so: its recipes, counters and log lines. */
import { beforeAll, describe, expect, it } from "vitest";
import { EnvoyHost, loadModule, type Exchange, type FilterModule } from "../host/index.ts";
import { Reader } from "../schema/judges.ts";
import { configurations } from "./configurations.ts";
import { page } from "./pages.ts";

const authzPage = page("docs/authz.md");
const { prose, text } = authzPage;

interface Config {
  policies: { name: string }[];
}

/** Configurations of the page, by the names of their policies. */
const byPolicies = new Map(
  configurations(authzPage).map(({ config }) => [
    (config as Config).policies.map(({ name }) => name).join(", "),
    config,
  ]),
);

let module: FilterModule;
let reader: Reader;
beforeAll(async () => {
  module = await loadModule("build/authz.wasm");
  reader = await Reader.load("authz");
});

interface Asked {
  method?: string;
  path?: string;
  /** Of `cluster.local`: `<namespace>/<service account>`. */
  caller?: string;
  claims?: object;
  source?: string;
}

function hostWith(policies: string): EnvoyHost {
  const host = new EnvoyHost({ logLevel: "info" });
  host.addFilter({ name: "bookinfo.authz", module, configuration: JSON.stringify(byPolicies.get(policies)) });
  return host;
}

function ask(host: EnvoyHost, { caller, claims, source = "10.0.0.1:1", ...init }: Asked): Exchange {
  const [namespace = "", account = ""] = caller?.split("/") ?? [];
  const connection = host.connection({
    source,
    filterState: {
      ...(caller !== undefined && {
        "io.istio.peer_principal": `spiffe://cluster.local/ns/${namespace}/sa/${account}`,
      }),
      ...(claims !== undefined && { "wasm.waypost_jwt_payload": JSON.stringify(claims) }),
    },
  });
  return host.request({ ...init, connection });
}

describe("recipes", () => {
  const reader1 = "bookinfo/productpage";
  const issuer = { iss: "https://issuer.example.com", sub: "alice" };

  it.each<[policies: string, asked: Asked, status: number]>([
    ["readers, admin", { path: "/reviews/1", caller: reader1, claims: { groups: ["admin"] } }, 200],
    ["readers, admin", { path: "/reviews/1", caller: "bookinfo/details" }, 403],
    ["readers, admin", { path: "/admin", caller: reader1 }, 403],
    ["only-these", { path: "/public/a" }, 200],
    ["only-these", { path: "//admin" }, 403],
    ["readers", { caller: reader1 }, 200],
    ["readers", { caller: reader1, method: "POST" }, 403],
    ["readers", { caller: "bookinfo/details" }, 403],
    ["mesh, admin", { path: "/", caller: "any/one" }, 200],
    ["mesh, admin", { path: "/" }, 403],
    ["mesh, admin", { path: "/admin/x", caller: "any/one" }, 403],
    ["mesh, admin", { path: "/admin/x", caller: "any/one", claims: { realm_access: { roles: ["admin"] } } }, 200],
    ["read, write", { claims: issuer }, 200],
    ["read, write", { claims: { ...issuer, iss: "https://other.example.com" } }, 403],
    ["read, write", { method: "PUT", claims: issuer }, 403],
    ["read, write", { method: "PUT", claims: { ...issuer, scope: "items.read items.write" } }, 200],
    ["namespace, accounts", { caller: "bookinfo/details" }, 200],
    ["deletions", { method: "DELETE" }, 200],
    ["office", { caller: "istio-ingress/gateway", source: "192.0.2.7:1" }, 200],
    ["office", { caller: "istio-ingress/gateway", source: "198.51.100.1:1" }, 403],
    ["office", { caller: "any/one", source: "192.0.2.7:1" }, 403],
  ])("%s: %j is answered with %i", (policies, asked, status) => {
    expect(ask(hostWith(policies), asked).response?.status).toBe(status);
  });

  it("a shadow policy says what it would do", () => {
    const host = hostWith("namespace, accounts");
    const shadow = (caller: string) => ask(host, { caller }).filterState["wasm.waypost_authz_shadow"];
    expect([shadow("bookinfo/ratings"), shadow("bookinfo/details")]).toEqual([undefined, "none"]);
  });

  it("a deletion is named for access logs", () => {
    const { filterState } = ask(hostWith("deletions"), { method: "DELETE" });
    expect(filterState["wasm.waypost_authz_audit"]).toBe("ns[bookinfo]-policy[deletions]-rule[0]");
  });
});

it("counters are those that there are", () => {
  const policies = ["ALLOW", "DENY", "AUDIT"].flatMap((action) =>
    ["ENFORCE", "SHADOW"].map((mode) => ({ name: `${action}-${mode}`.toLowerCase(), action, mode, rules: [{}] })),
  );
  const host = new EnvoyHost({ workers: 0 });
  host.addFilter({ name: "default.authz", module, configuration: JSON.stringify({ policies }) });
  const names = [...host.stats.counters.keys()].map((name) => /waypost_authz_\w+/.exec(name)?.[0]);
  const documented = [...prose.matchAll(/^\| `(waypost_authz_\w+)`/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual([...new Set(names)].sort());
});

it("log lines are those that are shown", () => {
  const host = hostWith("readers, admin");
  ask(host, { path: "/admin" });
  ask(host, { path: "/" });
  const logged = host.logs.map(({ message }) => message).filter((message) => message.startsWith("denied"));
  expect(logged).toEqual(["denied: ns[bookinfo]-policy[admin]-rule[0]", "denied: no ALLOW policy matches"]);
  expect(text).toContain("`denied: no ALLOW policy matches`");
  const misspelt = { policies: [{ name: "a", rules: [{ from: [{ source: { principal: ["a"] } }] }] }] };
  const [problem = ""] = reader.problems(misspelt).filter((told) => told.includes("unknown field"));
  expect(text).toContain(`\`configuration: ${problem}\``);
});
