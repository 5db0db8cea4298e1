/** Contenders that are no Wasm: what this machine does without a sandbox. */
import { execFileSync } from "node:child_process";
import { createHash, createHmac, timingSafeEqual, verify } from "node:crypto";
import { paddingOf, type Case } from "./cases.ts";
import { measureHere, type Absent, type Contender, type Measure } from "./contender.ts";
import { bareKey } from "./keys.ts";

/** Node's crypto module, which is OpenSSL behind a border of its own. */
export const NODE: Contender = {
  name: "node",
  title: "node:crypto",
  warmsUp: true,
  start: (one) => {
    const run = nodeOperation(one);
    return measureHere((times) => {
      for (let i = 0; i < times; i++) if (!run()) throw new Error(`${one.title}: refused`);
    });
  },
};

function nodeOperation(one: Case): () => boolean {
  const { message } = one;
  if (one.kind === "digest") return () => createHash(`sha${one.bits}`).update(message).digest().length > 0;
  const { key, hash, signature, algorithm } = one;
  if (key.type === "secret") return () => timingSafeEqual(createHmac(hash, key).update(message).digest(), signature);
  if (algorithm === "EdDSA") return () => verify(null, message, key, signature);
  if (key.asymmetricKeyType === "ec") {
    return () => verify(hash, message, { key, dsaEncoding: "ieee-p1363" }, signature);
  }
  return () => verify(hash, message, { key, ...paddingOf(algorithm) }, signature);
}

/** `openssl speed`, where that is OpenSSL 3: what the library itself does, measured in its own process. */
export function openssl(): Contender | Absent {
  const title = "openssl speed";
  const version = output("openssl", ["version"]);
  if (version === undefined) return { title, reason: "there is no openssl on the PATH" };
  if (!/^OpenSSL [3-9]/.test(version)) return { title, reason: `it is ${version.trim()}` };
  return { name: "openssl", title, warmsUp: false, start: opensslMeasure };
}

function opensslMeasure(one: Case): Measure | undefined {
  const { opensslName } = one;
  if (opensslName === undefined) return undefined;
  // One second is the least; it signs for as long first.
  const options = ["speed", "-mr", "-seconds", "1"];
  if (one.kind === "digest") options.push("-bytes", String(one.message.length), "-evp", opensslName);
  else options.push(opensslName);
  return () => {
    const said = output("openssl", options) ?? "";
    // +F2:2:2048:<signatures a second>:<verifications a second>, +F6 with a name before both, +F:…:<bytes a second>.
    const line = /^\+F\d?:.*$/m.exec(said)?.[0] ?? "";
    const figure = Number(line.split(":").at(-1));
    if (!(figure > 0)) throw new Error(`openssl ${options.join(" ")} answered: ${said}`);
    return one.kind === "digest" ? figure / one.message.length : figure;
  };
}

/** ring in a program of its own. */
export function nativeRing(program: string): Contender {
  const start = (one: Case): Measure | undefined => {
    if (one.kind === "digest" || one.algorithm === "ES512") return undefined;
    const input = [bareKey(one), one.message, one.signature].map((bytes) => Buffer.from(bytes).toString("hex"));
    const seconds = (times: number) => Number(output(program, [one.algorithm, ...input, String(times)])) / 1e9;
    return (wanted) => {
      const times = Math.ceil(wanted / (seconds(20) / 20));
      return times / seconds(times);
    };
  };
  return { name: "ring-native", title: "ring", warmsUp: false, start };
}

/** What a program prints; undefined when there is no such program or it fails. */
function output(program: string, options: string[]): string | undefined {
  try {
    return execFileSync(program, options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
