/** The readers of `assembly/jose`, called from TypeScript: bytes and strings in, plain values out. */
import { readFile } from "node:fs/promises";

const BUILT = "build/test/pure-jose.wasm";

type Input = string | Uint8Array;
type Call = (...values: (number | bigint)[]) => number;

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

export class JoseModule {
  private readonly exports: Record<string, Call>;
  private readonly memory: WebAssembly.Memory;
  private readonly logged: string[] = [];

  private constructor(module: WebAssembly.Module) {
    const instance = new WebAssembly.Instance(module, {
      env: {
        proxy_log: (_level: number, ptr: number, length: number) => {
          this.logged.push(Buffer.from(this.copy(ptr, length)).toString());
          return 0;
        },
      },
    });
    this.exports = instance.exports as Record<string, Call>;
    this.memory = instance.exports["memory"] as WebAssembly.Memory;
    this.call("_initialize");
  }

  /** Loads a module built from `assembly/test/pure-jose.ts`: the built one, or the bytes given. */
  static async load(wasm?: Uint8Array): Promise<JoseModule> {
    const bytes = wasm ?? (await readFile(BUILT));
    return new JoseModule(await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>));
  }

  /** Size of the module's memory in bytes. */
  get memorySize(): number {
    return this.memory.buffer.byteLength;
  }

  /** Moves when something was allocated on the heap and kept. */
  heapMark(): number {
    return this.call("heapMark");
  }

  /** Reads a token: what it holds, or the text of why it is refused. */
  parseJws(token: Input, maxSize = 64 * 1024): Header | string {
    this.call("reset");
    const status = this.call("parseJws", ...this.put(token), maxSize);
    if (status !== 0) return this.statusText(status);
    return {
      alg: this.text(this.call("algorithmName", this.call("jwsAlgorithm"))) ?? "unsupported",
      kid: this.text(this.call("jwsKid")),
      json: this.text(this.call("jwsHeader")) ?? "",
      payload: this.bytes(this.call("jwsPayload")) ?? new Uint8Array(),
      signature: this.bytes(this.call("jwsSignature")) ?? new Uint8Array(),
      signingInput: this.text(this.call("jwsSigningInput")) ?? "",
    };
  }

  /** Reads a claims set, and keeps it for the calls below: what it holds, or the text of why it is refused. */
  parseClaims(payload: Input): Claims | string {
    this.call("reset");
    const status = this.call("parseClaims", ...this.put(payload));
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
    return this.bytes(this.call("protobufPayload", ...this.put(payload), ...this.put(names), maxSize));
  }

  hasAudience(value: Input): boolean {
    return this.call("hasAudience", ...this.put(value)) !== 0;
  }

  isExpired(now: number, skew = 0): boolean {
    return this.call("isExpired", now, skew) !== 0;
  }

  isNotYetValid(now: number, skew = 0): boolean {
    return this.call("isNotYetValid", now, skew) !== 0;
  }

  /** Looks for a claim: its kind and value; null when there is none, "bad path" when the path is malformed. */
  find(path: string): { kind: (typeof KINDS)[number]; value: string } | "bad path" | null {
    if (this.call("setPath", ...this.put(path)) === 0) return "bad path";
    const kind = KINDS[this.call("find")] ?? "absent";
    return kind === "absent" ? null : { kind, value: this.text(this.call("foundValue")) ?? "" };
  }

  /** Reads a token and its claims: the text of the status. */
  parseToken(token: Input): string {
    this.call("reset");
    return this.statusText(this.call("parseToken", ...this.put(token)));
  }

  /** Does all that is done with a token again and again, within the module. */
  useTokenTimes(token: Input, times: number): void {
    this.call("reset");
    this.call("useTokenTimes", ...this.put(token), times);
  }

  collect(): void {
    this.call("collect");
  }

  parseKeys(set: Input): Keys {
    this.call("reset");
    const status = this.call("parseKeys", ...this.put(set));
    return {
      text: this.text(this.call("keysText", status)) ?? "",
      keys: Array.from({ length: this.call("keyCount") }, (_, index) => ({
        kid: this.text(this.call("keyKid", index)),
        alg: this.text(this.call("algorithmName", this.call("keyAlgorithm", index))),
        spki: this.bytes(this.call("keySpki", index)),
      })),
      skipped: Array.from({ length: this.call("skippedCount") }, (_, index) => ({
        index: this.call("skippedIndex", index),
        text: this.text(this.call("keyText", this.call("skippedStatus", index))) ?? "",
      })),
    };
  }

  /** The indexes of the keys read last that a token with this `kid` and `alg` may be signed with. */
  candidates(kid: string | null, alg: string): number[] {
    const [ptr, length] = kid === null ? [0, -1] : this.put(kid);
    const algorithm = this.call("algorithmNamed", ...this.put(alg));
    const found: number[] = [];
    for (let i = -1; (i = this.call("nextKey", i, ptr, length, algorithm)) >= 0;) found.push(i);
    return found;
  }

  /** Whether a token is signed with one of the keys read last; false too when it cannot be read. */
  verifies(token: Input): boolean {
    this.call("reset");
    return this.call("parseJws", ...this.put(token), 64 * 1024) === 0 && this.call("isSigned") !== 0;
  }

  /** What the table says of an algorithm; null when it has no row. */
  algorithm(name: string): { name: string; hashLength: number } | null {
    const algorithm = this.call("algorithmNamed", ...this.put(name));
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

  private call(name: string, ...values: number[]): number {
    const call = this.exports[name];
    if (call === undefined) throw new Error(`the module does not export ${name}`);
    try {
      return call(...values);
    } catch (error) {
      throw new Error([`${name} trapped: ${String(error)}`, ...this.logged.splice(0)].join("\n"), { cause: error });
    }
  }

  // With a byte after the input that no reader may look at and be content with.
  private put(input: Input): [ptr: number, length: number] {
    const bytes = typeof input === "string" ? Buffer.from(input) : input;
    const ptr = this.call("allocate", bytes.length + 1);
    new Uint8Array(this.memory.buffer, ptr, bytes.length + 1).set([...bytes, 0x22]);
    return [ptr, bytes.length];
  }

  private copy(ptr: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer.slice(ptr, ptr + length));
  }

  // A `Bytes`: address and length, little-endian.
  private bytes(view: number): Uint8Array | null {
    if (view === 0) return null;
    const fields = new DataView(this.memory.buffer, view, 8);
    return this.copy(fields.getUint32(0, true), fields.getInt32(4, true));
  }

  private text(view: number): string | null {
    const bytes = this.bytes(view);
    return bytes === null ? null : Buffer.from(bytes).toString();
  }
}
