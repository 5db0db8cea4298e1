/** A thousand routes, of which an index finds those that can match: the first that does match must be the same as without. */
import { expect, it } from "vitest";
import { Random } from "../../host/random.ts";
import { RouterHost, type RouterRequest } from "./router-host.ts";

const ROUTES = 1000;
const REQUESTS = 1500;
const SEED = 20_261_121;

const random = new Random(SEED);

function pick<T>(items: readonly T[]): T {
  return items[random.below(items.length)] as T;
}

const SEGMENTS = ["a", "b", "c", "users", "orders", "A"];
const HOSTS = ["a.example", "b.example", "A.example"];
const METHODS = ["GET", "PUT", "POST"];

function randomPath(): string {
  return Array.from({ length: 1 + random.below(4) }, () => `/${pick(SEGMENTS)}`).join("");
}

interface Match {
  uri?: { exact: string } | { prefix: string } | { template: string };
  ignoreUriCase?: boolean;
  method?: { exact: string } | { in: string[] };
  authority?: { exact: string; ignoreCase?: boolean };
  headers?: { "x-user": { exact: string } };
}

function randomMatch(): Match {
  const draw = random.below(10);
  const match: Match = {};
  if (draw < 4) match.uri = { exact: randomPath() };
  else if (draw < 8) match.uri = { prefix: randomPath() };
  else if (draw === 8) match.uri = { template: `${randomPath()}/{id}` };
  if (draw < 8 && random.below(6) === 0) match.ignoreUriCase = true;
  if (random.below(3) === 0)
    match.method = random.below(2) === 0 ? { exact: pick(METHODS) } : { in: [pick(METHODS), "PATCH"] };
  if (random.below(3) === 0) match.authority = { exact: pick(HOSTS), ignoreCase: random.below(2) === 0 };
  // So that most routes are for few requests, and many are candidates.
  if (random.below(10) > 0) match.headers = { "x-user": { exact: `u${random.below(100)}` } };
  return match;
}

const routes = Array.from({ length: ROUTES }, (_, index) => ({
  name: `r${index}`,
  match: Array.from({ length: 1 + random.below(2) }, randomMatch),
}));

interface Sent extends RouterRequest {
  method: string;
  path: string;
  authority: string;
}

function holds(match: Match, request: Sent, user: string): boolean {
  const fold = (text: string, ignores = false) => (ignores ? text.toLowerCase() : text);
  const { uri, method, authority, headers } = match;
  const path = fold(request.path, match.ignoreUriCase);
  if (uri !== undefined && "exact" in uri && path !== fold(uri.exact, match.ignoreUriCase)) return false;
  if (uri !== undefined && "prefix" in uri && !path.startsWith(fold(uri.prefix, match.ignoreUriCase))) return false;
  if (uri !== undefined && "template" in uri && !matchesTemplate(uri.template, path)) return false;
  if (method !== undefined && "exact" in method && method.exact !== request.method) return false;
  if (method !== undefined && "in" in method && !method.in.includes(request.method)) return false;
  const ignoresHost = authority?.ignoreCase ?? false;
  if (authority !== undefined && fold(authority.exact, ignoresHost) !== fold(request.authority, ignoresHost))
    return false;
  return headers === undefined || headers["x-user"].exact === user;
}

function matchesTemplate(template: string, path: string): boolean {
  const start = template.slice(0, template.indexOf("{"));
  return path.startsWith(start) && path.length > start.length && !path.slice(start.length).includes("/");
}

it(`${REQUESTS} random requests take the first of ${ROUTES} routes that matches`, () => {
  const router = new RouterHost({ routes });
  const chosen = new Set<string | undefined>();
  for (let count = 0; count < REQUESTS; count++) {
    const user = `u${random.below(100)}`;
    const request: Sent = {
      method: pick(METHODS),
      path: randomPath(),
      authority: pick(HOSTS),
      headers: [["x-user", user]],
    };
    const expected = routes.find(({ match }) => match.some((one) => holds(one, request, user)))?.name;
    expect([request, router.route(request)]).toEqual([request, expected]);
    chosen.add(expected);
  }
  expect(chosen.size).toBeGreaterThan(20);
});
