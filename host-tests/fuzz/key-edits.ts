/** Changes to keys and key sets. */
import { base64Edit, jsonTextEdit, member, memberEdit, put, type Edit, type Member } from "./edits.ts";
import type { FuzzKey } from "./keys.ts";
import { toNumber, toOctets } from "./numbers.ts";
import type { Random } from "./random.ts";

const NAMES = ["kty", "use", "alg", "kid", "crv", "n", "e", "x", "y", "k", "key_ops"];
const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth"];
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256", "HS384", "HS512"],
  ...["EdDSA", "Ed25519", "Ed448", "ES256K", "RSA-OAEP", "none", "rs256", "RS1", "HS1"],
];
const OPERATIONS = [
  ["verify"],
  ["sign", "verify"],
  ["verify", "verify"],
  ["sign"],
  [],
  ["VERIFY"],
  ["verify", 7],
  "verify",
];
const CURVES = ["P-256", "P-384", "P-521", "Ed25519", "Ed448", "X25519", "secp256k1", "p-256", ""];
const KEY_TYPES = ["RSA", "EC", "OKP", "oct", "rsa", "OCT", ""];

const P25519 = 2n ** 255n - 19n;
const ORDER_EIGHT = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;

/** Encodings that an Ed25519 key must not have: not reduced, of small order, on no curve. */
const ED25519_POINTS = [
  ...[0n, 1n, P25519 - 1n, P25519, P25519 + 1n, ORDER_EIGHT, P25519 - ORDER_EIGHT, P25519 + 18n, 2n, 7n],
  ...[1n, P25519 - 1n, P25519 + 1n].map((y) => y + 2n ** 255n),
];

/** A change to the JWK of `key`. */
export function jwkEdit(key: FuzzKey, random: Random): Edit<Member[]> {
  return random.pick([() => memberEdit(NAMES, random), () => valueEdit(key, random), () => octetsEdit(key, random)])();
}

function valueEdit(key: FuzzKey, random: Random): Edit<Member[]> {
  const [name, value] = random.pick<readonly [string, unknown]>([
    ["alg", random.pick(ALGORITHMS)],
    ["alg", random.pick(key.algorithms.length > 0 ? key.algorithms : ALGORITHMS)],
    ["use", random.pick(["sig", "enc", "", "SIG", "signature"])],
    ["key_ops", random.pick(OPERATIONS)],
    ["crv", random.pick(CURVES)],
    ["kty", random.pick(KEY_TYPES)],
    ["kid", random.pick(["", "rsa", "p256", "../../dev/null", "é"])],
    ["y", key.jwk["y"] ?? "AAAA"],
    ["k", "AAAA"],
    [random.pick(PRIVATE), random.pick(["AAAA", null, []])],
    ["x5c", ["AAAA"]],
    ["ext", true],
  ]);
  return { what: `${name} = ${JSON.stringify(value)}`, apply: (members) => put(members, member(name, value)) };
}

/** A change to the octets of a member, or to how they are written. */
function octetsEdit(key: FuzzKey, random: Random): Edit<Member[]> {
  const name = random.pick(Object.keys(key.jwk).filter((one) => one !== "kty" && one !== "crv"));
  const octets = Buffer.from(key.jwk[name] ?? "", "base64url");
  if (random.chance(0.3)) {
    const { what, change } = base64Edit(random);
    const value = change(octets.toString("base64url"));
    return { what: `${name} ${what}`, apply: (members) => put(members, member(name, value)) };
  }
  const [what, changed] = octetsChange(key, name, octets, random);
  const value = changed.toString("base64url");
  return { what: `${name} ${what}`, apply: (members) => put(members, member(name, value)) };
}

function octetsChange({ jwk }: FuzzKey, name: string, octets: Buffer, random: Random): [string, Buffer] {
  const number = toNumber(octets);
  const flipped = Buffer.from(octets);
  const at = random.below(octets.length);
  flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << random.below(8)), at);
  const general: [string, Buffer][] = [
    ["with a zero before it", Buffer.concat([Buffer.alloc(1), octets])],
    ["without its first octet", octets.subarray(1)],
    ["with an octet behind it", Buffer.concat([octets, Buffer.from([7])])],
    ["without its last octet", octets.subarray(0, -1)],
    ["with a bit changed", flipped],
    ["all zero", Buffer.alloc(octets.length)],
    ["all ones", Buffer.alloc(octets.length, 0xff)],
    ["empty", Buffer.alloc(0)],
  ];
  if (name === "e") {
    const exponents = [
      0n,
      1n,
      2n,
      3n,
      4n,
      17n,
      65537n,
      65536n,
      2n ** 32n + 1n,
      2n ** 33n - 1n,
      2n ** 33n + 1n,
      2n ** 64n + 1n,
    ];
    const exponent = random.pick(exponents);
    return [`= ${exponent}`, toOctets(exponent)];
  }
  if (jwk["kty"] === "OKP" && random.chance(0.7)) {
    const point = random.pick(ED25519_POINTS);
    return [`= ${point}`, toOctets(point, 32).reverse()];
  }
  if (jwk["kty"] === "EC" && random.chance(0.4)) {
    const prime = primeOf(octets.length);
    return random.pick<[string, Buffer]>([
      ["negated", toOctets(prime - number, octets.length)],
      ["plus p", toOctets(number + prime)],
    ]);
  }
  if (name === "n")
    general.push(["plus 1", toOctets(number + 1n)], ["of 16384 bits", random.bytes(2048).fill(0xff, 0, 1)]);
  return random.pick(general);
}

/** The prime of the curve with coordinates of so many octets. */
function primeOf(length: number): bigint {
  if (length === 32) return 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
  return length === 48 ? 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n : 2n ** 521n - 1n;
}

/** A key set on its way to being one text (a byte string). */
export interface SetDraft {
  /** JSON texts of the keys. */
  keys: string[];
  /** Members of the set but for `keys`. */
  others: Member[];
  /** What is done with the text in the end. */
  changes: ((text: string) => string)[];
}

/** A change to a set as a whole. */
export function setEdit(random: Random): Edit<SetDraft> {
  const junk = random.pick([
    "null",
    "7",
    '"key"',
    "[]",
    "{}",
    '[{"a":1,"a":2}]',
    '{"kty":"dilithium"}',
    '{"a":1,"a":2}',
  ]);
  const at = random.below(6);
  const text = jsonTextEdit(random);
  return random.pick<() => Edit<SetDraft>>([
    () => ({ what: `${junk} among the keys`, apply: ({ keys }) => keys.splice(at, 0, junk) }),
    () => ({ what: "the first key twice", apply: ({ keys }) => keys.push(...keys.slice(0, 1)) }),
    () => ({ what: "the keys backwards", apply: ({ keys }) => keys.reverse() }),
    () => ({ what: "101 keys", apply: ({ keys }) => keys.push(...Array<string>(101 - keys.length).fill("{}")) }),
    () => ({ what: "100 keys", apply: ({ keys }) => keys.push(...Array<string>(100 - keys.length).fill("{}")) }),
    () => ({ what: `x = ${junk}`, apply: ({ others }) => others.push({ name: '"x"', value: junk }) }),
    () => ({ what: "keys twice", apply: ({ others }) => others.push({ name: '"keys"', value: "[]" }) }),
    () => ({ what: "x twice", apply: ({ others }) => others.push(member("x", 1), member("x", 1)) }),
    () => ({ what: `the set ${text.what}`, apply: ({ changes }) => changes.push(text.change) }),
    () => ({ what: `the set ${text.what}`, apply: ({ changes }) => changes.push(text.change) }),
  ])();
}
