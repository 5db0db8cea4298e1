import { expect, it } from "vitest";
import { bootstrap, outerListener } from "../config/index.ts";
import { configurationFor } from "./older.ts";

interface State {
  object_key: string;
  factory_key?: string;
  format_string: { text_format_source: { inline_string: string } };
}

function callerOf(serviceAccount: string) {
  const principal = `spiffe://cluster.local/ns/default/sa/${serviceAccount}`;
  return outerListener(serviceAccount, "main_internal", {
    principal,
    destination: "10.0.0.1:80",
    source: "10.0.0.2:1",
  });
}

/** What a configuration says of filter state, and the addresses that keep connections apart. */
function statesFor(version: string, serviceAccount: string) {
  const config = bootstrap({ listeners: [callerOf(serviceAccount)], clusters: [] });
  const states: State[] = [];
  JSON.stringify(configurationFor(version, config), (_key, value: unknown) => {
    if (typeof value === "object" && value !== null && "object_key" in value) states.push(value as State);
    return value;
  });
  const hash = states.find(({ object_key }) => object_key === "io.istio.peer_principal.hash");
  return {
    factories: states.map((state) => state.factory_key),
    hash: hash?.format_string.text_format_source.inline_string,
  };
}

it("leaves a configuration for 1.38 and later as it is", () => {
  const config = bootstrap({ listeners: [callerOf("sleep")], clusters: [] });
  expect(configurationFor("1.38.2", config)).toBe(config);
  expect(statesFor("1.40.0", "sleep").factories).toContain("envoy.hashable_string");
});

it("names no runtime guard that a version does not know: it would report a bug", () => {
  const config = bootstrap({ listeners: [{ name: "inner", internal_listener: {}, filter_chains: [] }], clusters: [] });
  const guards = (version: string) =>
    JSON.stringify(configurationFor(version, config)).match(/envoy\.reloadable_features\.\w+/g) ?? [];
  expect(guards("1.38.2")).toEqual(["envoy.reloadable_features.propagate_upstream_rst_through_tunneled_tcp_proxy"]);
  expect(guards("1.37.0")).toEqual([]);
});

it.each(["1.36.4", "1.37.0"])("has no hashable strings for %s, and keeps callers apart all the same", (version) => {
  const [sleep, web] = ["sleep", "web"].map((caller) => statesFor(version, caller));
  expect(sleep?.factories).not.toContain("envoy.hashable_string");
  expect(sleep?.factories).toContain("envoy.string");
  expect(sleep?.hash).toMatch(/^\[fd00:0(:[0-9a-f]{4}){6}\]:1$/);
  expect(web?.hash).not.toBe(sleep?.hash);
  expect(statesFor(version, "sleep").hash).toBe(sleep?.hash);
});
