/** The readers of `assembly/jose`, called from TypeScript: bytes and strings in, plain values out. */
import { builtModule, CallableModule, toBytes, type Input } from "../pure/test-module.ts";

export const KINDS = ["absent", "string", "number", "true", "false", "null", "object", "array"] as const;

export interface Header {
  alg: string;
  kid: string | null;
  json: string;
  payload: Uint8Array;
  signature: Uint8Array;
  signingInput: string;
}

export interface Claims {
  iss: string | null;
  sub: string | null;
  jti: string | null;
  /** As it stands in the payload. */
  aud: string | null;
  /** -1 when absent, as the others. */
  exp: number;
  nbf: number;
  iat: number;
}

export interface Key {
  kid: string | null;
  /** Null when it serves all that fit. */
  alg: string | null;
  /** Of RSA keys; null for others. */
  spki: Uint8Array | null;
}

export interface Keys {
  text: string;
  keys: Key[];
  /** Why which keys are not used. */
  skipped: { index: number; text: string }[];
}

export class JoseModule extends CallableModule {
  /** Instantiates a module built from `assembly/test/pure-jose.ts`: the built one, or the bytes given. */
  constructor(wasm: Uint8Array = builtModule("pure-jose")) {
    super(wasm);
  }

  /** Reads a token: what it holds, or the text of why it is refused. */
  parseJws(token: Input, maxSize = 64 * 1024): Header | string {
    this.call("reset");
    const status = this.call("parseJws", ...this.pass(token), maxSize);
    if (status !== 0) return this.statusText(status);
    return {
      alg: this.text(this.call("algorithmName", this.call("jwsAlgorithm"))) ?? "unsupported",
      kid: this.text(this.call("jwsKid")),
      json: this.text(this.call("jwsHeader")) ?? "",
      payload: this.read(this.call("jwsPayload")) ?? new Uint8Array(),
      signature: this.read(this.call("jwsSignature")) ?? new Uint8Array(),
      signingInput: this.text(this.call("jwsSigningInput")) ?? "",
    };
  }

  /** Reads a claims set, and keeps it for the calls below: what it holds, or the text of why it is refused. */
  parseClaims(payload: Input): Claims | string {
    this.call("reset");
    const status = this.call("parseClaims", ...this.pass(payload));
    if (status !== 0) return this.statusText(status);
    const claims: Claims = {
      iss: this.text(this.call("issuer")),
      sub: this.text(this.call("subject")),
      jti: this.text(this.call("id")),
      aud: this.text(this.call("audience")),
      exp: this.call("expiration"),
      nbf: this.call("notBefore"),
      iat: this.call("issuedAt"),
    };
    return claims;
  }

  /** A claims set as a serialized google.protobuf.Value; null when it would be larger than `maxSize`. */
  payloadValue(payload: Input, spaceDelimited: readonly string[] = [], maxSize = 64 * 1024): Uint8Array | null {
    const names = spaceDelimited.map((name) => `${name}\n`).join("");
    this.call("reset");
    return this.read(this.call("protobufPayload", ...this.pass(payload), ...this.pass(names), maxSize));
  }

  hasAudience(value: Input): boolean {
    return this.call("hasAudience", ...this.pass(value)) !== 0;
  }

  isExpired(now: number, skew = 0): boolean {
    return this.call("isExpired", now, skew) !== 0;
  }

  isNotYetValid(now: number, skew = 0): boolean {
    return this.call("isNotYetValid", now, skew) !== 0;
  }

  /** Looks for a claim: its kind and value; null when there is none, "bad path" when the path is malformed. */
  find(path: string): { kind: (typeof KINDS)[number]; value: string } | "bad path" | null {
    if (this.call("setPath", ...this.pass(path)) === 0) return "bad path";
    const kind = KINDS[this.call("find")] ?? "absent";
    return kind === "absent" ? null : { kind, value: this.text(this.call("foundValue")) ?? "" };
  }

  /** Reads a token and its claims: the text of the status. */
  parseToken(token: Input): string {
    this.call("reset");
    return this.statusText(this.call("parseToken", ...this.pass(token)));
  }

  /** Does all that is done with a token again and again, within the module. */
  useTokenTimes(token: Input, times: number): void {
    this.call("reset");
    this.call("useTokenTimes", ...this.pass(token), times);
  }

  parseKeys(set: Input): Keys {
    this.call("reset");
    const status = this.call("parseKeys", ...this.pass(set));
    return {
      text: this.text(this.call("keysText", status)) ?? "",
      keys: Array.from({ length: this.call("keyCount") }, (_, index) => ({
        kid: this.text(this.call("keyKid", index)),
        alg: this.text(this.call("algorithmName", this.call("keyAlgorithm", index))),
        spki: this.read(this.call("keySpki", index)),
      })),
      skipped: Array.from({ length: this.call("skippedCount") }, (_, index) => ({
        index: this.call("skippedIndex", index),
        text: this.text(this.call("keyText", this.call("skippedStatus", index))) ?? "",
      })),
    };
  }

  /** The indexes of the keys read last that a token with this `kid` and `alg` may be signed with. */
  candidates(kid: string | null, alg: string): number[] {
    const [ptr, length] = kid === null ? [0, -1] : this.pass(kid);
    const algorithm = this.call("algorithmNamed", ...this.pass(alg));
    const found: number[] = [];
    for (let i = -1; (i = this.call("nextKey", i, ptr, length, algorithm)) >= 0;) found.push(i);
    return found;
  }

  /** Whether a token is signed with one of the keys read last; false too when it cannot be read. */
  verifies(token: Input): boolean {
    this.call("reset");
    return this.call("parseJws", ...this.pass(token), 64 * 1024) === 0 && this.call("isSigned") !== 0;
  }

  /** What the table says of an algorithm; null when it has no row. */
  algorithm(name: string): { name: string; hashLength: number } | null {
    const algorithm = this.call("algorithmNamed", ...this.pass(name));
    if (algorithm === 0) return null;
    return {
      name: this.text(this.call("algorithmName", algorithm)) ?? "",
      hashLength: this.call("algorithmHashLength", algorithm),
    };
  }

  statusText(status: number): string {
    return this.text(this.call("statusText", status)) ?? "";
  }

  statusReason(status: number): string {
    return this.text(this.call("statusReason", status)) ?? "";
  }

  // With a byte behind the input that no reader may look at and be content with.
  private pass(input: Input): [ptr: number, length: number] {
    const bytes = toBytes(input);
    return [this.put(bytes, Buffer.from('"')), bytes.length];
  }
}
