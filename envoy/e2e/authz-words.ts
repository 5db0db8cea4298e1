/**
 * Values of conditions that are put together from pieces, and requests from the same pieces, for what no vocabulary has thought
 * of. Values are such as Istio and authz accept.
 */
import * as fc from "fast-check";
import { ISSUERS, type Condition, type RequestPart } from "./authz-vocabulary.ts";

/** A condition of which all values are of one kind. */
export interface WordCondition extends Omit<Condition, "values" | "aspects"> {
  value: fc.Arbitrary<string>;
  request: fc.Arbitrary<RequestPart>;
}

const joined = (...pieces: string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((chosen) => chosen.join(""));

/** As it is, or with a star at one end. */
const pattern = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom("", "", "*"), text, fc.boolean()).map(([start, middle, isPrefix]) => {
    if (start !== "") return start + middle;
    return isPrefix ? `${middle}*` : middle;
  });

const literal = fc.constantFrom("a", "b", "ab", "a.b", "~-_", "a;b", "%2f", "%C3%A9", "A", "1", "a=b", "!$&'()+,:@");
const template = fc
  .tuple(
    fc.array(fc.oneof(literal, fc.constant("{*}")), { maxLength: 3 }),
    fc.constantFrom("{*}", "{**}"),
    fc.array(literal, { maxLength: 2 }),
    fc.constantFrom("", "", "/"),
  )
  .map(([before, operator, after, end]) => `/${[...before, operator, ...after].join("/")}${end}`);
const plainPath = pattern(joined("/", "/a", "/b", "a", ".", "%2f", ";", "A")).map((path) =>
  path.startsWith("*") ? path : `/${path}`,
);
const path = joined(
  ...[
    "/",
    "/",
    "/a",
    "/b",
    "a",
    "b",
    "ab",
    "A",
    "1",
    ".",
    "..",
    "/.",
    "/..",
    "/..;",
    ";",
    "=",
    ":",
    ",",
    "'",
    "*",
    "~",
  ],
  ...["%2e", "%2F", "%2f", "%7e", "%25", "%C3%A9", "é", "%", "\\", "[", "|", "?"],
).map((text): RequestPart => ({ path: `/${text}` }));

const host = joined("a", "b", "A", ".", "-", ":80", "test");

const spiffe = [
  "td1",
  "td2",
  "cluster.local",
  "/ns/",
  "/sa/",
  "/",
  ".",
  "x",
  "default",
  "web",
  "/ns/default",
  "/sa/web",
];
const peer = joined(...spiffe).map((id): RequestPart => ({ peer: `spiffe://${id}` }));

const address = fc.constantFrom(
  ...["10.0.0.1", "10.3.0.1", "255.255.255.255", "fd00::1", "fd00:0:0::9", "FD00::0001", "::", "::ffff:10.0.0.1"],
  ...["::ffff:a00:1", "1.2.3", "256.1.1.1", "010.0.0.1", "::1%lo", "0x0a000001", " 10.0.0.1 ", "", " "],
);
const forwarded = fc
  .array(address, { maxLength: 3 })
  .map((list): RequestPart => (list.length === 0 ? {} : { headers: [["x-forwarded-for", list.join(",")]] }));
const block = fc.oneof(
  fc.tuple(fc.constantFrom("10.0.0.0", "10.3.0.1", "255.0.0.0"), fc.nat(32)).map((range) => range.join("/")),
  fc.tuple(fc.constantFrom("fd00::", "fd00::9", "::", "::ffff:10.0.0.0"), fc.nat(128)).map((range) => range.join("/")),
);

const headerText = joined("a", "b", "A", " ", ",", "é", "%").map((text) => `a${text}`.trim());
const header = fc
  .array(headerText, { maxLength: 3 })
  .map((values): RequestPart => ({ headers: values.map((value): [string, string] => ["x-a", value]) }));

const claim = fc.oneof(
  joined("a", "b", "/", " ", "\n", "é", "\u{1f600}", "\0"),
  fc.array(joined("a", "b", " "), { maxLength: 3 }),
  fc.constantFrom<unknown>("", 1, null, [["a"]], [1, "a"], [{ a: "a" }, "a"], { a: "a" }, ["", "a\n"]),
);
const claims = fc
  .oneof(fc.record({ c: claim }), fc.record({ o: fc.record({ c: claim }) }), fc.record({ o: claim }))
  .map((own): RequestPart => ({ claims: { iss: ISSUERS[0], ...own } }));
const claimValue = pattern(joined("a", "b", "/", " ", "é"));

const words = fc
  .oneof(joined("a", "b", " ", "  ", "\t", "\n"), claim)
  .map((scope): RequestPart => ({ claims: { iss: ISSUERS[0], scope } }));

const subject = fc
  .tuple(fc.constantFrom(...ISSUERS), joined("a", "b", "/", "*", "\n", ""))
  .map(([iss, sub]): RequestPart => ({ claims: { iss, sub } }));

export const WORD_CONDITIONS: WordCondition[] = [
  { place: "operation", name: "paths", value: fc.oneof(template, plainPath), request: path },
  { place: "operation", name: "hosts", value: pattern(host), request: host.map((found) => ({ host: found })) },
  { place: "source", name: "principals", value: pattern(joined(...spiffe)), request: peer },
  { place: "source", name: "namespaces", value: joined("default", "web", "x", "*", ".", "/"), request: peer },
  {
    place: "source",
    name: "serviceAccounts",
    value: fc.tuple(fc.constantFrom("", "default/", "x/"), joined("web", "x", ".", "sa")).map((name) => name.join("")),
    request: peer,
  },
  { place: "source", name: "trustDomains", value: pattern(joined("td1", "td2", "cluster.local", "x")), request: peer },
  { place: "source", name: "remoteIpBlocks", value: block, request: forwarded },
  {
    place: "source",
    name: "requestPrincipals",
    value: pattern(joined(...ISSUERS, "/", "a", "b")),
    request: subject,
  },
  { place: "when", name: "request.headers[x-a]", value: pattern(headerText), request: header },
  { place: "when", name: "request.auth.claims[c]", value: claimValue, request: claims },
  { place: "when", name: "request.auth.claims[o][c]", value: claimValue, request: claims },
  { place: "when", name: "request.auth.claims[scope]", value: pattern(joined("a", "b", " ")), request: words },
];
