/** OpenID Connect Discovery 1.0: how the location of an issuer's keys is found, and what is not believed. */
import { expect, it } from "vitest";
import type { CallRequest, ReplyInit } from "../../host/index.ts";
import { ISSUER, JwksHost, keySet } from "./jwks-host.ts";

const DOCUMENT = "/.well-known/openid-configuration";
const DEFAULT_CLUSTER = "inbound-vip|443|http|issuer.test";
const SECOND = 1_000;
const MINUTE = 60_000;

/** An issuer with this document, whose keys are wherever they are asked for. */
function answers(document: unknown): (call: CallRequest) => ReplyInit {
  const body = typeof document === "string" ? document : JSON.stringify(document);
  return ({ path }) => (path.endsWith(DOCUMENT) ? { body } : { body: keySet("old") });
}

/** With discovery in place of `jwksUri`. */
function start(document: unknown, rule: Record<string, unknown> = {}, issuer = ISSUER): JwksHost {
  const jwks = new JwksHost({ rule: { issuer, jwksUri: null, jwksCluster: null, ...rule }, answer: answers(document) });
  jwks.host.advance(SECOND);
  return jwks;
}

it.each([
  ["no path", "", DOCUMENT],
  ["a slash", "/", DOCUMENT],
  ["a path", "/realms/a", `/realms/a${DOCUMENT}`],
  ["a path with a final slash", "/realms/a/", `/realms/a${DOCUMENT}`],
  ["two final slashes, of which one gives way", "/a//", `/a/${DOCUMENT}`],
])("the document of an issuer with %s", (_what, path, expected) => {
  const issuer = ISSUER + path;
  const jwks = start({ issuer, jwks_uri: `${ISSUER}/keys?a=b` }, {}, issuer);
  expect(jwks.fetches.map(({ path: asked }) => asked)).toEqual([expected, "/keys?a=b"]);
  expect(jwks.ask("old", { claims: { iss: issuer } })).toBe("200");
});

it.each([
  ["here", `${ISSUER}/keys`, {}, DEFAULT_CLUSTER, "issuer.test"],
  [
    "here, by its full name",
    "HTTPS://Issuer.Test:443/keys",
    { discoveryCluster: "issuer" },
    "issuer",
    "Issuer.Test:443",
  ],
  ["here, whatever reaches others", `${ISSUER}/keys`, { jwksCluster: "keys" }, DEFAULT_CLUSTER, "issuer.test"],
  ["elsewhere", "https://keys.test/keys", { jwksCluster: "keys" }, "keys", "keys.test"],
  ["at another port", "https://issuer.test:8443/keys", { jwksCluster: "keys" }, "keys", "issuer.test:8443"],
] as const)("keys that are %s", (_where, uri, rule, cluster, authority) => {
  const jwks = start({ issuer: ISSUER, jwks_uri: uri, other: [{}] }, rule);
  expect(jwks.fetches.at(-1)).toMatchObject({ path: "/keys", cluster, authority });
  expect(jwks.ask("old")).toBe("200");
});

it.each([
  ["of another issuer", { issuer: `${ISSUER}/`, jwks_uri: `${ISSUER}/keys` }, "its issuer is not the configured one"],
  ["without issuer", { jwks_uri: `${ISSUER}/keys` }, "its issuer is not the configured one"],
  [
    "whose issuer is no string",
    { issuer: [ISSUER], jwks_uri: `${ISSUER}/keys` },
    "its issuer is not the configured one",
  ],
  ["without keys", { issuer: ISSUER }, "it has no jwks_uri; configure jwksUri"],
  ["whose keys are no string", { issuer: ISSUER, jwks_uri: 5 }, "it has no jwks_uri; configure jwksUri"],
  ["whose keys are no URL", { issuer: ISSUER, jwks_uri: "/keys" }, "its jwks_uri is not a URL that can be asked for"],
  ["whose keys are elsewhere", { issuer: ISSUER, jwks_uri: "https://keys.test/" }, "configure jwksCluster"],
  ["whose keys come in the clear", { issuer: ISSUER, jwks_uri: "http://issuer.test/keys" }, "and not https"],
  [
    "that names its issuer twice",
    `{"issuer":"x","issuer":"${ISSUER}","jwks_uri":"${ISSUER}/keys"}`,
    "it is not a JSON",
  ],
  ["that is HTML", "<html>", "it is not a JSON object with distinct member names"],
  ["that is a list", "[]", "it is not a JSON object with distinct member names"],
  ["that is cut off", `{"issuer":"${ISSUER}"`, "it is not a JSON object with distinct member names"],
  ["with something behind it", `{"issuer":"${ISSUER}","jwks_uri":"${ISSUER}/keys"}{}`, "it is not a JSON object"],
  ["that is too large", { issuer: ISSUER, jwks_uri: `${ISSUER}/keys`, x: "x".repeat(65_536) }, "larger than 64 KiB"],
] as const)("a document %s is refused, and the log says why", (_what, document, why) => {
  const jwks = start(document);
  expect(jwks.fetches.map(({ path }) => path)).toEqual([DOCUMENT]);
  expect(jwks.lines()).toHaveLength(1);
  expect(jwks.lines()[0]).toMatch(/^warn not fetched: discovery document: /);
  expect(jwks.lines()[0]).toContain(why);
  const refused = jwks.send("old");
  jwks.host.advance(50);
  expect(refused.response?.body).toBe("Jwks remote fetch is failed");
});

it("a document that is fresh is not read again for an unknown kid, in the VM that has read it", () => {
  const jwks = start({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys` });
  jwks.send("foreign");
  jwks.host.advance(31 * SECOND);
  jwks.send("foreign");
  jwks.host.advance(SECOND);
  const byMainThread = [DOCUMENT, "/keys"];
  const byWorker = [DOCUMENT, "/keys", "/keys"];
  expect(jwks.fetches.map(({ path }) => path)).toEqual([...byMainThread, ...byWorker]);
});

it("a document that is no longer fresh is read again", () => {
  const jwks = start({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys` });
  jwks.host.advance(20 * MINUTE);
  const documents = jwks.fetches.filter(({ path }) => path === DOCUMENT);
  expect(documents.length).toBeGreaterThanOrEqual(2);
});

it("keys that have moved are found", () => {
  const jwks = start({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys` });
  const moved = answers({ issuer: ISSUER, jwks_uri: `${ISSUER}/moved` });
  jwks.answer = (call) => (call.path === "/keys" ? { status: 404 } : moved(call));
  jwks.host.advance(5 * MINUTE);
  expect(jwks.fetches.at(-1)?.path).toBe("/moved");
  expect(jwks.ask("old")).toBe("200");
});

it("document and keys share the time of one fetch", () => {
  const jwks = new JwksHost({
    rule: { jwksUri: null, jwksCluster: null, timeout: "2s" },
    answer: ({ path }) =>
      path === DOCUMENT
        ? { body: JSON.stringify({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys` }), delayMs: 1_500 }
        : { fault: "hang" },
  });
  const waiting = jwks.send("old");
  jwks.host.advance(2_050);
  expect(waiting.response?.status).toBe(401);
});
