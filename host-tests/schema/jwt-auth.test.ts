import { beforeAll, describe, expect, it } from "vitest";
import { describeAgreement, fieldExamples } from "./agreement.ts";
import { Reader } from "./judges.ts";
import { BAD, BAD_TEXTS, GOOD, matching, READER_ONLY, rule } from "./jwt-auth-corpus.ts";

describeAgreement("jwt-auth", {
  good: GOOD,
  bad: BAD,
  readerOnly: READER_ONLY,
  fieldExamples: fieldExamples("jwt-auth", "rule", (fields) =>
    rule({ ...("jwksUri" in fields && { jwks: null }), ...fields }),
  ),
  vocabulary: {
    values: [
      ...[null, true, false, 0, -1, 1, 1.5, 65_536, 1e300],
      ...[
        "",
        "x",
        "REQUIRED",
        "SHADOW",
        "ES256",
        "5s",
        "1h",
        "0ms",
        "5",
        "host",
        "a.b",
        "[a][b]",
        "https://a.example/",
        "{}",
      ],
      ...[[], [null], [""], ["x"], ["ES256"], [[]], [{}], {}],
      ...[[{ exact: "a" }], { prefix: "b" }, { none: {} }, { provider: "main" }, [{ allowMissing: {} }]],
      ...["/a*", "/{*}", "*", { paths: ["/a"] }, { requires: { any: [{ provider: "main" }] } }],
      ...[[{ name: "x-a" }], [{ header: "x-a", claim: "sub" }], [{ claim: "sub", property: "a" }], { keys: [] }],
    ],
    names: [
      "jwtRules",
      "jwks",
      "jwksUri",
      "issuer",
      "name",
      "audiences",
      "audience",
      "timeout",
      "mode",
      "claim",
      "prefix",
      "presence",
      "requirements",
      "requires",
      "match",
      "provider",
      "any",
      "none",
      "paths",
    ],
  },
  texts: [
    ["names of headers", 'aZ0-_.!|~:("/ \t\u00e9\u212A', (text) => rule({ outputPayloadToHeader: text })],
    ["the name of the host header", "hosTHOSt", (text) => rule({ fromHeaders: [{ name: text }] })],
    ["prefixes", 'aZ0 ="\t\r\n\u0000\u007f\u00e9', (text) => rule({ fromHeaders: [{ name: "a", prefix: text }] })],
    ["claims", "ab..[[]]/: ", (text) => rule({ outputClaimToHeaders: [{ header: "a", claim: text }] })],
    ["durations", "00123456789..mmsh -+e", (text) => rule({ clockSkew: text })],
    ["URLs", "ht:/[]@?#%a0.1-_ \\\u00e9", (text) => ({ jwtRules: [{ jwksUri: `https://${text}` }] })],
    ["paths", "/a*{}?#.%;\u00e9 ", (text) => matching({ paths: [text] })],
    ["templates", "/a*{}", (text) => matching({ paths: [`/{*}${text}`, `/{**}${text}`] })],
    ["hosts", "a.*:", (text) => matching({ hosts: [text] })],
    ["headers to match", "hosTa:- \u212A", (text) => matching({ headers: { [text]: { present: true } } })],
    ["schemes", "htTpsS:://", (text) => ({ jwtRules: [{ jwksUri: `${text}://a/` }] })],
  ],
});

describe("only the reader sees the text", () => {
  let reader: Reader;
  beforeAll(async () => {
    reader = await Reader.load("jwt-auth");
  });

  it.each(Object.entries(BAD_TEXTS))("%s", (_, [text, problem]) => {
    const problems = reader.problemsOfText(text);
    expect(problems.some((told) => problem.test(told))).toBe(true);
  });
});
