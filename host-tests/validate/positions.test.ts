/** Where `waypost validate` says that something is wrong: line, column, path. */
import { describe, expect, it } from "vitest";
import { judged, lines, manifest } from "./judged.ts";

describe("what a module refuses is told where it is written", () => {
  it("in a manifest, with the path from its top", async () => {
    const text = `apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata:
  name: waypoint
  namespace: bookinfo
spec:
  targetRefs:
    - { group: "", kind: Service, name: reviews }
  phase: AUTHZ
  url: oci://registry.example.com/waypost/waypoint:0.1.0
  pluginConfig:
    jwtAuth:
      jwtRules:
        - issuer: https://issuer.example.com
          audience: [reviews]
          timeout: 5 seconds
    authz:
      policies:
        - name: all
          rules: [{ to: [{ operation: { paths: [/a], method: [GET] } }] }]
`;
    expect(await lines(text)).toEqual([
      "plugin.yaml:15:11 error spec.pluginConfig.jwtAuth.jwtRules[0].audience: unknown field, did you mean audiences?",
      'plugin.yaml:16:11 error spec.pluginConfig.jwtAuth.jwtRules[0].timeout: must be a duration such as "250ms", "5s", "10m" or "1h"',
      "plugin.yaml:20:54 error spec.pluginConfig.authz.policies[0].rules[0].to[0].operation.method: unknown field, did you mean methods?",
    ]);
  });

  it("in a TrafficExtension and in a List", async () => {
    const text = `apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: other } }
  - apiVersion: extensions.istio.io/v1alpha1
    kind: TrafficExtension
    metadata: { name: router, namespace: shop }
    spec:
      targetRefs: [{ kind: Service, name: reviews }]
      phase: AUTHZ
      wasm:
        url: oci://registry.example.com/waypost/header-router:0.1.0
        pluginConfig:
          routes: [{ name: 5 }]
`;
    expect(await lines(text)).toEqual([
      "plugin.yaml:14:22 error items[1].spec.wasm.pluginConfig.routes[0].name: must be a string",
    ]);
    expect((await judged(text)).counts).toEqual({ checked: 1, notChecked: 0, passedOver: 1 });
  });

  it("in a bare configuration", async () => {
    expect(await lines("# of mine\npolicies:\n- name: all\n  rule: []\n")).toEqual([
      "plugin.yaml:4:3 error policies[0].rule: unknown field, did you mean rules?",
    ]);
  });

  it("a field that is missing: at the object that lacks it", async () => {
    expect(
      await lines("jwtRules:\n  - issuer: https://issuer.example\n    fromHeaders:\n      - prefix: Token\n"),
    ).toEqual(["plugin.yaml:4:9 error jwtRules[0].fromHeaders[0].name: missing: a string is needed"]);
  });

  it("a configuration that is missing: at the object that lacks it", async () => {
    const missing = "error spec.pluginConfig: missing: a configuration is needed";
    expect(await lines(manifest({ pluginConfig: "" }))).toContain(`plugin.yaml:4:1 ${missing}`);
    expect(await lines(manifest({ pluginConfig: "{}" }))).toContain(`plugin.yaml:8:3 ${missing}`);
    expect(await lines(manifest({ pluginConfig: "null" }))).toContain(`plugin.yaml:8:3 ${missing}`);
  });

  it("something about the whole: at its beginning", async () => {
    expect(await lines("\n# nothing in it\n{ }", { filter: "waypoint" })).toEqual([
      "plugin.yaml:3:1 error at least one of jwtAuth, authz, headerRouter and l7Metrics is needed",
    ]);
  });

  it("names with dots, colons and brackets in them", async () => {
    const text = `routes:
  - match: [{ uri: { prefix: / } }]
    headers:
      request:
        set:
          "a.b": {}
          "x: y[0]": []
`;
    const told = await lines(text);
    expect(told.map((line) => line.split(" error ")[0])).toContain("plugin.yaml:6:11");
    expect(told.find((line) => line.startsWith("plugin.yaml:7:11 error"))).toContain(
      "routes[0].headers.request.set.x: y[0]: ",
    );
  });

  it("behind an alias and a merge key: where it is written", async () => {
    const text = `jwtRules:
  - &first
    issuer: https://issuer.example
    clockSkew: &skew long
  - <<: *first
    name: second
  - issuer: https://other.example
    clockSkew: *skew
`;
    const problem = 'must be a duration such as "250ms", "5s", "10m" or "1h"';
    expect(await lines(text)).toEqual([
      `plugin.yaml:4:5 error jwtRules[0].clockSkew: ${problem}`,
      `plugin.yaml:4:5 error jwtRules[1].clockSkew: ${problem}`,
      `plugin.yaml:8:5 error jwtRules[2].clockSkew: ${problem}`,
    ]);
  });

  it("more than the module tells", async () => {
    const rules = Array.from({ length: 25 }, () => "{ issuer: 1, jwks: { keys: [] } }");
    const told = await lines(`jwtRules: [${rules.join(", ")}]`);
    expect(told).toHaveLength(21);
    expect(told[0]).toMatch(/^plugin.yaml:1:1 error and \d+ more$/);
  });

  it("in windows' line ends, with a byte order mark and behind wide characters", async () => {
    expect(await lines("\uFEFFpolicies:\r\n- { trust: '😀', name: all, rules: [{}], rule: [] }\r\n")).toEqual([
      "plugin.yaml:2:5 error policies[0].trust: unknown field",
      "plugin.yaml:2:42 error policies[0].rule: unknown field, did you mean rules?",
    ]);
  });
});

describe("a file of JSON", () => {
  const file = "plugin.json";

  it("is judged as it is", async () => {
    expect(await lines('{\n  "policies": [\n    { "name": "all", "rules": [{}], }\n  ]\n}', { file })).toEqual([
      "plugin.json:3:37 error not JSON: line 3, column 37: unexpected character",
    ]);
    expect(await lines('{\n\t"policies": [\n\t\t{ "name": 1, "rules": [{}] }\n\t]\n}', { file })).toEqual([
      "plugin.json:3:5 error policies[0].name: must be a string",
    ]);
  });

  it("has manifests too", async () => {
    const text = JSON.stringify({ apiVersion: "extensions.istio.io/v1alpha1", kind: "WasmPlugin", spec: {} }, null, 2);
    expect(await lines(text, { file })).toContain(
      "plugin.json:4:3 error spec.targetRefs: missing: a waypoint ignores plugins without targetRefs",
    );
  });
});

describe("what is no YAML", () => {
  it.each<[what: string, text: string, told: string]>([
    [
      "a list that does not end",
      "a: [1,\nb: 2\n",
      "2:1 error not YAML: flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    ["a quote that does not end", 'a: "b\n', '2:1 error not YAML: missing closing "quote'],
    ["a tab", "a:\n\tb: 1\n", "2:1 error not YAML: tabs are not allowed as indentation"],
    ["an unknown anchor", "a: *b\n", "1:4 error an alias of an anchor that is not there before it"],
    ["an endless alias", "a: &a [*a]\n", "1:8 error an alias inside of what it refers to"],
    ["names that are lists", "? [a]\n: 1\n", "1:3 error the name of a field must be a text"],
    ["a merge of a text", "<<: a\n", "1:5 error only objects can be merged into one"],
  ])("%s", async (_, text, told) => {
    expect((await lines(text))[0]).toBe(`plugin.yaml:${told}`);
  });

  it("a template: what to give in its place", async () => {
    expect((await lines("a: {{ .Values.a }}\nb: {{- if }}"))[0]).toContain("give what it is rendered to");
  });

  it("documents before it are judged", async () => {
    const told = await lines("policies: 1\n---\na: [\n");
    expect(told.map((line) => line.split(" error ")[0])).toEqual([
      "plugin.yaml:1:1",
      "plugin.yaml:1:1",
      "plugin.yaml:4:1",
    ]);
  });
});

describe("what is YAML and still wrong", () => {
  it("a name twice in one object", async () => {
    const text = "policies:\n  - name: all\n    rules: [{}]\n    name: other\n";
    expect(await lines(text)).toEqual(["plugin.yaml:4:5 error policies[0].name: given twice in one object"]);
  });

  it("what kubectl reads in another way", async () => {
    const values = ["yes", "off", "Y", "010", "1_000", "1_0e3", "0b11", "-0x1f", "0X1f", "0O17"];
    const text = (value: string) => `policies: [{ name: all, rules: [{}], namespace: ${value} }]`;
    const told = await Promise.all(values.map(async (value) => (await lines(text(value))).at(-1)));
    for (const line of told)
      expect(line).toContain("1:49 error policies[0].namespace: is one value to kubectl and another");
    expect(await lines(text("'yes'"))).toEqual([]);
    // The same number both ways.
    expect((await lines(text("007"))).join()).not.toContain("kubectl");
  });

  it("tags, and numbers that JSON does not have", async () => {
    const text = "policies: [{ name: !secret all, rules: [{}] }]\ntrustDomain: .nan\n";
    expect(await lines(text)).toEqual([
      "plugin.yaml:1:28 error policies[0].name: has a tag that means different things to different readers",
      "plugin.yaml:2:14 error trustDomain: is a number that JSON does not have",
    ]);
  });

  it("a document of which nobody knows what it is", async () => {
    const message =
      "1:1 error neither a manifest nor a configuration that tells by its fields which filter it is for: say so with --filter";
    for (const text of ["a: 1\n", "- 1\n", "text\n", "{ mode: SHADOW }\n"])
      expect((await lines(text))[0]).toContain(message);
    expect((await judged("a: 1\n", { isFound: true })).counts.passedOver).toBe(1);
    expect(await lines("---\n# nothing\n---\n")).toEqual([]);
  });

  it("in resources that are passed over: nothing of ours", async () => {
    expect(await lines("kind: ConfigMap\ndata: { a: yes, a: no }\n")).toEqual([]);
  });
});
