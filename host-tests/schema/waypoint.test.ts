/** The schema of root `waypoint` is made of those of its sections, and says what its reader says. */
import { beforeAll, describe, expect, it } from "vitest";
import { Reader, schemaJudge } from "./judges.ts";

const schemaProblems = schemaJudge("waypoint");

const JWT_AUTH = {
  jwtRules: [{ issuer: "a", jwks: '{"keys":[{"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U"}]}' }],
};
const AUTHZ = { policies: [{ name: "a" }] };
const HEADER_ROUTER = { routes: [{ name: "a" }] };

let reader: Reader;
beforeAll(async () => {
  reader = await Reader.load("waypoint");
});

describe("both accept", () => {
  it.each<[string, unknown]>([
    ["all sections", { jwtAuth: JWT_AUTH, authz: AUTHZ, headerRouter: HEADER_ROUTER }],
    ["jwtAuth alone", { jwtAuth: JWT_AUTH }],
    ["authz alone, the others null", { jwtAuth: null, authz: AUTHZ, headerRouter: null }],
    ["headerRouter alone", { headerRouter: HEADER_ROUTER }],
  ])("%s", (_, config) => {
    expect(reader.problems(config)).toEqual([]);
    expect(schemaProblems(config)).toEqual([]);
  });
});

describe("both refuse", () => {
  it.each<[string, unknown, RegExp]>([
    ["no section", { jwtAuth: null }, /^at least one of/],
    ["an unknown section", { authz: AUTHZ, rateLimit: {} }, /^rateLimit: unknown field/],
    ["a section that is no object", { authz: [] }, /^authz: must be an object/],
    ["a problem in jwtAuth", { jwtAuth: { jwtRules: [] } }, /^jwtAuth\.jwtRules: /],
    ["a problem in authz", { authz: { policies: [{ name: "a", action: "DROP" }] } }, /^authz\.policies\[0\]\.action: /],
    ["a problem in headerRouter", { headerRouter: { routes: [{}] } }, /^headerRouter\.routes\[0\]\.name: /],
  ])("%s", (_, config, problem) => {
    expect(reader.problems(config)).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
    expect(schemaProblems(config)).not.toEqual([]);
  });
});
