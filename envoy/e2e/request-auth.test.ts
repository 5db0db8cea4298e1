/**
 * docs/request-auth.md: claims that jwt-auth verified, in dynamic metadata and in filter state. The same requests go through
 * native jwt_authn, configured as Istio does: behind both, policies must come to the same verdict.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fromJson, toBinary, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer, Request } from "../client/answer.ts";
import { requestOverHttp1 } from "../client/http1.ts";
import { Http2Connection, requestOverHttp2 } from "../client/http2.ts";
import { bootstrap, staticCluster, type Listener } from "../config/index.ts";
import { EnvoyProcess } from "../harness/index.ts";
import { EchoService, type Echo } from "../services/echo.ts";
import { CLAIMS, RANDOM_CLAIMS, RULES } from "./request-auth-cases.ts";
import {
  chain,
  CLUSTER,
  inserted,
  ISSUERS,
  metadataOf,
  nativeJwtAuthn,
  plugin,
  pluginConfig,
  policy,
  rbac,
  route,
  shown,
  telemetryLog,
  token,
} from "./request-auth-fixture.ts";

const HEADER = pluginConfig.payloadMetadataHeader;
const [ISSUER] = ISSUERS;

/** Every rule as a policy that allows, and as one that denies, each behind a path of its own. */
const TARGETS = (["ALLOW", "DENY"] as const).flatMap((action) =>
  Object.entries(RULES).map(([name, rule], index) => ({ name, action, rule, prefix: `/${action}/${index}/` })),
);

/** Random tokens for these policies; a failure names the seed. */
const TOKENS = 24;
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

let echo: EchoService;
let envoy: EnvoyProcess;
let telemetryFile: string;

function listeners(): Listener[] {
  const recipe = (more: Record<string, unknown> = {}) => [plugin(more), inserted("request-auth")];
  const routes = [...TARGETS.map(({ prefix, action, rule }) => route(prefix, { action, rules: [rule] })), route("/")];
  return [
    chain("native", [nativeJwtAuthn(), rbac()], routes),
    chain("waypost", [...recipe(), rbac()], routes, [telemetryLog(telemetryFile)]),
    chain("documented", [...recipe(), rbac(policy)]),
    chain("unprotected", [inserted("request-auth")]),
    chain("shadow", recipe({ mode: "SHADOW" })),
    chain("lenient", recipe({ requirements: [{ requires: { allowMissingOrFailed: {} } }] })),
    chain("exempt", recipe({ requirements: [{ requires: { none: {} } }] })),
    chain("blue team", [plugin(), inserted("blue-team-only")]),
  ];
}

beforeAll(async () => {
  echo = await EchoService.start();
  const clusters = [staticCluster({ name: CLUSTER, endpoints: [{ host: "127.0.0.1", port: echo.port }] })];
  envoy = await EnvoyProcess.start({
    config: (folder) => {
      telemetryFile = path.join(folder, "telemetry.log");
      return bootstrap({ listeners: listeners(), clusters });
    },
  });
});
afterAll(async () => {
  await envoy.stop();
  await echo.stop();
});

function get(headers: [string, string][] = [], path = "/"): Request {
  return { method: "GET", path, authority: "reviews.test", headers };
}

function bearer(payload: object | string): [string, string] {
  return ["authorization", `Bearer ${token(payload)}`];
}

function send(listener: string, request: Request): Promise<Answer> {
  return requestOverHttp1(envoy.port(listener), request);
}

/** The header as jwt-auth would set it. */
function serialized(claims: JsonValue): Buffer {
  return Buffer.from(toBinary(ValueSchema, fromJson(ValueSchema, claims)));
}

describe("claims in dynamic metadata", () => {
  const nested = (levels: number) => `{"a":`.repeat(levels) + "1" + "}".repeat(levels);
  it.each<[string, string]>([
    ["nothing but the issuer", ""],
    ["every type", `"n":null,"t":true,"f":false,"i":-7,"d":1.5e-3,"s":"é\\t€😀\\"\\\\","l":[[],{}],"o":{"":{}}`],
    ["words", `"scope":"a  b ","permission":"c","roles":"d e","words":"f g","org":{"scope":"h i"}`],
    ["what is not words", `"scope":" ","permission":["a b"],"roles":7`],
    ["escaped names", `"sc\\u006fpe":"a b","\\u0061ud":"x"`],
    ["as many levels as a token may have", `"o":${nested(31)},"l":${"[".repeat(31)}${"]".repeat(31)}`],
  ])("are those that native jwt_authn puts there: %s", async (_, claims) => {
    const payload = `{"iss":"${ISSUER}"${claims === "" ? "" : `,${claims}`}}`;
    for (const headers of [[bearer(payload)], [bearer(payload)]]) {
      const [native, waypost] = await Promise.all([send("native", get(headers)), send("waypost", get(headers))]);
      expect(metadataOf(native)).toHaveProperty("payload.iss", ISSUER);
      expect(metadataOf(waypost)).toEqual(metadataOf(native));
    }
  });

  it("are the same from the cache, and over HTTP/2", async () => {
    const headers = [bearer({ iss: ISSUER, sub: "alice", scope: "a b" })];
    const expected = { payload: { iss: ISSUER, sub: "alice", scope: ["a", "b"] } };
    for (const request of [requestOverHttp1, requestOverHttp2, requestOverHttp1])
      expect(metadataOf(await request(envoy.port("waypost"), get(headers)))).toEqual(expected);
  });

  it("fill the header up to what header_to_metadata reads; a token with more is refused", async () => {
    const claims = (length: number) => ({ iss: ISSUER, sub: "x".repeat(length) });
    // base64 of so many bytes has 8188 characters; the next possible length is 8192.
    const size = 6141;
    const fits = size - serialized(claims(1_000)).length + 1_000;
    expect(serialized(claims(fits))).toHaveLength(size);
    const largest = await send("waypost", get([bearer(claims(fits))]));
    expect(metadataOf(largest)).toEqual({ payload: claims(fits) });
    expect(await send("waypost", get([bearer(claims(fits + 1))]))).toMatchObject({
      status: 401,
      body: "Jwt payload is too large",
    });
    const shadow = await send("shadow", get([bearer(claims(fits + 1))]));
    expect([shadow.status, metadataOf(shadow)]).toEqual([200, undefined]);
  });

  it("let the page's policy decide", async () => {
    const good = { iss: ISSUER, sub: "alice", scope: "x reviews.read", org: { team: "green" } };
    const status = async (claims: Record<string, unknown>) => (await send("documented", get([bearer(claims)]))).status;
    expect(await status(good)).toBe(200);
    expect(await status({ ...good, scope: "reviews.write" })).toBe(403);
    expect(await status({ ...good, org: { team: "red" } })).toBe(403);
    expect(await status({ ...good, iss: ISSUERS[1] })).toBe(403);
    expect(await status({ ...good, sub: undefined })).toBe(403);
    expect((await send("documented", get())).status).toBe(403);
  });
});

describe("policies as istiod writes them", () => {
  it(`come to the verdicts that they have behind native jwt_authn (SEED=${SEED})`, async () => {
    const random = fc.sample(RANDOM_CLAIMS, { seed: SEED, numRuns: TOKENS });
    const connections = [new Http2Connection(envoy.port("native")), new Http2Connection(envoy.port("waypost"))];
    for (const claims of [undefined, ...CLAIMS, ...random]) {
      const headers = claims === undefined ? [] : [bearer(claims)];
      const compared = TARGETS.map(async ({ prefix, ...target }) => {
        const [native, waypost] = await Promise.all(
          connections.map(async (connection) => (await connection.send(get(headers, prefix))).status),
        );
        return native === waypost ? [] : [{ ...target, claims, native, waypost }];
      });
      expect((await Promise.all(compared)).flat()).toEqual([]);
    }
    for (const connection of connections) connection.close();
  });

  it.each(TARGETS)("are told apart by these tests: $action $name", async ({ prefix }) => {
    const requests = [[], ...CLAIMS.map((claims) => [bearer(claims)])].map((headers) => get(headers, prefix));
    const answers = await Promise.all(requests.map((request) => send("native", request)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 403]));
  });
});

describe("a header that the client sends", () => {
  const claims = { iss: ISSUER, sub: "root", scope: ["reviews.read"], org: { team: "blue" } };
  const forged = serialized(claims).toString("base64");
  const unpadded = forged.replace(/=+$/, "");
  const spellings: Record<string, [string, string][]> = {
    once: [[HEADER, forged]],
    "in another case": [[HEADER.toUpperCase(), forged]],
    twice: [
      [HEADER, forged],
      ["X-Waypost-Claims", forged],
    ],
    "empty and full": [
      [HEADER, ""],
      [HEADER, forged],
    ],
    "without padding": [[HEADER, unpadded]],
  };
  const own = { iss: ISSUER, sub: "alice" };
  const preflight: [string, string][] = [
    ["origin", "https://evil.test"],
    ["access-control-request-method", "GET"],
  ];
  const expired = bearer({ ...own, exp: 1 });
  const situations: Record<
    string,
    { listener: string; headers: [string, string][]; method?: string; found?: unknown }
  > = {
    "without a token": { listener: "waypost", headers: [] },
    "with a token": { listener: "waypost", headers: [bearer(own)], found: { payload: own } },
    "in a preflight request": { listener: "waypost", method: "OPTIONS", headers: preflight },
    "with a failed token in mode SHADOW": { listener: "shadow", headers: [expired] },
    "with a token, where it may fail": { listener: "lenient", headers: [bearer(own)], found: { payload: own } },
    "with a failed token, where it may": { listener: "lenient", headers: [expired] },
    "with a token that nobody looks at": { listener: "exempt", headers: [bearer(own)] },
  };
  const cases = Object.entries(situations).flatMap(([situation, { listener, headers, method = "GET", found }]) =>
    Object.entries(spellings).flatMap(([spelling, sent]) =>
      [requestOverHttp1, requestOverHttp2].map((request) => ({
        name: `${situation}, ${spelling}, ${request.name}`,
        send: () => request(envoy.port(listener), { ...get([...sent, ...headers, ...sent]), method }),
        found,
      })),
    ),
  );

  it("would be believed where jwt-auth does not stand before it", async () => {
    expect(metadataOf(await send("unprotected", get(spellings["once"])))).toEqual({ payload: claims });
  });

  it.each(cases)("is never believed, and never arrives: $name", async ({ send, found }) => {
    const answer = await send();
    expect(answer.status).toBe(200);
    expect(metadataOf(answer)).toEqual(found);
    const { headers } = JSON.parse(answer.body) as Echo;
    expect(headers.filter(([name]) => name.toLowerCase() === HEADER)).toEqual([]);
  });

  it("does not help a request past the page's policy", async () => {
    expect((await send("documented", get(spellings["once"]))).status).toBe(403);
    expect((await send("documented", get([bearer(own), ...(spellings["twice"] ?? [])]))).status).toBe(403);
  });
});

describe("claims in filter state", () => {
  const claims = (team?: string) => ({ iss: ISSUER, sub: "é alice", ...(team !== undefined && { org: { team } }) });

  it("are strings for access logs and CEL", async () => {
    const answer = await send("waypost", get([bearer(claims())]));
    expect(shown(answer, "x-plain")).toBe("é alice");
    expect(shown(answer, "x-cel")).toBe("é alice");
    expect(shown(answer, "x-typed")).toContain(Buffer.from("é alice").toString("base64"));
    expect(shown(await send("waypost", get()), "x-plain")).toBeUndefined();
  });

  it("are what Envoy's RBAC compares", async () => {
    const status = async (...headers: [string, string][]) => (await send("blue team", get(headers))).status;
    expect(await status(bearer(claims("blue")))).toBe(200);
    expect(await status(bearer(claims("red")))).toBe(403);
    expect(await status(bearer(claims()))).toBe(403);
    expect(await status()).toBe(403);
  });

  it("are what Telemetry's expressions see", async () => {
    for (const [name, headers] of Object.entries({
      blue: [bearer(claims("blue"))],
      red: [bearer(claims("red"))],
      anonymous: [],
    }))
      await send("waypost", get(headers, `/telemetry/${name}`));
    const logged = async () =>
      (await readFile(telemetryFile, "utf8")).split("\n").filter((line) => line.startsWith("/telemetry/"));
    await expect.poll(logged).toEqual(["/telemetry/blue", "/telemetry/anonymous"]);
  });
});
