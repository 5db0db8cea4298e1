/** What `waypost validate` says of a manifest around the configuration. */
import { describe, expect, it } from "vitest";
import { lines, judged, manifest } from "./judged.ts";

const GATEWAY_CLASS = "{ group: gateway.networking.k8s.io, kind: GatewayClass, name: istio-waypoint }";

it("nothing, when nothing is wrong", async () => {
  expect(await lines(manifest({}))).toEqual([]);
  const everywhere = manifest({ targetRefs: `[${GATEWAY_CLASS}]` }, "{ name: main, namespace: istio-system }");
  expect(await lines(everywhere)).toEqual([]);
});

describe("what makes a waypoint ignore the plugin, or the API server refuse it", () => {
  it.each<[what: string, spec: Record<string, string>, told: string]>([
    [
      "no targets",
      { targetRefs: "" },
      "4:1 error spec.targetRefs: missing: a waypoint ignores plugins without targetRefs",
    ],
    [
      "an empty list of targets",
      { targetRefs: "[]" },
      "5:3 error spec.targetRefs: missing: a waypoint ignores plugins without targetRefs",
    ],
    [
      "a selector",
      { targetRefs: "", selector: "{ matchLabels: { app: a } }" },
      "8:3 error spec.selector: a waypoint ignores plugins with a selector: use targetRefs",
    ],
    [
      "a selector and targets",
      { selector: "{}" },
      "5:3 error spec.targetRefs: not together with selector: use targetRefs alone",
    ],
    [
      "both forms of targets",
      { targetRef: "{ kind: Service, name: a }" },
      "5:3 error spec.targetRefs: not together with targetRef: use targetRefs alone",
    ],
    [
      "a target of another kind",
      { targetRefs: "[{ kind: Deployment, name: a }]" },
      "5:18 error spec.targetRefs[0].kind: must be one of Service, Gateway, GatewayClass, ServiceEntry",
    ],
    [
      "a kind that is a name of JavaScript's",
      { targetRefs: "[{ kind: constructor, name: a }]" },
      "5:18 error spec.targetRefs[0].kind: must be one of Service, Gateway, GatewayClass, ServiceEntry",
    ],
    [
      "a Gateway without its group",
      { targetRefs: "[{ kind: Gateway, name: a }]" },
      '5:16 error spec.targetRefs[0].group: must be "gateway.networking.k8s.io" for a Gateway',
    ],
    [
      "a Service with another's group",
      { targetRefs: "[{ group: apps, kind: Service, name: a }]" },
      '5:18 error spec.targetRefs[0].group: must be "" for a Service',
    ],
    [
      "a target without a name",
      { targetRefs: "[{ kind: Service }]" },
      "5:16 error spec.targetRefs[0].name: missing: the name of the target is needed",
    ],
    [
      "a target in another namespace",
      { targetRefs: "[{ kind: Service, name: a, namespace: b }]" },
      "5:42 error spec.targetRefs[0].namespace: a target has no namespace of its own: the plugin must be in that of its target",
    ],
    [
      "a GatewayClass that is no Envoy",
      { targetRefs: `[${GATEWAY_CLASS.replace("istio-waypoint", "istio-agentgateway-waypoint")}]` },
      "5:72 error spec.targetRefs[0].name: must be istio-waypoint: waypoints of other classes ignore plugins",
    ],
    [
      "too many targets",
      { targetRefs: `[${Array(17).fill("{ kind: Service, name: a }").join()}]` },
      "5:3 error spec.targetRefs: must not have more than 16 entries",
    ],
    [
      "ports",
      { match: "[{ ports: [{ number: 80 }] }]" },
      "9:13 error spec.match[0].ports: no HTTP chain of a waypoint has a port, so this leaves the plugin out of all of them",
    ],
    [
      "the mode of clients",
      { match: "[{ mode: CLIENT }]" },
      "9:13 error spec.match[0].mode: a waypoint's chains are of mode SERVER, so this leaves the plugin out of all of them",
    ],
    [
      "plugins of TCP",
      { type: "NETWORK" },
      "9:3 error spec.type: the module is an HTTP filter: no HTTP chain has plugins of type NETWORK",
    ],
    [
      "an unknown phase",
      { phase: "AUTHZN" },
      "6:3 error spec.phase: must be one of AUTHN, AUTHZ, STATS, UNSPECIFIED_PHASE",
    ],
    [
      "an unknown failStrategy",
      { failStrategy: "FAIL_CLOSED" },
      "9:3 error spec.failStrategy: must be one of FAIL_CLOSE, FAIL_OPEN, FAIL_RELOAD",
    ],
    [
      "a misspelt field",
      { failStragety: "FAIL_CLOSE" },
      "9:3 error spec.failStragety: unknown field, did you mean failStrategy?",
    ],
    [
      "a checksum with a prefix",
      { sha256: `sha256:${"a".repeat(64)}` },
      "9:3 error spec.sha256: must be 64 hexadecimal digits, in lower case and without a prefix",
    ],
    [
      "a checksum in upper case",
      { sha256: "A".repeat(64) },
      "9:3 error spec.sha256: must be 64 hexadecimal digits, in lower case and without a prefix",
    ],
    ["a fraction as priority", { priority: "1.5" }, "9:3 error spec.priority: must be a whole number of 32 bits"],
    ["no url", { url: "" }, "4:1 error spec.url: missing: the address of the module is needed"],
    [
      "a url of another scheme",
      { url: "ftp://a/authz" },
      "7:3 error spec.url: must begin with oci://, https://, http:// or file://",
    ],
    [
      "a configuration that is a text",
      { pluginConfig: "|\n    policies: []" },
      "8:3 error spec.pluginConfig: must be an object",
    ],
    [
      "a root id that the module has not",
      { url: "oci://a/waypoint", pluginName: "auth" },
      "9:3 error spec.pluginName: root_id (Istio: pluginName): unknown, expected one of: waypoint, jwt-auth, authz, header-router, l7-metrics",
    ],
  ])("%s", async (_, spec, told) => {
    expect(await lines(manifest(spec))).toEqual([`plugin.yaml:${told}`]);
  });

  it("another version, no name, no spec", async () => {
    expect(await lines("apiVersion: extensions.istio.io/v1\nkind: TrafficExtension\nspec:\n")).toEqual([
      "plugin.yaml:1:1 error apiVersion: must be extensions.istio.io/v1alpha1",
      "plugin.yaml:1:1 error metadata.name: missing: a name is needed",
      "plugin.yaml:3:1 error spec: missing: an object is needed",
    ]);
  });

  it("one name twice in a file", async () => {
    const told =
      "plugin.yaml:12:13 error metadata.name: there is a WasmPlugin of this name before this one, which it replaces";
    expect(await lines(`${manifest({})}---\n${manifest({})}`)).toEqual([told]);
  });
});

describe("what works, and is likely not what was meant", () => {
  const open = "when its module cannot be fetched, all of them pass unchecked";
  const behind = "behind Istio's own policies, faults and CORS";
  const WAYPOINT = "oci://registry.example.com/waypost/waypoint:0.1.0";
  it.each<[what: string, spec: Record<string, string>, told: string]>([
    [
      "a filter that decides, open",
      { failStrategy: "FAIL_OPEN" },
      `9:3 warning spec.failStrategy: authz decides about requests: ${open}`,
    ],
    [
      "the same by its root id",
      { failStrategy: "FAIL_OPEN", url: WAYPOINT, pluginName: "authz" },
      `9:3 warning spec.failStrategy: authz decides about requests: ${open}`,
    ],
    [
      "behind everything",
      { phase: "" },
      `4:1 warning spec.phase: without a phase it comes ${behind}: authz belongs to AUTHZ`,
    ],
    ["in STATS", { phase: "STATS" }, `6:3 warning spec.phase: STATS comes ${behind}: authz belongs to AUTHZ`],
    [
      "before the claims",
      { phase: "AUTHN" },
      "6:3 warning spec.phase: AUTHN comes before RequestAuthentication, whose claims authz does not see then: it belongs to AUTHZ",
    ],
    [
      "a file of the container",
      { url: "file:///opt/authz.wasm" },
      "7:3 warning spec.url: a file of the waypoint's own container: it has none, unless its Deployment was changed",
    ],
    [
      "a module that anybody can replace",
      { url: "http://a/authz.wasm" },
      "7:3 warning spec.url: fetched without TLS, and without sha256 anybody on the way can replace the module",
    ],
    [
      "ports in one entry of several",
      { match: "[{ mode: SERVER }, { ports: [{ number: 80 }] }]" },
      "9:31 warning spec.match[1].ports: no HTTP chain of a waypoint has a port: this entry has no effect",
    ],
  ])("%s", async (_, spec, told) => {
    expect(await lines(manifest(spec))).toEqual([`plugin.yaml:${told}`]);
  });

  it("a filter that only counts may be open, in any phase", async () => {
    const metrics = {
      url: "oci://a/l7-metrics",
      pluginConfig: "{ labels: TAGGED }",
      failStrategy: "FAIL_OPEN",
      phase: "STATS",
    };
    expect(await lines(manifest(metrics))).toEqual([]);
    expect(await lines(manifest({ ...metrics, url: WAYPOINT, pluginConfig: "{ l7Metrics: {} }" }))).toEqual([]);
  });

  it("no namespace, or not the root one", async () => {
    expect(await lines(manifest({}, "{ name: main }"))).toEqual([
      "plugin.yaml:3:1 warning metadata.namespace: missing: it must be that of the waypoint, or the plugin is ignored; kubectl takes its current one",
    ]);
    expect(await lines(manifest({ targetRefs: `[${GATEWAY_CLASS}]` }))).toEqual([
      "plugin.yaml:3:25 warning metadata.namespace: ignored unless it is Istio's root namespace, which is istio-system by default",
    ]);
  });

  it("header-router before authz", async () => {
    const router = { url: "oci://a/header-router", pluginConfig: "{ routes: [{ name: a }] }" };
    const both = (authz: string, routers: string) =>
      `${manifest({ priority: authz })}---\n${manifest({ ...router, priority: routers }, "{ name: router, namespace: shop }")}`;
    expect(await lines(both("20", "10"))).toEqual([]);
    expect(await lines(both("10", "10"))).toEqual([]);
    expect(await lines(both("10", "20"))).toEqual([
      "plugin.yaml:19:3 warning spec.priority: comes before authz (main), which then judges what it has rewritten: give that one the higher priority",
    ]);
  });
});

it("the namespace of the plugin is that of its policies", async () => {
  const policies = "[{ name: a, rules: [{}] }, { name: a, namespace: shop, rules: [{}] }]";
  const inNamespace = (namespace: string) =>
    lines(manifest({ pluginConfig: `{ policies: ${policies} }` }, `{ name: main, namespace: ${namespace} }`));
  expect(await inNamespace("other")).toEqual([]);
  expect(await inNamespace("shop")).toEqual([
    expect.stringMatching(/^plugin.yaml:8:\d+ error spec.pluginConfig.policies\[1\]/),
  ]);
});

it("a TrafficExtension of Lua has no module", async () => {
  const text = manifest({ url: "", pluginConfig: "", lua: "{ inlineCode: '' }" });
  expect(await lines(text.replace("WasmPlugin", "TrafficExtension"))).toEqual([]);
});

describe("whose module it is", () => {
  it.each([
    ["oci://registry.example.com:5000/waypost/authz"],
    ["registry.example.com/authz:1.0"],
    [`oci://a/authz@sha256:${"a".repeat(64)}`],
    ["https://a/waypost-authz.wasm?x=/b"],
    ["https://a/authz.0123456789abcdef.wasm"],
  ])("%s is ours", async (url) => {
    expect((await judged(manifest({ url }))).counts).toEqual({ checked: 1, notChecked: 0, passedOver: 0 });
    expect(await lines(manifest({ url, pluginConfig: "{ policies: 1 }" }))).not.toEqual([]);
  });

  it("another one is counted, and all but its configuration is checked", async () => {
    const text = manifest({ url: "oci://a/coraza:1", pluginConfig: "{ policies: 1 }", failStragety: "FAIL_OPEN" });
    expect(await lines(text)).toEqual([
      "plugin.yaml:7:3 warning spec.url: not one of Waypost's modules, pluginConfig is not checked: --module <image>=<file.wasm> names the module that can",
      "plugin.yaml:9:3 error spec.failStragety: unknown field, did you mean failStrategy?",
    ]);
    expect((await judged(text)).counts).toEqual({ checked: 0, notChecked: 1, passedOver: 0 });
  });

  it("kinds and groups of others are passed over", async () => {
    const others = "kind: WasmPlugin\napiVersion: example.com/v1\n---\nkind: Service\n---\nkind: Kustomization\n";
    expect((await judged(others)).counts).toEqual({ checked: 0, notChecked: 0, passedOver: 3 });
    expect(await lines(others)).toEqual([]);
  });

  it.each([
    ["misspelt", "kind: WasmPlugn\napiVersion: extensions.istio.io/v1alpha1\n", "1:1 error kind"],
    ["with a capital in its name", "Kind: WasmPlugin\napiVersion: extensions.istio.io/v1alpha1\n", "1:1 error kind"],
    [
      "misspelt in a List",
      "kind: List\nitems: [{ kind: WasmPlugins, apiVersion: extensions.istio.io/v1alpha1 }]\n",
      "2:11 error items[0].kind",
    ],
  ])("a kind of the plugins' group that is %s is none of them", async (_, text, place) => {
    const told = `plugin.yaml:${place}: must be WasmPlugin or TrafficExtension: extensions.istio.io has no other kinds`;
    expect(await lines(text, { isFound: true })).toEqual([told]);
  });
});
