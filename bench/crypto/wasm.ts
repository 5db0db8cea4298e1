/** Contenders that are Wasm modules, all with the functions of `assembly/test/bench-crypto.ts`. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";
import type { Case, DigestCase, SignatureCase } from "./cases.ts";
import { measureHere, type Contender, type Measure } from "./contender.ts";

type Exports = Record<string, (...values: number[]) => number>;

/** Encodes the key of a case as a module wants it. */
export type KeyEncoding = (one: SignatureCase) => Uint8Array;

interface Input {
  ptr: number;
  size: number;
}

class VerifierModule {
  readonly #exports: Exports;
  readonly #memory: WebAssembly.Memory;

  constructor(file: string) {
    const module = new WebAssembly.Module(readFileSync(file));
    const wasi = new WASI({ version: "preview1" });
    const imports = { ...(wasi.getImportObject() as WebAssembly.Imports), env: { proxy_log: () => 0 } };
    const instance = new WebAssembly.Instance(module, imports);
    // Only Go's runtime asks WASI for anything; this also begins the others.
    wasi.initialize(instance);
    this.#exports = instance.exports as Exports;
    this.#memory = instance.exports["memory"] as WebAssembly.Memory;
  }

  put(bytes: Uint8Array): Input {
    const ptr = this.call("allocate", bytes.length);
    new Uint8Array(this.#memory.buffer).set(bytes, ptr);
    return { ptr, size: bytes.length };
  }

  call(name: string, ...values: number[]): number {
    const call = this.#exports[name];
    if (call === undefined) throw new Error(`the module does not export ${name}`);
    return call(...values);
  }
}

/** A module in a file. */
export function wasmContender(name: string, title: string, file: string, keyEncoding: KeyEncoding): Contender {
  const module = new VerifierModule(file);
  const start = (one: Case): Measure | undefined => {
    if (one.kind === "digest") return digesting(module, one);
    const key = createKey(module, one, keyEncoding);
    return key === undefined ? undefined : verifying(module, one, () => key, Number.MAX_SAFE_INTEGER);
  };
  return { name, title, warmsUp: true, start };
}

/**
 * Our module as it is with keys that are seen for the first few times: it makes a table of multiples for a key that is used
 * more often. Only algorithms that have such tables.
 */
export function withoutTables(name: string, title: string, file: string, keyEncoding: KeyEncoding): Contender {
  const module = new VerifierModule(file);
  const start = (one: Case): Measure | undefined => {
    if (one.kind === "digest" || !/^E/.test(one.algorithm)) return undefined;
    const uses = module.call("uses_without_table");
    const create = () => createKey(module, one, keyEncoding) ?? 0;
    return verifying(module, one, create, uses, (key) => module.call("release", key));
  };
  return { name, title, warmsUp: true, start };
}

/** @param uses how often each key is used before there is another */
function verifying(
  module: VerifierModule,
  { message, signature, title }: SignatureCase,
  create: () => number,
  uses: number,
  release: (key: number) => void = () => undefined,
): Measure {
  const [{ ptr: text, size }, { ptr: code, size: codeSize }] = [module.put(message), module.put(signature)];
  let keys: number[] = [];
  const prepare = (times: number) => {
    keys.forEach(release);
    keys = Array.from({ length: Math.ceil(times / uses) }, create);
  };
  const run = (times: number) => {
    let left = times;
    for (const key of keys) {
      const now = Math.min(uses, left);
      if (module.call("verify_times", key, text, size, code, codeSize, now) !== now)
        throw new Error(`${title}: refused`);
      left -= now;
    }
  };
  return measureHere(run, prepare);
}

function createKey(module: VerifierModule, one: SignatureCase, keyEncoding: KeyEncoding): number | undefined {
  const name = module.put(Buffer.from(one.algorithm));
  const key = module.put(keyEncoding(one));
  return module.call("create", name.ptr, name.size, key.ptr, key.size) || undefined;
}

function digesting(module: VerifierModule, { bits, message, title }: DigestCase): Measure {
  const { ptr, size } = module.put(message);
  const [first] = createHash(`sha${bits}`).update(message).digest();
  return measureHere((times) => {
    if (module.call("digest_times", bits, ptr, size, times) !== first) throw new Error(`${title}: wrong`);
  });
}
