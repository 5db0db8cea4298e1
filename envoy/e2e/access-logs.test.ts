/** The access-log formats of docs/access-logs.md in a real Envoy, line by line; and the decision log beside native filters. */
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { makeKeys, makeToken } from "../../host-tests/scenario/tokens.ts";
import type { Request } from "../client/answer.ts";
import { requestOverHttp1 } from "../client/http1.ts";
import {
  any,
  bootstrap,
  httpChain,
  peerPrincipal,
  staticCluster,
  tcpListener,
  wasmFilter,
  type FiltersByPlace,
  type HttpFilter,
  type Listener,
  type NamedExtension,
} from "../config/index.ts";
import { EnvoyProcess } from "../harness/index.ts";
import { rbacFilters } from "../istiod/authorization-policy.ts";
import { jwtAuthnFilter } from "../istiod/request-authentication.ts";
import { EchoService } from "../services/echo.ts";
import { codeBlocks } from "./page.ts";

const PAGE = "docs/access-logs.md";
const CHAIN = "inbound-vip|80|http|reviews.bookinfo.svc.cluster.local";
const PRINCIPAL = "spiffe://cluster.local/ns/bookinfo/sa/productpage";
const TIMEOUT = 5_000;

interface Manifest {
  spec: { meshConfig: { extensionProviders: { envoyFileAccessLog: { logFormat: { labels: object } } }[] } };
}

interface Telemetry {
  spec: { accessLogging: { filter: { expression: string } }[] };
}

interface FileAccessLog {
  typed_config: { "@type": string; path: string };
}

const shown = codeBlocks(PAGE, "yaml").map((text) => parse(text) as Record<string, unknown>);
const mesh = shown.find(({ kind }) => kind === "IstioOperator") as unknown as Manifest;
const envoyLogs = shown.find((one) => "access_log" in one) as unknown as { access_log: FileAccessLog[] };
const telemetry = shown.find(({ kind }) => kind === "Telemetry") as unknown as Telemetry;
const [textFormat = ""] = codeBlocks(PAGE, "text");

const folder = mkdtempSync(path.join(tmpdir(), "waypost-access-logs-"));
/** Where each format of the page is written to. */
const FILES = {
  labels: path.join(folder, "labels"),
  text: path.join(folder, "text"),
  envoy: path.join(folder, "envoy"),
  /** What the filter of the page's Telemetry lets through. */
  denials: path.join(folder, "denials"),
};

const keys = makeKeys({ key: { alg: "ES256" } });
const jwks = JSON.stringify({ keys: [...keys.values()].map(({ jwk }) => jwk) });
const token = makeToken({ key: "key", claims: { iss: "i", sub: "alice" } }, keys, Date.now());
const bearer: [string, string] = ["authorization", `Bearer ${token}`];

const JWT_AUTH = { presence: "REQUIRED", jwtRules: [{ issuer: "i", jwks }] };
const POLICIES = [
  { name: "admin", action: "DENY", rules: [{ to: [{ operation: { methods: ["DELETE"] } }] }] },
  { name: "next", action: "DENY", mode: "SHADOW", rules: [{ to: [{ operation: { paths: ["/next"] } }] }] },
] as const;
const ROUTES = [{ name: "reviews", split: { by: { claim: "sub" }, lanes: [{ name: "canary", weight: 1 }] } }];
const L7_METRICS = {
  operations: [
    { name: "delete_review", match: [{ method: { exact: "DELETE" }, uri: { template: "/reviews/{id}" } }] },
    { name: "read_review", match: [{ uri: { template: "/reviews/{id}" } }] },
  ],
  decisionLog: {},
};

let echo: EchoService;
let envoy: EnvoyProcess;
beforeAll(async () => {
  echo = await EchoService.start();
  const enforced = { jwtAuth: JWT_AUTH, authz: { policies: POLICIES }, headerRouter: { routes: ROUTES } };
  const shadow = { jwtAuth: { ...JWT_AUTH, mode: "SHADOW" }, authz: { policies: POLICIES, publishDecision: true } };
  envoy = await EnvoyProcess.start({
    config: bootstrap({
      listeners: [
        listener("enforced", { AUTHN: [plugin("waypoint", { ...enforced, l7Metrics: L7_METRICS })] }),
        listener("shadow", { AUTHN: [plugin("waypoint", { ...shadow, l7Metrics: L7_METRICS })] }),
        listener("native", {
          JWT_AUTHN: [jwtAuthnFilter([{ issuer: "i", jwks }])],
          RBAC: rbacFilters(
            [{ name: "admin", action: "DENY", rules: [{ to: [{ operation: { methods: ["DELETE"] } }] }] }],
            {
              namespace: "bookinfo",
            },
          ),
          STATS: [plugin("l7-metrics", L7_METRICS)],
        }),
      ],
      clusters: [staticCluster({ name: CHAIN, endpoints: [{ host: "127.0.0.1", port: echo.port }] })],
    }),
  });
});
afterAll(async () => {
  await envoy.stop();
  await echo.stop();
  rmSync(folder, { recursive: true });
});

function plugin(module: string, config: object): HttpFilter {
  const file = path.resolve(`build/${module}.wasm`);
  return wasmFilter({ name: `bookinfo.${module}`, file, configuration: JSON.stringify(config) });
}

function listener(name: string, places: FiltersByPlace): Listener {
  const chain = httpChain({ name: CHAIN, places, accessLog: accessLogs() });
  return tcpListener(name, [{ ...chain, filters: [peerPrincipal(PRINCIPAL), ...chain.filters] }]);
}

/** The formats of the page: those for Istio as istiod passes them on, that for Envoy as it is but for the path. */
function accessLogs(): NamedExtension[] {
  const [provider] = mesh.spec.meshConfig.extensionProviders;
  const [envoyLog] = envoyLogs.access_log;
  const inline_string = textFormat;
  return [
    fileLog({ path: FILES.labels, log_format: { json_format: provider?.envoyFileAccessLog.logFormat.labels } }),
    fileLog({ path: FILES.text, log_format: { text_format_source: { inline_string } } }),
    { name: "envoy.access_loggers.file", typed_config: { ...envoyLog!.typed_config, path: FILES.envoy } },
    { ...fileLog({ path: FILES.denials, log_format: { text_format_source: { inline_string } } }), filter: denials() },
  ];
}

/** As istiod makes it of the page's Telemetry. */
function denials(): object {
  const [log] = telemetry.spec.accessLogging;
  const expression = any("envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter", { ...log?.filter });
  return { extension_filter: { name: "envoy.access_loggers.extension_filters.cel", typed_config: expression } };
}

function fileLog(config: object): NamedExtension {
  const type = "envoy.extensions.access_loggers.file.v3.FileAccessLog";
  return { name: "envoy.access_loggers.file", typed_config: any(type, { ...config }) };
}

function send(name: string, request: Partial<Request>) {
  return requestOverHttp1(envoy.port(name), { method: "GET", path: "/", authority: "reviews", ...request });
}

let count = 0;

/** Sends a request; what each log says of it. `{id}` stands for its request id. */
async function ask(name: string, request: Partial<Request> = {}) {
  const id = `4c2a1f9e-8f4b-4c57-9d60-${String(count++).padStart(12, "0")}`;
  const headers: NonNullable<Request["headers"]> = [["x-request-id", id], ...(request.headers ?? [])];
  await send(name, { ...request, headers });
  const line = async (file: string) => (await lineWith(id, () => readFile(file, "utf8"))).replaceAll(id, "{id}");
  const labels = JSON.parse(await line(FILES.labels)) as Record<string, unknown>;
  return {
    labels: withoutTimes(labels),
    text: (await line(FILES.text)).replace(/^\[[^\]]+\]/, "[time]"),
    envoy: withoutTimes(JSON.parse(await line(FILES.envoy)) as Record<string, unknown>),
    decision: decisionOf(id),
  };
}

function withoutTimes({ time, duration, ...rest }: Record<string, unknown>): Record<string, unknown> {
  expect(new Date(time as string).getTime()).toBeGreaterThan(0);
  if (duration !== undefined) expect(duration).toBeTypeOf("number");
  return rest;
}

/** Access logs are written some time after their requests end. */
async function lineWith(id: string, read: () => Promise<string>): Promise<string> {
  for (const deadline = Date.now() + TIMEOUT; Date.now() < deadline; await sleep(20)) {
    const found = (await read())
      .split("\n")
      .slice(0, -1)
      .find((line) => line.includes(id));
    if (found !== undefined) return found;
  }
  throw new Error(`no line has ${id}`);
}

/** The line of the decision log; undefined: none. */
function decisionOf(id: string): object | undefined {
  const line = envoy.log.ofPlugins().find(({ message }) => message.includes(id));
  if (line === undefined) return undefined;
  expect(line.level).toBe("warn");
  const { request_id, ...rest } = JSON.parse(line.message) as Record<string, unknown>;
  expect(request_id).toBe(id);
  return rest;
}

/** What the format for Istio says of every request. */
const ABSENT = {
  ...{ flags: "-", principal: PRINCIPAL, operation: null, route: null, lane: null, request_id: "{id}" },
  ...{ authz: null, authz_rule: null, jwt_reason: null, jwt_shadow: null },
};

describe("the formats of the page", () => {
  it("show operation, route and lane of a request that passes", async () => {
    const {
      labels,
      text,
      envoy: plain,
      decision,
    } = await ask("enforced", { path: "/reviews/7?a=b", headers: [bearer] });
    const what = { operation: "read_review", route: "reviews", lane: "canary" };
    const about = { method: "GET", path: "/reviews/7", code: 200, details: "via_upstream", request_id: "{id}" };
    expect(labels).toEqual({ ...ABSENT, ...about, ...what });
    expect(plain).toEqual({ ...about, ...what });
    expect(text).toBe(
      `[time] "GET /reviews/7" 200 - via_upstream principal=${PRINCIPAL} operation=read_review route=reviews lane=canary ` +
        `authz=- rule=- jwt=- jwt_shadow=- "{id}"`,
    );
    expect(decision).toBeUndefined();
  });

  it("show why jwt-auth refused one", async () => {
    const { labels, text, envoy: plain, decision } = await ask("enforced", { path: "/reviews/7?access_token=x.y.z" });
    const details = expect.stringContaining("jwt_authn_access_denied{") as string;
    const about = { method: "GET", path: "/reviews/7", code: 401, details, request_id: "{id}" };
    expect(labels).toEqual({ ...ABSENT, ...about, operation: "read_review", jwt_reason: "malformed" });
    expect(plain).toMatchObject({ code: 401, jwt_reason: "malformed" });
    expect(text).toContain(" authz=- rule=- jwt=malformed jwt_shadow=- ");
    expect(decision).toMatchObject({ decision: "denied", reason: "jwt: malformed", code: 401 });
  });

  it("show the rule by which authz refused one", async () => {
    const request = { method: "DELETE", path: "/reviews/7", headers: [bearer] };
    const { labels, text, envoy: plain, decision } = await ask("enforced", request);
    const rule = "ns[bookinfo]-policy[admin]-rule[0]";
    const about = {
      ...{ method: "DELETE", path: "/reviews/7", code: 403, details: `rbac_access_denied_matched_policy[${rule}]` },
      ...{ operation: "delete_review", authz: "denied", authz_rule: rule, request_id: "{id}" },
    };
    expect(labels).toEqual({ ...ABSENT, ...about });
    expect(plain).toEqual(about);
    expect(text).toContain(` operation=delete_review route=- lane=- authz=denied rule=${rule} jwt=- `);
    expect(decision).toEqual({
      ...{ waypost: "decision", decision: "denied", reason: `authz: ${rule}`, code: 403, method: "DELETE" },
      ...{ operation: "delete_review", principal: PRINCIPAL },
    });
  });

  it("show what mode SHADOW would have refused", async () => {
    const rule = "ns[bookinfo]-policy[next]-rule[0]";
    const policy = await ask("enforced", { path: "/next", headers: [bearer] });
    expect(policy.labels).toMatchObject({ code: 200, authz: "shadow_denied", authz_rule: rule, jwt_shadow: null });
    const missing = await ask("shadow");
    expect(missing.labels).toMatchObject({ code: 200, authz: "allowed", authz_rule: "none", jwt_shadow: "missing" });
    expect(missing.decision).toMatchObject({ decision: "shadow_denied", reason: "jwt: missing", code: 200 });
  });
});

it("the filter of the page's Telemetry lets refusals through, in mode SHADOW as well, and nothing else", async () => {
  const passed = ["ok-1", "ok-2"];
  const refused = ["no-token", "policy", "next"];
  const id = (name: string): [string, string] => ["x-request-id", name];
  await send("enforced", { headers: [bearer, id(passed[0]!)] });
  await send("enforced", { headers: [id("no-token")] });
  await send("enforced", { method: "DELETE", headers: [bearer, id("policy")] });
  await send("enforced", { path: "/next", headers: [bearer, id("next")] });
  await send("enforced", { path: "/reviews/1", headers: [bearer, id(passed[1]!)] });
  // Lines come in the order in which the requests ended, in each file: all others are there with the last one.
  for (const name of [...refused, ...passed]) await lineWith(`"${name}"`, () => readFile(FILES.text, "utf8"));
  for (const name of refused) await lineWith(`"${name}"`, () => readFile(FILES.denials, "utf8"));
  const text = await readFile(FILES.denials, "utf8");
  for (const name of passed) expect(text).not.toContain(`"${name}"`);
});

describe("the decision log", () => {
  const native = (decision: object) => ({ waypost: "decision", method: "GET", principal: PRINCIPAL, ...decision });

  it("has a line for what native filters refuse, with their response code details", async () => {
    const forbidden = await ask("native", { method: "DELETE" });
    const reason = "rbac_access_denied_matched_policy[ns[bookinfo]-policy[admin]-rule[0]]";
    expect(forbidden.decision).toEqual(native({ decision: "denied", method: "DELETE", reason, code: 403 }));
    const unauthorized = await ask("native", { headers: [["authorization", "Bearer x"]] });
    expect(unauthorized.decision).toEqual(
      native({ decision: "denied", reason: unauthorized.labels["details"], code: 401 }),
    );
    expect((await ask("native")).decision).toBeUndefined();
  });

  it("is in the proxy's log at Istio's level, one line each", () => {
    const lines = envoy.log.ofPlugins();
    expect(lines.length).toBeGreaterThan(4);
    for (const { message } of lines) expect(message).not.toContain(token);
  });
});
