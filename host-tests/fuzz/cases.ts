/** One differential case: a key set, a rule, and tokens for them; all of it made of one randomness. */
import { createPublicKey } from "node:crypto";
import { member, objectText, put, type Edit, type Member } from "./edits.ts";
import type { JudgedRule } from "./judge.ts";
import { jwkEdit, setEdit, type SetDraft } from "./key-edits.ts";
import type { FuzzKey } from "./keys.ts";
import { Random } from "./random.ts";
import { HmacSigner, type Signer } from "./signers.ts";
import { AUDIENCE, ISSUER, STAGES, tokenEdit, type Stage, type TokenDraft, type TokenEdit } from "./token-edits.ts";

export interface KeySpec {
  key: FuzzKey;
  members: readonly Member[];
  edits: readonly Edit<Member[]>[];
}

export interface SetSpec {
  keys: readonly KeySpec[];
  edits: readonly Edit<SetDraft>[];
}

export interface TokenSpec {
  /** Whose signature it has, in words. */
  signedBy: string;
  signer: Signer;
  alg: string;
  /** One of `signer.forms`. */
  form: string;
  kid: string | undefined;
  edits: readonly TokenEdit[];
  /** What the signature's own randomness comes from. */
  seed: number;
}

export interface DifferentialCase {
  rule: JudgedRule;
  /** Whether the set is configured or fetched. */
  delivery: "inline" | "fetched";
  set: SetSpec;
  tokens: readonly TokenSpec[];
}

const RULES: readonly JudgedRule[] = [
  {},
  { issuer: ISSUER },
  { issuer: ISSUER, audiences: [AUDIENCE, "https://other.example/"], requireExpiration: true },
  { issuer: ISSUER, algorithms: ["ES256", "EdDSA", "PS256", "HS256", "RS512"] },
  { maxLifetime: "25h", subjects: [{ prefix: "user-1" }, { prefix: "user-2" }] },
  { requiredClaims: [{ claim: "text" }, { claim: "aud", values: ["api", "x"] }] },
];

const TOKENS = 12;

export function randomCase(keys: ReadonlyMap<string, FuzzKey>, now: number, random: Random): DifferentialCase {
  const set = randomSet([...keys.values()], random);
  return {
    rule: random.pick(RULES),
    delivery: random.chance(0.7) ? "inline" : "fetched",
    set,
    tokens: Array.from({ length: TOKENS }, () => randomToken(set, [...keys.values()], now, random)),
  };
}

function randomSet(keys: readonly FuzzKey[], random: Random): SetSpec {
  const own = keys.filter(({ name }) => !name.startsWith("foreign"));
  return {
    keys: Array.from({ length: random.pick([1, 1, 1, 2, 3, 5]) }, () => randomKey(random.pick(own), random)),
    edits: random.chance(0.25) ? [setEdit(random)] : [],
  };
}

function randomKey(key: FuzzKey, random: Random): KeySpec {
  const members = Object.entries(key.jwk).map(([name, value]) => member(name, value));
  const kid = random.pick([key.name, key.name, key.name, "shared", undefined]);
  if (kid !== undefined) members.push(member("kid", kid));
  if (key.algorithms.length > 0 && random.chance(0.5)) members.push(member("alg", random.pick(key.algorithms)));
  const edits = Array.from({ length: random.pick([0, 0, 0, 1, 2]) }, () => jwkEdit(key, random));
  return { key, members, edits };
}

/** A token for the keys of a set, rightly made or not. */
export function randomToken(set: SetSpec, keys: readonly FuzzKey[], now: number, random: Random): TokenSpec {
  const edits = Array.from({ length: random.pick([0, 0, 0, 1, 1, 1, 2, 3]) }, () => tokenEdit(now / 1000, random));
  const shared = { edits, seed: random.below(2 ** 32) };
  const { key, members } = random.pick(set.keys);
  const kid = random.chance(0.8) ? memberOf(members, "kid") : random.pick(["shared", "unknown", undefined]);
  if (random.chance(0.05)) return { ...shared, ...confused(key, random), kid, form: "regular" };
  const signer = random.chance(0.9) ? key : random.pick(keys);
  const any = random.pick(signer.algorithms.length > 0 ? signer.algorithms : ["HS256"]);
  const alg = (signer === key && random.chance(0.8) ? memberOf(members, "alg") : undefined) ?? any;
  if (alg === "HS256" && !(signer.signer instanceof HmacSigner)) {
    return { ...shared, ...confused(signer, random), kid, form: "regular" };
  }
  // One thing wrong at a time is found out by one check alone.
  const form = random.chance(edits.length > 0 ? 0.95 : 0.6) ? "regular" : random.pick(signer.signer.forms);
  return { ...shared, signedBy: signer.name, signer: signer.signer, alg, form, kid };
}

/** The text of a member as it was before all edits. */
function memberOf(members: readonly Member[], wanted: string): string | undefined {
  const value = members.find(({ name }) => name === JSON.stringify(wanted))?.value;
  return value === undefined ? undefined : (JSON.parse(value) as string);
}

/** The public key, which everybody knows, as the secret of an HMAC: the classic confusion of algorithms. */
function confused(key: FuzzKey, random: Random): Pick<TokenSpec, "signedBy" | "signer" | "alg"> {
  const secrets = [Buffer.alloc(0), Buffer.from(objectText(Object.entries(key.jwk).map(([n, v]) => member(n, v))))];
  secrets.push(...Object.values(key.jwk).map((value) => Buffer.from(value)));
  secrets.push(...Object.values(key.jwk).map((value) => Buffer.from(value, "base64url")));
  if (key.jwk["kty"] !== "oct") {
    const publicKey = createPublicKey({ key: key.jwk, format: "jwk" });
    secrets.push(publicKey.export({ type: "spki", format: "der" }));
    secrets.push(Buffer.from(publicKey.export({ type: "spki", format: "pem" })));
  }
  const alg = random.pick(["HS256", "HS384", "HS512"]);
  return { signedBy: `what is public of ${key.name}`, signer: new HmacSigner(random.pick(secrets)), alg };
}

/** The set as it is configured or sent. */
export function renderSet({ keys, edits }: SetSpec): Buffer {
  const draft: SetDraft = { keys: keys.map(renderKey), others: [], changes: [] };
  for (const { apply } of edits) apply(draft);
  const members = [{ name: '"keys"', value: `[${draft.keys.join(",")}]` }, ...draft.others];
  const text = Buffer.from(objectText(members)).toString("latin1");
  return Buffer.from(
    draft.changes.reduce((changed, change) => change(changed), text),
    "latin1",
  );
}

function renderKey({ members, edits }: KeySpec): string {
  const changed = members.map((one) => ({ ...one }));
  for (const { apply } of edits) apply(changed);
  return objectText(changed);
}

/** The compact form of a token, as a byte string. */
export function renderToken(spec: TokenSpec, now: number): string {
  const draft = emptyDraft();
  const edit = (stage: Stage) => {
    for (const one of spec.edits) if (one.stage === stage) one.apply(draft);
  };
  const steps: Record<Stage, () => void> = {
    members: () => {
      draft.header = [member("alg", spec.alg), member("typ", "JWT")];
      if (spec.kid !== undefined) put(draft.header, member("kid", spec.kid));
      draft.claims = claimsFor(now / 1000, spec.seed);
    },
    texts: () => {
      draft.headerText = bytesOf(objectText(draft.header));
      draft.payloadText = bytesOf(objectText(draft.claims));
    },
    parts: () => {
      draft.headerPart = Buffer.from(draft.headerText, "latin1").toString("base64url");
      draft.payloadPart = Buffer.from(draft.payloadText, "latin1").toString("base64url");
    },
    signature: () => {
      const input = Buffer.from(`${draft.headerPart}.${draft.payloadPart}`, "latin1");
      draft.signature = spec.signer.sign(spec.alg, input, spec.form, new Random(spec.seed));
    },
    signaturePart: () => (draft.signaturePart = draft.signature.toString("base64url")),
    token: () => (draft.token = `${draft.headerPart}.${draft.payloadPart}.${draft.signaturePart}`),
  };
  for (const stage of STAGES) {
    steps[stage]();
    edit(stage);
  }
  return draft.token;
}

function claimsFor(now: number, seed: number): Member[] {
  return [
    member("iss", ISSUER),
    member("sub", `user-${seed % 50}`),
    member("aud", [AUDIENCE, "other"]),
    member("exp", now + 86_400),
    member("iat", now - 60),
    member("text", 'brace } and "quote"'),
  ];
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function emptyDraft(): TokenDraft {
  return {
    header: [],
    claims: [],
    headerText: "",
    payloadText: "",
    headerPart: "",
    payloadPart: "",
    signature: Buffer.alloc(0),
    signaturePart: "",
    token: "",
  };
}
