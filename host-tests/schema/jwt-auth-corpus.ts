/** Configurations of jwt-auth: good ones, bad ones, and those of which only the reader knows that they are bad. */
import { RFC7515, RFC7517_A1 } from "../jose/vectors.ts";
import type { ReaderRule } from "./agreement.ts";

const RSA = RFC7515.A2.jwk;
const EC = RFC7515.A3.jwk;

/** A usable key set. */
export const KEYS = { keys: [EC] };

const ISSUER = "https://issuer.example";
const URI = "https://issuer.example/jwks.json";

/** A configuration of one rule with inline keys and these other fields. */
export function rule(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { jwtRules: [{ issuer: ISSUER, jwks: KEYS, ...more }] };
}

/** A configuration of one rule, `main`, with requests that need this. */
export function needs(requires: unknown, match?: unknown): Record<string, unknown> {
  return { ...rule({ name: "main" }), requirements: [{ requires, ...(match === undefined ? {} : { match }) }] };
}

/** A configuration with a requirement for these requests. */
export function matching(match: unknown): Record<string, unknown> {
  return needs({ none: {} }, match);
}

/** A configuration of one rule with fetched keys and these other fields. */
function remote(more: Record<string, unknown> = {}): Record<string, unknown> {
  return { jwtRules: [{ issuer: ISSUER, jwksUri: URI, ...more }] };
}

/** Accepted, by what they show. */
export const GOOD: Record<string, unknown> = {
  "the least": { jwtRules: [{ jwks: KEYS }] },
  "keys as text": rule({ jwks: JSON.stringify(KEYS) }),
  "unusable keys among usable ones": rule({ jwks: { keys: [{ kty: "oct", k: "AAAA" }, RSA, RFC7517_A1.keys[0]] } }),
  "keys that are fetched": remote(),
  "everything about fetching": remote({
    jwksCluster: "issuer",
    timeout: "250ms",
    jwksCacheDuration: "1.5h",
    jwksStaleDuration: "0s",
  }),
  discovery: { jwtRules: [{ issuer: `${ISSUER}/realms/a/` }] },
  "everything about discovery": {
    jwtRules: [{ issuer: ISSUER, jwks: null, jwksUri: null, discoveryCluster: "issuer", jwksCluster: "keys" }],
  },
  "an http URL with port and query": remote({ jwksUri: "HTTP://[::1]:8080/keys?a=b%20c" }),
  "every top-level field": {
    ...rule(),
    presence: "REQUIRED",
    mode: "SHADOW",
    bypassCorsPreflight: false,
    cacheSize: 65_536,
    payloadMetadataHeader: "X-Waypost-Claims",
    publishPayload: true,
    publish: [
      { claim: "sub", property: "jwt_sub" },
      { claim: "[https://example.com/roles][admin]", property: "admin" },
    ],
  },
  "every field of a rule": rule({
    name: "main",
    audiences: ["reviews", "ratings"],
    algorithms: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
    clockSkew: "0s",
    requireExpiration: true,
    forwardOriginalToken: true,
    fromHeaders: [{ name: "X-Jwt-Assertion" }, { name: "x-access", prefix: "JWT " }],
    fromParams: ["token", "access_token"],
    fromCookies: ["session"],
    outputPayloadToHeader: "X-Jwt-Payload",
    outputClaimToHeaders: [
      { header: "x-jwt-sub", claim: "sub" },
      { header: "x-jwt-team", claim: "org.team" },
    ],
    spaceDelimitedClaims: ["scope"],
    presence: "REQUIRED",
    maxLifetime: "1h",
    subjects: [{ exact: "a" }, { prefix: "b" }, { suffix: "c" }],
    requiredClaims: [{ claim: "scope", values: ["a", "b"] }, { claim: "[a.b][c]" }],
  }),
  "every kind of requirement": {
    jwtRules: [{ name: "main", jwks: KEYS }, { jwks: KEYS }],
    requirements: [
      { requires: { provider: "main" }, match: {} },
      { requires: { any: [{ provider: "main" }, { provider: "origins-1" }, { allowMissing: {} }] }, match: null },
      { requires: { all: [{ provider: "main" }, { any: [{ provider: "origins-1" }, { none: {} }] }] } },
      { requires: { allowMissing: {} } },
      { requires: { allowMissingOrFailed: {} } },
      { requires: { none: {}, any: null } },
    ],
  },
  "a requirement as deep as it may be": needs(nested(7)),
  "every kind of match": matching({
    paths: ["/", "/a", "/a*", "*a", "*", "/{*}", "/a/{*}/b/{**}", "/{**}/a/", "/a b"],
    methods: ["GET", "P*", "*T", "*"],
    hosts: ["A.example", "*.example", "a.example:*", "*"],
    headers: { "X-A": { exact: "a" }, "x-b": { prefix: "b" }, c: { suffix: "c" }, d: { present: true }, e: null },
  }),
  "requirements that are none": { ...rule(), requirements: [] },
  "several rules": { jwtRules: [{ issuer: "a", jwks: KEYS }, { issuer: "b", jwksUri: URI }, { jwksUri: URI }] },
  "empty lists": {
    ...rule({ audiences: [], fromHeaders: [], fromParams: [], fromCookies: [], outputClaimToHeaders: [] }),
    publish: [],
  },
  "null everywhere it may stand": {
    presence: null,
    mode: null,
    bypassCorsPreflight: null,
    cacheSize: null,
    payloadMetadataHeader: null,
    requirements: null,
    publishPayload: null,
    publish: null,
    ...rule({
      name: null,
      issuer: null,
      jwksUri: null,
      jwksCluster: null,
      jwksCacheDuration: null,
      jwksStaleDuration: null,
      discoveryCluster: null,
      timeout: null,
      audiences: null,
      algorithms: null,
      clockSkew: null,
      requireExpiration: null,
      presence: null,
      maxLifetime: null,
      subjects: null,
      requiredClaims: null,
      forwardOriginalToken: null,
      fromHeaders: [{ name: "x-token", prefix: null }],
      fromParams: null,
      fromCookies: null,
      outputPayloadToHeader: null,
      outputClaimToHeaders: null,
      spaceDelimitedClaims: null,
    }),
  },
  "null for keys that are fetched": remote({ jwks: null }),
  "a number with a fraction of nothing": { ...rule(), cacheSize: 5.0 },
  "one location twice": rule({ fromParams: ["t", "t"], fromHeaders: [{ name: "a" }, { name: "A" }] }),
};

/** Refused by both, by what they show. */
export const BAD: Record<string, unknown> = {
  "no rules": {},
  "null for rules": { jwtRules: null },
  "an empty list of rules": { jwtRules: [] },
  "more than 64 rules": { jwtRules: Array.from({ length: 65 }, (_, index) => ({ issuer: `${index}`, jwks: KEYS })) },
  "a rule that is no object": { jwtRules: ["a"] },
  "no object at all": [rule()],
  "an unknown field": { ...rule(), presense: "REQUIRED" },
  "an unknown field that is null": { ...rule(), presense: null },
  "an unknown field of a rule": rule({ audience: "a" }),
  "presence and requirements": { ...needs({ none: {} }), presence: "OPTIONAL" },
  "presence of a rule and requirements": {
    ...rule({ presence: "REQUIRED" }),
    requirements: [{ requires: { none: {} } }],
  },
  "a presence of a rule in lower case": rule({ presence: "required" }),
  "a subject as text": rule({ subjects: ["a"] }),
  "no subjects": rule({ subjects: [] }),
  "a subject without a condition": rule({ subjects: [{}] }),
  "a subject with two conditions": rule({ subjects: [{ exact: "a", prefix: "b" }] }),
  "a subject by a regular expression": rule({ subjects: [{ regex: "a" }] }),
  "a subject that is only there": rule({ subjects: [{ present: true }] }),
  "an empty subject": rule({ subjects: [{ exact: "" }] }),
  "more than 64 subjects": rule({ subjects: many({ exact: "a" }) }),
  "no required claims": rule({ requiredClaims: [] }),
  "a required claim without a name": rule({ requiredClaims: [{ values: ["a"] }] }),
  "a required claim without values": rule({ requiredClaims: [{ claim: "a", values: [] }] }),
  "a required claim with a number": rule({ requiredClaims: [{ claim: "a", values: [1] }] }),
  "a required claim with one value": rule({ requiredClaims: [{ claim: "a", value: "b" }] }),
  "requirements as an object": { ...rule(), requirements: { requires: { none: {} } } },
  "more than 64 requirements": { ...rule(), requirements: many({ requires: { none: {} } }) },
  "a requirement without requires": { ...rule(), requirements: [{ match: {} }] },
  "a requirement that is null": needs(null),
  "an empty requirement": needs({}),
  "a requirement of two kinds": needs({ none: {}, allowMissing: {} }),
  "a requirement of a kind of Envoy's": needs({ provider_name: "main" }),
  "an empty provider": needs({ provider: "" }),
  "a provider as an object": needs({ provider: { name: "main" } }),
  "any of nothing": needs({ any: [] }),
  "any as an object": needs({ any: { provider: "main" } }),
  "all with something that is no requirement": needs({ all: ["main"] }),
  "none with something in it": needs({ none: { a: 1 } }),
  "allowMissing that is true": needs({ allowMissing: true }),
  "an unknown field of a match": matching({ path: ["/a"] }),
  "a path as text": matching({ paths: "/a" }),
  "no paths": matching({ paths: [] }),
  "an empty path": matching({ paths: [""] }),
  "a path that begins with no slash": matching({ paths: ["a"] }),
  "a path with a query": matching({ paths: ["/a?b"] }),
  "a path with a fragment": matching({ paths: ["/a#b"] }),
  "a path with a star in the middle": matching({ paths: ["/a*b"] }),
  "a path with two stars": matching({ paths: ["*a*"] }),
  "a template with a name": matching({ paths: ["/{id}"] }),
  "a template with half a segment": matching({ paths: ["/a{*}"] }),
  "a template with a segment behind the rest": matching({ paths: ["/{**}/{*}"] }),
  "a template with an empty segment": matching({ paths: ["/a//{*}"] }),
  "a template that ends with a star": matching({ paths: ["/{*}/a*"] }),
  "a template that begins with no slash": matching({ paths: ["{*}"] }),
  "a method with two stars": matching({ methods: ["**"] }),
  "no hosts": matching({ hosts: [] }),
  "a header match as a list": matching({ headers: ["a"] }),
  "a header match as text": matching({ headers: { a: "b" } }),
  "a pseudo header to match": matching({ headers: { ":path": { exact: "/" } } }),
  "the host header to match": matching({ headers: { Host: { exact: "a" } } }),
  "a header match without a condition": matching({ headers: { a: {} } }),
  "a header that must be absent": matching({ headers: { a: { present: false } } }),
  "a header by a regular expression": matching({ headers: { a: { regex: "b" } } }),
  "publishPayload as text": { ...rule(), publishPayload: "yes" },
  "a presence of its own": { ...rule(), presence: "SOMETIMES" },
  "a mode in lower case": { ...rule(), mode: "shadow" },
  "a cache size as text": { ...rule(), cacheSize: "5" },
  "half an entry": { ...rule(), cacheSize: 1.5 },
  "a cache size below zero": { ...rule(), cacheSize: -1 },
  "too many entries": { ...rule(), cacheSize: 65_537 },
  "neither keys nor an issuer": { jwtRules: [{ audiences: ["a"] }] },
  "nothing but an issuer that is no URL": { jwtRules: [{ issuer: "issuer.example" }] },
  "nothing but an issuer with a query": { jwtRules: [{ issuer: `${ISSUER}/?a=b` }] },
  "an empty cluster for discovery": { jwtRules: [{ issuer: ISSUER, discoveryCluster: "" }] },
  "both kinds of keys": rule({ jwksUri: URI }),
  "keys as a list": rule({ jwks: [EC] }),
  "an empty issuer": rule({ issuer: "" }),
  "an issuer that is no string": rule({ issuer: 5 }),
  "an empty name": rule({ name: "" }),
  "audiences as text": rule({ audiences: "reviews" }),
  "an empty audience": rule({ audiences: [""] }),
  "an audience that is null": rule({ audiences: [null] }),
  "no algorithm": rule({ algorithms: [] }),
  "an algorithm that is not supported": rule({ algorithms: ["none"] }),
  "an algorithm of JOSE that is not supported": rule({ algorithms: ["ES256K"] }),
  "a duration as a number": rule({ clockSkew: 60 }),
  "a duration without a unit": rule({ clockSkew: "60" }),
  "a duration below zero": rule({ clockSkew: "-5s" }),
  "a duration of two units": rule({ clockSkew: "1m30s" }),
  "text for a boolean": rule({ requireExpiration: "true" }),
  "a URL of another kind": remote({ jwksUri: "ftp://issuer.example/" }),
  "an empty URL": remote({ jwksUri: "" }),
  "a header location without a name": rule({ fromHeaders: [{ prefix: "JWT " }] }),
  "a header location with a null name": rule({ fromHeaders: [{ name: null }] }),
  "a header location as text": rule({ fromHeaders: ["x-token"] }),
  "a header location with an unknown field": rule({ fromHeaders: [{ name: "a", valuePrefix: "b" }] }),
  "a pseudo header": rule({ fromHeaders: [{ name: ":authority" }] }),
  "the host header": rule({ outputPayloadToHeader: "Host" }),
  "a header that frames the message": rule({ outputClaimToHeaders: [{ header: "Content-Length", claim: "a" }] }),
  "a header's name with a letter that only looks like k": rule({ outputPayloadToHeader: "x-to\u212Aen" }),
  "an empty parameter": rule({ fromParams: [""] }),
  "a cookie that no Cookie header can hold": rule({ fromCookies: ["a=b"] }),
  "a cookie with a space before it": rule({ fromCookies: [" a"] }),
  "an empty cluster": remote({ jwksCluster: "" }),
  "a claim header without a claim": rule({ outputClaimToHeaders: [{ header: "a" }] }),
  "a claim header without a header": rule({ outputClaimToHeaders: [{ claim: "a" }] }),
  "claims for metadata in a header that frames the message": { ...rule(), payloadMetadataHeader: "te" },
  "a claim with an empty name": rule({ outputClaimToHeaders: [{ header: "a", claim: "a..b" }] }),
  "a claim with a bracket too few": rule({ outputClaimToHeaders: [{ header: "a", claim: "[a][b" }] }),
  "a claim with something behind a bracket": rule({ outputClaimToHeaders: [{ header: "a", claim: "[a].b" }] }),
  "more than 64 claim headers": rule({ outputClaimToHeaders: many({ header: "a", claim: "b" }) }),
  "a claim without a property": { ...rule(), publish: [{ claim: "sub" }] },
  "a property without a name": { ...rule(), publish: [{ claim: "sub", property: "" }] },
  "a property of our own": { ...rule(), publish: [{ claim: "sub", property: "waypost_jwt_payload" }] },
  "more than 64 properties": { ...rule(), publish: many({ claim: "a", property: "b" }) },
};

/** So many requirements, one in the other, around a last one. */
function nested(depth: number): object {
  let requirement: object = { provider: "main" };
  for (let level = 0; level < depth; level++)
    requirement = level % 2 === 0 ? { all: [requirement] } : { any: [requirement] };
  return requirement;
}

function many(entry: object): object[] {
  return Array.from({ length: 65 }, () => entry);
}

export const READER_ONLY: readonly ReaderRule[] = [
  {
    rule: "inline keys must be a JWK set with a usable key",
    message: /^(the JWK set |keys is not a list$|keys\[\d+\] )/,
    cases: {
      "text that is no JSON": rule({ jwks: "keys" }),
      "no keys": rule({ jwks: {} }),
      "keys that are no list": rule({ jwks: { keys: {} } }),
      "more than 100 keys": rule({ jwks: { keys: Array.from({ length: 101 }, () => EC) } }),
      "an empty list": rule({ jwks: { keys: [] } }),
      "a key that is no object": rule({ jwks: { keys: [1] } }),
      "a key without a type": rule({ jwks: { keys: [{ crv: "P-256" }] } }),
      "a symmetric key": rule({ jwks: { keys: [{ kty: "oct", k: "AAAA" }] } }),
      "a key for encryption": rule({ jwks: { keys: [{ ...RSA, use: "enc" }] } }),
      "a key that must not verify": rule({ jwks: { keys: [{ ...RSA, key_ops: ["encrypt"] }] } }),
      "a private key": rule({ jwks: { keys: [{ ...EC, d: "AAAA" }] } }),
      "an algorithm that is not the key's": rule({ jwks: { keys: [{ ...EC, alg: "RS256" }] } }),
      "a curve that is not supported": rule({ jwks: { keys: [{ ...EC, crv: "secp256k1" }] } }),
      "half a point": rule({ jwks: { keys: [{ ...EC, y: undefined }] } }),
      "a coordinate that is too short": rule({ jwks: { keys: [{ ...EC, y: "AAAA" }] } }),
      "a number that is no base64url": rule({ jwks: { keys: [{ ...RSA, n: "+/==" }] } }),
      "a short modulus": rule({ jwks: { keys: [{ ...RSA, n: "gAAB" }] } }),
      "an even exponent": rule({ jwks: { keys: [{ ...RSA, e: "Ag" }] } }),
    },
  },
  {
    rule: "jwksUri must be a URL that can be asked for",
    message: /^invalid URL: /,
    cases: {
      "a user": remote({ jwksUri: "https://user@issuer.example/" }),
      "no host": remote({ jwksUri: "https:///jwks.json" }),
      "a malformed host": remote({ jwksUri: "https://issuer..example/" }),
      "port 0": remote({ jwksUri: "https://issuer.example:0/" }),
      "a space in the path": remote({ jwksUri: "https://issuer.example/a b" }),
      "a fragment": remote({ jwksUri: "https://issuer.example/#keys" }),
    },
  },
  {
    rule: "an issuer without keys must be a URL that can be asked for",
    message: /^missing: jwks or jwksUri is needed, or an issuer/,
    cases: {
      "a user": { jwtRules: [{ issuer: "https://user@issuer.example" }] },
      "no host": { jwtRules: [{ issuer: "https://" }] },
      "a fragment": { jwtRules: [{ issuer: "https://issuer.example/#a" }] },
    },
  },
  {
    rule: "durations have bounds",
    message: /^must be from \w+ to \w+$/,
    cases: {
      "no time to fetch keys": remote({ timeout: "0s" }),
      "too much of it": remote({ timeout: "61s" }),
      "keys kept too short": remote({ jwksCacheDuration: "999ms" }),
      "keys kept too long": remote({ jwksCacheDuration: "25h" }),
      "stale keys kept too long": remote({ jwksStaleDuration: "721h" }),
      "clocks too far apart": rule({ clockSkew: "1.1h" }),
      "no lifetime": rule({ maxLifetime: "0s" }),
      "a lifetime too long": rule({ maxLifetime: "87601h" }),
      "bounds hold where the field has no effect": rule({ timeout: "2m" }),
    },
  },
  {
    rule: "durations have at most nine digits",
    message: /^must be a duration such as/,
    cases: { "ten digits": rule({ clockSkew: "0000000001s" }) },
  },
  {
    rule: "a prefix must be able to stand in a header",
    message: /^is not part of a header value$/,
    cases: {
      "a line break": rule({ fromHeaders: [{ name: "a", prefix: "JWT\r\n" }] }),
      "a control character": rule({ fromHeaders: [{ name: "a", prefix: "\u0001" }] }),
      "a space before it, which no header value begins with": rule({ fromHeaders: [{ name: "a", prefix: " JWT " }] }),
    },
  },
  {
    rule: "nothing else goes into the header for metadata",
    message: /^is what payloadMetadataHeader names$/,
    cases: {
      "the payload": { ...rule({ outputPayloadToHeader: "X-Claims" }), payloadMetadataHeader: "x-claims" },
      "a claim": {
        payloadMetadataHeader: "X-Claims",
        ...rule({ outputClaimToHeaders: [{ header: "x-claims", claim: "a" }] }),
      },
    },
  },
  {
    rule: "requirements name rules that there are",
    message: /^no rule has this name/,
    cases: {
      "a misspelt name": needs({ provider: "mian" }),
      "deep inside": needs({ any: [{ all: [{ provider: "origins-0" }] }] }),
    },
  },
  {
    rule: "requirements are nested 8 deep at most",
    message: /^must not be nested more than 8 deep$/,
    cases: { "nine deep": needs(nested(8)) },
  },
  {
    rule: "names of rules are distinct",
    message: /^another rule has this name$/,
    cases: {
      "the same name": {
        jwtRules: [
          { name: "a", jwks: KEYS },
          { name: "a", jwks: KEYS },
        ],
      },
      "the default name of another rule": { jwtRules: [{ name: "origins-1", jwks: KEYS }, { jwks: KEYS }] },
    },
  },
];

/** A configuration's text that no schema ever judges: it is malformed, or what it means depends on the reader. */
export const BAD_TEXTS: Record<string, [text: string, problem: RegExp]> = {
  "no configuration": ["", /^missing/],
  "no JSON": ["jwtRules: []", /^not JSON: /],
  "a field twice": [JSON.stringify(rule()).replace("{", '{"mode":"SHADOW","mode":"ENFORCE",'), /^not JSON: /],
  "a field of a key twice": [JSON.stringify(rule()).replace('"kty"', '"kty":"EC","kty"'), /^not JSON: /],
  "half a character": ['{"jwtRules":"\\ud800"}', /^not JSON: /],
  "a nesting without end": [`{"jwtRules":${"[".repeat(40)}${"]".repeat(40)}}`, /^not JSON: /],
};
