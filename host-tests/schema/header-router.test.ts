import { describeAgreement } from "./agreement.ts";
import { BAD, GOOD, matching, READER_ONLY, route, setting } from "./header-router-corpus.ts";

describeAgreement("header-router", {
  good: GOOD,
  bad: BAD,
  readerOnly: READER_ONLY,
  vocabulary: {
    values: [
      ...[null, true, false, 0, -1, 1, 1.5, 80, 301, 65_536, 1e300],
      ...["", "x", "/a", "/{id}", "{id}", "{path}", "{claims.sub}", "a*", "*", "a/b", "http", "principal", "host"],
      ...[[], [null], [""], ["x"], [[]], [{}], {}],
      ...[{ exact: "a" }, { prefix: "/b" }, { template: "/{id}" }, { not: { exact: "a" } }, { present: true }],
      ...[{ "x-a": "b" }, { "x-a": { exact: "b" } }, { set: { "x-a": "{id}" } }, [{ uri: { exact: "/a" } }]],
      ...[{ uri: "/a" }, { status: 200 }, { string: "a" }, { match: "a", rewrite: "b" }, { namespaces: ["a"] }],
    ],
    names: [
      ...["routes", "laneHeader", "name", "match", "headers", "rewrite", "redirect", "directResponse", "split"],
      ...["uri", "method", "authority", "ignoreUriCase", "exact", "prefix", "regex", "in", "not", "present"],
      ...["ignoreCase", "template", "claims", "source", "port", "request", "response", "set", "add", "remove"],
    ],
  },
  texts: [
    ["names of headers", 'aZ0-_.!|~:("/ \té\u212A', (text) => setting({ [text]: "a" })],
    ["headers to match", "hosTa:- @\u212A", (text) => matching({ headers: { [text]: {} } })],
    ["values", "{}a.%R(claimshedr[]", (text) => setting({ "x-a": text })],
    ["claims", "ab..[[]]/: ", (text) => matching({ claims: { [text]: {} } })],
    ["principals", "a*/:spife", (text) => matching({ source: { principals: [text] } })],
    ["service accounts", "a*/", (text) => matching({ source: { serviceAccounts: [text] } })],
    ["templates", "/a*{}=", (text) => matching({ uri: { template: `/${text}` } })],
    ["paths", "/a?#{}é ", (text) => matching({ uri: { prefix: text } })],
    ["rewrites", "/a?#{} é", (text) => route({ rewrite: { uri: text } })],
    ["authorities", "a.:[]@/{}", (text) => route({ redirect: { authority: text } })],
    ["regular expressions", "a(b)|*+[]\\?", (text) => matching({ uri: { regex: text } })],
  ],
});
