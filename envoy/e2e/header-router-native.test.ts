/**
 * Routes of VirtualServices, judged by Envoy's own routes as istiod makes them: random routes and random requests. Both must
 * choose the same route, and do the same to the request and its answer. `SEED=…` repeats a run.
 */
import process from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Random } from "../../host-tests/host/random.ts";
import type { Request } from "../client/answer.ts";
import { bootstrap, httpChain, staticCluster, tcpListener } from "../config/index.ts";
import { EnvoyProcess } from "../harness/index.ts";
import { routesOf, type HttpMatchRequest, type HttpRoute, type StringMatch } from "../istiod/virtual-service.ts";
import { EchoService } from "../services/echo.ts";
import { headerRouter, send, SERVICE, type Outcome } from "./header-router-fixture.ts";

const SEED = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
const GROUPS = 8;
const ROUTES_IN_GROUP = 12;
const REQUESTS = 120;

/** Only the last route of a group may be for every request. */
const LAST = `-${ROUTES_IN_GROUP - 1}`;

const random = new Random(SEED);

function chance(percent: number): boolean {
  return random.below(100) < percent;
}

function pick<T>(items: readonly T[]): T {
  return items[random.below(items.length)] as T;
}

const PATHS = [
  "/",
  "/a",
  "/a/b",
  "/A/b",
  "/a/b/c.css",
  "/api/v1/users",
  "/api/v2/users/7",
  "/service/x/y",
  "/%41",
  "//a",
];
const VALUES = ["a", "b", "ab", "A", "", "a,b", "v1"];
const HOSTS = ["a.example", "a.example:80", "b.example:8080", "A.example", "[::1]:80"];
const METHODS = ["GET", "PUT", "DELETE"];
const HEADERS = ["x-a", "x-b"];

function text(values: readonly string[], regexes: readonly string[]): StringMatch {
  const draw = random.below(10);
  if (draw < 5) return { exact: pick(values) || "a" };
  if (draw < 7) return { prefix: (pick(values) || "a").slice(0, 3) };
  return draw < 9 ? { regex: pick(regexes) } : {};
}

const VALUE_REGEXES = ["a.*", "[ab]+", "", "*", "(?i)A", "a|b"].filter((regex) => regex !== "");
const PATH_REGEXES = ["/a/.*", "/api/v[0-9]+/.*", ".*\\.css", "/(a|service)(/.*)?"];

function randomMatch(): HttpMatchRequest {
  const match: HttpMatchRequest = {};
  if (chance(85)) match.uri = text(PATHS, PATH_REGEXES);
  if (match.uri !== undefined && !("regex" in match.uri) && Object.keys(match.uri).length > 0 && chance(25))
    match.ignoreUriCase = true;
  if (chance(25)) match.method = text(METHODS, ["P.*", "GET|PUT"]);
  if (chance(20)) match.authority = text(HOSTS, [".*\\.example", "a\\..*"]);
  if (chance(30)) match.headers = { [pick(HEADERS)]: text(VALUES, VALUE_REGEXES) };
  if (chance(15)) match.withoutHeaders = { [pick(HEADERS)]: text(VALUES, VALUE_REGEXES) };
  if (chance(20)) match.queryParams = { [pick(["q", "r"])]: text(VALUES, VALUE_REGEXES) };
  return match;
}

function randomRoute(name: string): HttpRoute {
  const route: HttpRoute = {
    name,
    headers: { request: { set: { "x-set": name } }, response: { set: { "x-route": name }, add: { "x-many": name } } },
  };
  if (!name.endsWith(LAST) || chance(50)) route.match = Array.from({ length: 1 + random.below(2) }, randomMatch);
  if (chance(30)) route.headers = { ...route.headers, request: { add: { "x-a": name }, remove: ["x-b"] } };
  const draw = random.below(10);
  if (draw < 4) return { ...route, rewrite: randomRewrite() };
  if (draw < 6) return { ...route, redirect: randomRedirect() };
  if (draw === 6) return { ...route, directResponse: { status: pick([200, 404, 503]), body: { string: name } } };
  return route;
}

function randomRewrite(): NonNullable<HttpRoute["rewrite"]> {
  const draw = random.below(3);
  if (draw === 0) return { authority: pick(["c.example", "c.example:81"]) };
  if (draw === 1) return { uri: pick(["/", "/new", "/new/"]), ...(chance(30) ? { authority: "d.example" } : {}) };
  return {
    uriRegexRewrite: pick([
      { match: "^/service/([^/]+)(/.*)$", rewrite: "\\2/instance/\\1" },
      { match: "a", rewrite: "bb" },
      { match: "/", rewrite: "/" },
      { match: "/+", rewrite: "/" },
    ]),
  };
}

function randomRedirect(): NonNullable<HttpRoute["redirect"]> {
  return {
    ...(chance(50) ? { uri: pick(["/new", "/new?x=1"]) } : { scheme: pick(["http", "https"]) }),
    ...(chance(40) ? { authority: "e.example" } : {}),
    ...(chance(40) ? { port: pick([80, 443, 8080]) } : {}),
    ...(chance(50) ? { redirectCode: pick([301, 302, 303, 307, 308]) } : {}),
  };
}

function randomRequest(): Partial<Request> {
  const query = chance(50) ? "" : pick(["?q=a", "?q=ab&r", "?r=%61", "?q=&q=a", "?", "?q=a,b"]);
  const headers = HEADERS.filter(() => chance(50)).map((name): [string, string] => [name, pick(VALUES)]);
  if (chance(30)) headers.push([pick(HEADERS), pick(VALUES)]);
  return { method: pick(METHODS), path: pick(PATHS) + query, authority: pick(HOSTS), headers };
}

const groups = Array.from({ length: GROUPS }, (_, group) =>
  Array.from({ length: ROUTES_IN_GROUP }, (__, index) => randomRoute(`r${group}-${index}`)),
);

let echo: EchoService;
let envoy: EnvoyProcess;
beforeAll(async () => {
  echo = await EchoService.start();
  const fallback: HttpRoute = { name: "none" };
  const listeners = groups.flatMap((routes, group) => [
    tcpListener(`ours-${group}`, [httpChain({ name: SERVICE, places: { AUTHN: [headerRouter(routes)] } })]),
    tcpListener(`native-${group}`, [
      httpChain({ name: SERVICE, routes: [...routes, fallback].flatMap((route) => routesOf(route, SERVICE)) }),
    ]),
  ]);
  const clusters = [staticCluster({ name: SERVICE, endpoints: [{ host: "127.0.0.1", port: echo.port }] })];
  envoy = await EnvoyProcess.start({ config: bootstrap({ listeners, clusters }) });
}, 60_000);
afterAll(async () => {
  await envoy.stop();
  await echo.stop();
});

/** What must be the same. */
function seen({ status, body, header, upstream }: Outcome): object {
  return {
    status,
    body: upstream === undefined ? body : "",
    route: header("x-route"),
    added: header("x-many"),
    location: header("location"),
    path: upstream?.path,
    headers: ["host", "x-envoy-original-path", "x-set", "x-a", "x-b"].map((name) => upstream?.header(name)),
  };
}

const chosen = new Set<unknown>();

it.each(groups.map((routes, group) => [group, routes] as const))(
  `routes of group %i do what Envoy's own do (SEED=${SEED})`,
  async (group, routes) => {
    for (let count = 0; count < REQUESTS; count++) {
      const request = randomRequest();
      const [ours, native] = await Promise.all([
        send(envoy.port(`ours-${group}`), request),
        send(envoy.port(`native-${group}`), request),
      ]);
      const names = [ours.header("x-route"), native.header("x-route")];
      const what = { request, routes: routes.filter(({ name }) => names.includes(name)) };
      expect(seen(ours), JSON.stringify(what)).toEqual(seen(native));
      chosen.add(native.header("x-route"));
    }
  },
  60_000,
);

it("the requests took many routes, so that they say something", () => {
  expect(chosen.size).toBeGreaterThan(GROUPS * 3);
});
