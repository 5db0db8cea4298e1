/**
 * RS* signatures are verified by Envoy's BoringSSL where it can be called, and by our own code elsewhere: on the same
 * tokens both must come to the same verdict, which is OpenSSL's.
 */
import { constants, generateKeyPairSync, privateEncrypt, randomBytes, sign, verify } from "node:crypto";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bootstrap, httpChain, routeTo, tcpListener, wasmFilter, staticCluster } from "../config/index.ts";
import { Http2Connection } from "../client/http2.ts";
import { EnvoyProcess } from "../harness/index.ts";

const HASHES = ["sha256", "sha384", "sha512"] as const;
const KINDS = [
  [2048, 65537],
  [2048, 3],
  [2056, 65537],
  [3071, 65537],
  [4096, 65537],
] as const;

const keys = KINDS.map(([modulusLength, publicExponent], index) => ({
  kid: String(index),
  modulusLength,
  publicExponent,
  ...generateKeyPairSync("rsa", { modulusLength, publicExponent }),
}));

let envoy: EnvoyProcess;
let connection: Http2Connection;
beforeAll(async () => {
  const set = { keys: keys.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: "jwk" }), kid })) };
  const filter = wasmFilter({
    name: "both-verifiers",
    file: path.resolve("build/test/both-verifiers.wasm"),
    configuration: JSON.stringify(set),
  });
  const chain = httpChain({ name: "main", places: { AUTHN: [filter] }, routes: [routeTo("nowhere")] });
  const clusters = [staticCluster({ name: "nowhere", endpoints: [{ host: "127.0.0.1", port: 9 }] })];
  envoy = await EnvoyProcess.start({ config: bootstrap({ listeners: [tcpListener("main", [chain])], clusters }) });
  connection = new Http2Connection(envoy.port("main"));
}, 30_000);
afterAll(async () => {
  connection.close();
  await envoy.stop();
});

/** Signatures that are right, and such as an attacker tries, for the text of a token. */
function signatures(key: (typeof keys)[number], hash: string, text: Buffer): Buffer[] {
  const right = sign(hash, text, key.privateKey);
  const flipped = Buffer.from(right);
  const bit = randomBytes(2).readUInt16BE() % (flipped.length * 8);
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  const raw = (block: Buffer) => privateEncrypt({ key: key.privateKey, padding: constants.RSA_NO_PADDING }, block);
  const encoded = opened(key.publicKey.export({ format: "jwk" }), right);
  const garbage = Buffer.concat([encoded.subarray(0, 2), Buffer.from([1, 0]), encoded.subarray(4)]);
  return [
    right,
    flipped,
    Buffer.concat([Buffer.from([0]), right]),
    right.subarray(1),
    Buffer.alloc(right.length),
    Buffer.alloc(right.length, 0xff),
    raw(encoded),
    raw(garbage),
    sign(hash, text, { key: key.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
    ...HASHES.map((other) => sign(other, text, key.privateKey)),
  ];
}

/** What the signature was made of: its e-th power. */
function opened({ n = "", e = "" }: JsonWebKey, signature: Buffer): Buffer {
  const number = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`);
  const modulus = number(Buffer.from(n, "base64url"));
  let power = 1n;
  const base = number(signature);
  for (const bit of number(Buffer.from(e, "base64url")).toString(2)) {
    power = (power * power) % modulus;
    if (bit === "1") power = (power * base) % modulus;
  }
  return Buffer.from(power.toString(16).padStart(signature.length * 2, "0"), "hex");
}

it.each(keys)(
  "RSA of $modulusLength bits with exponent $publicExponent",
  async (key) => {
    const answers = [];
    for (const hash of HASHES) {
      for (let round = 0; round < 5; round++) {
        const header = { alg: hash.replace("sha", "RS"), kid: key.kid };
        const payload = randomBytes(40 + round).toString("base64url");
        const input = `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}`;
        for (const signature of signatures(key, hash, Buffer.from(input))) {
          const right = verify(hash, Buffer.from(input), key.publicKey, signature);
          const headers: [string, string][] = [["x-jws", `${input}.${signature.toString("base64url")}`]];
          answers.push(
            connection
              .send({ method: "GET", path: "/", authority: "test", headers })
              .then(({ body }) => ({ signature, body, expected: `envoy=${right} wasm=${right}` })),
          );
        }
      }
    }
    const told = await Promise.all(answers);
    for (const { body, expected, signature } of told) {
      expect({ signature: signature.toString("hex"), body }).toEqual({
        signature: signature.toString("hex"),
        body: expected,
      });
    }
    expect(new Set(told.map(({ body }) => body)).size).toBe(2);
  },
  30_000,
);
