import { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet } from "jose";
import { describe, expect, it } from "vitest";
import { AnswerScript } from "./answers.ts";
import { prepare, type PreparedScenario } from "./expand.ts";
import type { RequestDescription, Scenario, SignatureAlgorithm, TokenDescription, UpstreamAnswer } from "./format.ts";
import { routesOf } from "./routes.ts";

const NOW = Date.UTC(2026, 0, 1);
const SECONDS = NOW / 1_000;

/** @returns with the configuration of the one plugin */
function expand(scenario: Partial<Scenario>): PreparedScenario & { configuration: string } {
  const prepared = prepare(
    { name: "test", module: "m", ...scenario },
    { now: NOW, clusterOf: (name) => `cluster-${name}`, authorityOf: (name) => `${name}.test:80` },
  );
  return { ...prepared, configuration: prepared.chain[0]?.configuration ?? "" };
}

function token(description: Omit<TokenDescription, "key">, alg: SignatureAlgorithm = "ES256"): string {
  const { minted } = expand({ keys: { k: { alg, kid: "one" } }, tokens: { t: { key: "k", ...description } } });
  return minted.get("t") ?? "";
}

describe("tokens", () => {
  it.each<SignatureAlgorithm>(["RS256", "PS384", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "HS256", "HS512"])(
    "signs with %s so that jose accepts it",
    async (alg) => {
      const { minted, configuration } = expand({
        keys: { k: { alg } },
        jwks: { set: ["k"] },
        tokens: { t: { key: "k", claims: { sub: "alice" } } },
        config: "{{jwks-object: set}}",
      });
      const keySet = JSON.parse(configuration) as JSONWebKeySet;
      await expect(compactVerify(minted.get("t") ?? "", createVerifier(keySet))).resolves.toBeDefined();
    },
  );

  it("signs by another algorithm than the key's, and names it", async () => {
    const { minted, configuration } = expand({
      keys: { k: { alg: "RS256", jwk: { alg: null } } },
      jwks: { set: ["k"] },
      tokens: {
        t: { key: "k", alg: "PS384", claims: {} },
        salted: { key: "k", alg: "PS384", saltLength: 20, claims: {} },
      },
      config: "{{jwks-object: set}}",
    });
    const verifier = createVerifier(JSON.parse(configuration) as JSONWebKeySet);
    const { protectedHeader } = await compactVerify(minted.get("t") ?? "", verifier);
    expect(protectedHeader.alg).toBe("PS384");
    await expect(compactVerify(minted.get("salted") ?? "", verifier)).rejects.toThrow("signature verification failed");
  });

  it("makes secrets as long as described", () => {
    const { configuration } = expand({
      keys: { k: { alg: "HS512", secretLength: 63 } },
      jwks: { set: ["k"] },
      config: "{{jwks-object: set}}",
    });
    const [{ k = "" } = {}] = (JSON.parse(configuration) as { keys: { k?: string }[] }).keys;
    expect(Buffer.from(k, "base64url")).toHaveLength(63);
  });

  it("makes NumericDate seconds of moments, at any depth", () => {
    const claims = decodeJwt(
      token({ claims: { iat: "now", exp: "now+1h", nested: { at: ["now-61s"] }, sub: "nowhere" } }),
    );
    expect(claims).toEqual({ iat: SECONDS, exp: SECONDS + 3_600, nested: { at: [SECONDS - 61] }, sub: "nowhere" });
  });

  it("takes header members from the description, and removes those that are null", () => {
    expect(decodeProtectedHeader(token({ header: { typ: "JWT" } }))).toEqual({ alg: "ES256", kid: "one", typ: "JWT" });
    expect(decodeProtectedHeader(token({ header: { kid: null } }))).toEqual({ alg: "ES256" });
  });

  it("takes texts as they are", () => {
    const [header = "", payload = ""] = token({ headerText: "{", payload: "}" }).split(".");
    expect([header, payload].map((part) => Buffer.from(part, "base64url").toString())).toEqual(["{", "}"]);
  });

  it("mutates", () => {
    const original = token({ claims: { sub: "alice" } }, "EdDSA");
    const [header = "", payload = "", signature = ""] = original.split(".");
    const mutated = (mutate: TokenDescription["mutate"]) => token({ claims: { sub: "alice" }, mutate }, "EdDSA");
    const tampered = Buffer.from(mutated([{ tamper: "signature" }]).split(".")[2] ?? "", "base64url");
    const bytes = Buffer.from(signature, "base64url");
    expect(tampered[0]).toBe((bytes[0] ?? 0) ^ 1);
    expect(tampered.subarray(1)).toEqual(bytes.subarray(1));
    expect(decodeJwt(mutated([{ claims: { sub: "bob" } }])).sub).toBe("bob");
    expect(mutated([{ join: ["header", "=", "signature"] }])).toBe(`${header}..${signature}`);
    expect(mutated([{ append: "==" }, { prepend: " " }])).toBe(` ${original}==`);
    expect(mutated([{ replace: [".", ".."] }])).toBe(`${header}..${payload}.${signature}`);
    expect(mutated([{ truncate: 5 }])).toBe(original.slice(0, 5));
  });
});

describe("placeholders", () => {
  it("are replaced everywhere", () => {
    const scenario = expand({
      services: { issuer: { answers: [{ jwks: "set" }] } },
      keys: { k: { alg: "HS256", jwk: { alg: null, use: "sig" } } },
      jwks: { set: ["k", { kty: "EC" }] },
      tokens: { t: { key: "k", claims: { iss: "http://{{authority: issuer}}" } } },
      config: { jwks: "{{jwks: set}}", uri: "http://{{authority: issuer}}/", cluster: "{{cluster: issuer}}" },
      steps: [
        { name: "s", request: { headers: [["a", "Bearer {{token: t}}"]], body: "{{repeat: a * * 3}}" }, expect: {} },
      ],
    });
    const config = JSON.parse(scenario.configuration) as { jwks: string };
    expect(config).toMatchObject({ uri: "http://issuer.test:80/", cluster: "cluster-issuer" });
    const keySet = JSON.parse(config.jwks) as JSONWebKeySet;
    expect(keySet.keys.map(({ kty, use, alg }) => ({ kty, use, alg }))).toEqual([
      { kty: "oct", use: "sig" },
      { kty: "EC" },
    ]);
    expect(scenario.services["issuer"]?.answers?.[0]?.body).toBe(config.jwks);
    expect(decodeJwt(scenario.minted.get("t") ?? "").iss).toBe("http://issuer.test:80");
    expect(scenario.steps[0]?.request).toEqual({
      method: "GET",
      path: "/",
      authority: "waypoint.test",
      protocol: "http1",
      destination: "10.96.0.10:80",
      source: "10.1.2.3:40000",
      headers: [["a", `Bearer ${scenario.minted.get("t")}`]],
      body: "a *a *a *",
    });
  });

  it("of moments become times in the form of RFC 3339", () => {
    expect(expand({ config: { start: "{{time: now-1h}}" } }).config).toEqual({
      start: new Date(NOW - 3_600_000).toISOString(),
    });
    expect(() => expand({ config: "{{time: then}}" })).toThrow('not a moment: "then"');
  });

  it("are moments in metadata too", () => {
    const metadata = { "envoy.filters.http.jwt_authn": { payload: { exp: "now+1h" } } };
    const { steps } = expand({ steps: [{ name: "s", request: { metadata }, expect: {} }] });
    expect(steps[0]?.request.metadata).toEqual({
      "envoy.filters.http.jwt_authn": { payload: { exp: SECONDS + 3_600 } },
    });
  });

  it("that nothing fits are errors which say what there is", () => {
    const tokens = { good: { key: "k" } };
    const keys = { k: { alg: "HS256" as const } };
    expect(() => expand({ keys, tokens, config: "{{token: goood}}" })).toThrow('no token "goood"; there are: good');
    expect(() => expand({ config: "{{tokens: good}}" })).toThrow("unknown placeholder {{tokens: good}}");
    expect(() => expand({ config: "{{cluster: issuer}}" })).toThrow('no service "issuer"; there are: none');
  });

  it("leave nothing of an empty configuration, as Istio does", () => {
    expect(expand({}).configuration).toBe("");
    expect(expand({ config: {} }).configuration).toBe("");
    expect(expand({ configText: "{}" }).configuration).toBe("{}");
  });
});

describe("gRPC", () => {
  const step = (request: RequestDescription) => expand({ steps: [{ name: "s", request, expect: {} }] }).steps[0];

  it("makes a request of messages", () => {
    const { method, protocol, headers, chunks } = step({ grpc: ["", "ä"], headers: [["TE", "x"]] })?.request ?? {};
    expect([method, protocol]).toEqual(["POST", "http2"]);
    expect(headers).toEqual([
      ["content-type", "application/grpc"],
      ["TE", "x"],
    ]);
    expect(chunks).toEqual([Buffer.of(0, 0, 0, 0, 0), Buffer.of(0, 0, 0, 0, 2, 0xc3, 0xa4)]);
  });

  it("makes answers with trailers, or of trailers only", () => {
    const answers = (...given: UpstreamAnswer[]) =>
      expand({ upstreams: [{ name: "u", answers: given }] }).upstreams[0]?.answers;
    expect(answers({ grpc: { messages: [], status: 5 } }, { headers: [["a", "1"]], grpc: { message: "m" } })).toEqual([
      { headers: [["content-type", "application/grpc"]], chunks: [], trailers: [["grpc-status", "5"]] },
      {
        headers: [
          ["content-type", "application/grpc"],
          ["a", "1"],
          ["grpc-status", "0"],
          ["grpc-message", "m"],
        ],
      },
    ]);
  });
});

describe("upstreams", () => {
  it("are names, or more than that, each once", () => {
    expect(expand({}).upstreams).toEqual([{ name: "upstream" }]);
    expect(expand({ upstreams: ["a", { name: "b", reach: "none" }] }).upstreams).toEqual([
      { name: "a" },
      { name: "b", reach: "none" },
    ]);
    expect(() => expand({ upstreams: ["a", { name: "a" }] })).toThrow("there are two upstreams a");
  });

  it("are what routes may lead to", () => {
    const routes = [{ upstream: "b" }];
    expect(routesOf(expand({ upstreams: ["a", { name: "b" }], routes }))).toEqual(routes);
    expect(() => routesOf(expand({ upstreams: ["a"], routes }))).toThrow("a route leads to b; there are: a");
  });
});

describe("AnswerScript", () => {
  it("gives the answers for a path in order, the last one again and again", () => {
    const script = new AnswerScript([
      { path: "/a", status: 500 },
      { path: "/b", status: 201 },
      { path: "/a", status: 200 },
    ]);
    const statuses = ["/a", "/b", "/a", "/a", "/b", "/c"].map((path) => script.next(path).status);
    expect(statuses).toEqual([500, 201, 200, 200, 201, 404]);
  });

  it("gives an answer for headers to requests that have them, and lack those that must be absent", () => {
    const script = new AnswerScript([
      { requestHeaders: { "x-a": "1", "x-b": null }, status: 201 },
      { requestHeaders: { "X-B": "2, 3" }, status: 202 },
    ]);
    const status = (...headers: [string, string][]) => script.next("/", headers).status;
    expect(status(["x-a", "1"])).toBe(201);
    expect(status(["x-a", "1"], ["x-b", "2"])).toBe(404);
    expect(status(["x-a", "1"], ["x-b", "2"], ["x-b", "3"])).toBe(202);
    expect(status()).toBe(404);
  });
});

/** jose picks from a set by `kid` and `alg`; an `oct` key it wants as bytes. */
function createVerifier(keySet: JSONWebKeySet) {
  const [jwk] = keySet.keys;
  if (jwk?.kty === "oct" && typeof jwk.k === "string") return Buffer.from(jwk.k, "base64url");
  return createLocalJWKSet(keySet) as never;
}
