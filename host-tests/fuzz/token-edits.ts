/** Changes to tokens, at every layer: members, JSON, base64url, signature, and the token as a whole. */
import { base64Edit, jsonTextEdit, member, memberEdit, put, type Edit, type Member } from "./edits.ts";
import { mutateText, Random } from "./random.ts";

/** A token on its way to being one. Texts are byte strings. */
export interface TokenDraft {
  header: Member[];
  claims: Member[];
  headerText: string;
  payloadText: string;
  headerPart: string;
  payloadPart: string;
  signature: Buffer;
  signaturePart: string;
  token: string;
}

/** What comes first is signed with the rest; from `signature` on the token is changed afterwards. */
export const STAGES = ["members", "texts", "parts", "signature", "signaturePart", "token"] as const;
export type Stage = (typeof STAGES)[number];

export interface TokenEdit extends Edit<TokenDraft> {
  stage: Stage;
}

export const ISSUER = "https://issuer.example";
export const AUDIENCE = "api";

const HEADER_NAMES = ["alg", "kid", "typ"];
const CLAIM_NAMES = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

const HEADERS: readonly (readonly [string, unknown])[] = [
  ...["none", "None", "NONE", "RS256 ", "rs256", "", "HS256", "HS512", "ES256", "ES384", "RS256", "PS256", "EdDSA"].map(
    (alg) => ["alg", alg] as const,
  ),
  ...["Ed25519", "Ed448", "ES256K", "RS1", "__proto__"].map((alg) => ["alg", alg] as const),
  ["alg", ["RS256"]],
  ["kid", ""],
  ["kid", "rsa"],
  ["kid", "p256"],
  ["kid", "../../dev/null"],
  ["kid", 7],
  ["crit", ["exp"]],
  ["crit", []],
  ["crit", null],
  ["b64", false],
  ["b64", true],
  ["b64", "false"],
  ["typ", "at+jwt"],
  ["zip", "DEF"],
  ["jku", "https://evil.example/jwks"],
  ["jwk", { kty: "oct", k: "AAAA" }],
  ["x5c", ["AAAA"]],
];

/** A change at some layer. `now`: seconds since 1970. */
export function tokenEdit(now: number, random: Random): TokenEdit {
  return random.pick([headerEdit, claimEdit, claimEdit, textEdit, partEdit, signatureEdit, wholeEdit])(random, now);
}

function headerEdit(random: Random): TokenEdit {
  const [name, value] = random.pick(HEADERS);
  const known: Edit<Member[]> = {
    what: `${name} = ${JSON.stringify(value)}`,
    apply: (members) => put(members, member(name, value)),
  };
  const { what, apply } = random.chance(0.7) ? known : memberEdit(HEADER_NAMES, random);
  return { what: `header: ${what}`, stage: "members", apply: ({ header }) => apply(header) };
}

function claimEdit(random: Random, now: number): TokenEdit {
  const [name, value] = random.pick(claimValues(now));
  const known: Edit<Member[]> = {
    what: `${name} = ${value}`,
    apply: (members) => put(members, { name: JSON.stringify(name), value }),
  };
  const { what, apply } = random.chance(0.7) ? known : memberEdit(CLAIM_NAMES, random);
  return { what: `claims: ${what}`, stage: "members", apply: ({ claims }) => apply(claims) };
}

function claimValues(now: number): [string, string][] {
  const moments = [now - 60, now - 60.5, now - 59, now - 61, now + 59, now + 60, now + 60.5, now + 61, now, 0, 1];
  const numbers = [
    ...moments.map(String),
    ...[
      "-0",
      "-0.0",
      "-1",
      "1e3",
      "1.8e9",
      "1.8E+9",
      "18000000000e-1",
      "1e400",
      "-1e400",
      "1e-400",
      "1E+100",
      "01",
      "1.",
      "+1",
    ],
    ...[
      "18446744073709551615",
      "18446744073709551616",
      "9223372036854775808",
      "9".repeat(400),
      '"1900000000"',
      "[1900000000]",
    ],
  ];
  const texts = [
    ISSUER,
    `${ISSUER}/`,
    ISSUER.toUpperCase(),
    AUDIENCE,
    "API",
    "api/",
    "https://api/",
    " api",
    "api\u0000",
    "",
  ];
  const subjects = [
    "x\r\ny: z",
    "\u0000",
    " a",
    "a\t",
    "a\tb",
    "Zoë 🐙",
    "a\u007f",
    "\u0080",
    "x".repeat(3000),
    "a, b",
  ];
  return [
    ...["exp", "nbf", "iat"].flatMap((name) => numbers.map((value): [string, string] => [name, value])),
    ...["iss", "aud"].flatMap((name) => texts.map((text): [string, string] => [name, JSON.stringify(text)])),
    ...subjects.map((text): [string, string] => ["sub", JSON.stringify(text)]),
    ...['["api"]', '["x","api"]', '["x",7,"api"]', "[]", '[["api"]]', '{"api":1}', '["\\u0061pi"]'].map(
      (value): [string, string] => ["aud", value],
    ),
  ];
}

function textEdit(random: Random): TokenEdit {
  const { what, change } = jsonTextEdit(random);
  if (random.chance(0.5)) {
    return { what: `header: ${what}`, stage: "texts", apply: (draft) => (draft.headerText = change(draft.headerText)) };
  }
  return {
    what: `payload: ${what}`,
    stage: "texts",
    apply: (draft) => (draft.payloadText = change(draft.payloadText)),
  };
}

function partEdit(random: Random): TokenEdit {
  const { what, change } = base64Edit(random);
  return random.pick<TokenEdit>([
    { what: `header ${what}`, stage: "parts", apply: (draft) => (draft.headerPart = change(draft.headerPart)) },
    { what: `payload ${what}`, stage: "parts", apply: (draft) => (draft.payloadPart = change(draft.payloadPart)) },
    {
      what: `signature ${what}`,
      stage: "signaturePart",
      apply: (draft) => (draft.signaturePart = change(draft.signaturePart)),
    },
  ]);
}

function signatureEdit(random: Random): TokenEdit {
  const seed = random.below(2 ** 32);
  const [what, change] = random.pick<[string, (signature: Buffer) => Buffer]>([
    ["one bit changed", (signature) => flipBit(signature, seed)],
    ["cut off", (signature) => signature.subarray(0, seed % (signature.length + 1))],
    ["an octet longer", (signature) => Buffer.concat([signature, Buffer.from([seed & 255])])],
    ["a zero before it", (signature) => Buffer.concat([Buffer.alloc(1), signature])],
    ["backwards", (signature) => Buffer.from(signature).reverse()],
    ["twice", (signature) => Buffer.concat([signature, signature])],
    [
      "halves swapped",
      (signature) =>
        Buffer.concat([signature.subarray(signature.length / 2), signature.subarray(0, signature.length / 2)]),
    ],
    ["random", (signature) => new Random(seed).bytes(signature.length)],
  ]);
  return {
    what: `signature ${what}`,
    stage: "signature",
    apply: (draft) => (draft.signature = change(draft.signature)),
  };
}

function flipBit(signature: Buffer, seed: number): Buffer {
  const flipped = Buffer.from(signature);
  const at = seed % Math.max(1, signature.length);
  if (signature.length > 0) flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (seed & 7)), at);
  return flipped;
}

function wholeEdit(random: Random): TokenEdit {
  const seed = random.below(2 ** 32);
  const [what, change] = random.pick<[string, (token: string) => string]>([
    ["a few bytes changed", (token) => mutateText(token, new Random(seed))],
    ["two dots for one", (token) => token.replace(".", "..")],
    ["a dot before it", (token) => `.${token}`],
    ["a dot behind it", (token) => `${token}.`],
    ["a part more", (token) => `${token}.AAAA`],
    ["without its signature", (token) => token.slice(0, token.lastIndexOf("."))],
    ["with an empty signature", (token) => token.slice(0, token.lastIndexOf(".") + 1)],
    ["parts swapped", (token) => token.split(".").reverse().join(".")],
    ["the payload of another", (token) => token.replace(/\.[^.]*/, ".e30")],
    ["longer than is allowed", (token) => token.replace(".", `${"A".repeat(66_000)}.`)],
    ["two of them", (token) => `${token}, ${token}`],
    ["in quotes", (token) => `"${token}"`],
    ["percent-encoded", (token) => token.replace(".", "%2e")],
  ]);
  return { what: `token: ${what}`, stage: "token", apply: (draft) => (draft.token = change(draft.token)) };
}
