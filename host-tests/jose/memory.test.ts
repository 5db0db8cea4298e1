import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import asc from "assemblyscript/asc";
import { expect, it } from "vitest";
import { JoseModule } from "./jose-module.ts";
import { RFC7517_A1, signed, unsigned } from "./vectors.ts";

const ENTRY = "assembly/test/pure-jose.ts";

/**
 * The same code on a runtime whose allocator only ever moves on: there a managed object, once made, shows for ever.
 */
async function compileWithStubRuntime(): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const output = "stub.wasm";
  const options = ["--config", "none", "-O1", "--runtime", "stub", "--exportStart", "_initialize"];
  const { error, stderr } = await asc.main(
    [ENTRY, ...options, "--use", "abort=assembly/abi/abort/abort", "-o", output],
    {
      readFile: async (file) => readFile(file, "utf8").catch(() => null),
      writeFile(file, contents) {
        if (file === output && typeof contents !== "string") wasm = contents;
      },
    },
  );
  if (error || wasm === undefined) throw new Error(stderr.toString());
  return wasm;
}

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const TOKENS = [
  signed(
    { alg: "ES256", kid: "a\u00e4\n" },
    {
      iss: "https://issuer.example",
      sub: "ann",
      aud: ["a", "b"],
      exp: 1.9e9,
      nbf: 0.5,
      nested: { a: [1, { b: "\n" }] },
    },
    "sha256",
    privateKey,
  ),
  unsigned(
    '{"alg":"RS256"}',
    JSON.stringify(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`claim${i}`, i]))),
  ),
  unsigned('{"alg":"RS256","alg":1}'),
  unsigned('{"alg":"RS256"}', '{"aud":[1],"exp":1e999}'),
  unsigned('{"alg":"RS256"}', '{"exp":0.1234567890123456789012345678901234567890}'),
  "not.a.token",
];

function prepare(jose: JoseModule): void {
  jose.parseKeys(JSON.stringify(RFC7517_A1));
  jose.find("nested.a");
  for (const token of TOKENS) jose.useTokenTimes(token, 1);
}

it("reading a token makes no managed object, whatever the token", async () => {
  const jose = new JoseModule(await compileWithStubRuntime());
  prepare(jose);
  for (const token of TOKENS) {
    const before = jose.heapMark();
    jose.useTokenTimes(token, 1);
    const once = jose.heapMark() - before;
    jose.useTokenTimes(token, 10_000);
    expect(jose.heapMark() - before).toBe(2 * once);
  }
  // The measure measures: reading keys does make objects.
  const before = jose.heapMark();
  jose.parseKeys('{"keys":[]}');
  expect(jose.heapMark()).toBeGreaterThan(before);
}, 60_000);

it("memory stays flat over 10,000 tokens of every kind", () => {
  const jose = new JoseModule();
  prepare(jose);
  jose.parseToken("");
  const before = { size: jose.memorySize, heap: jose.heapMark() };
  for (const token of TOKENS) jose.useTokenTimes(token, 10_000);
  for (let i = 0; i < 10_000; i++) jose.parseToken(TOKENS[i % TOKENS.length] ?? "");
  jose.parseToken("");
  expect({ size: jose.memorySize, heap: jose.heapMark() }).toEqual(before);
});

it("memory stays flat over 10,000 key sets, each read and released", () => {
  const jose = new JoseModule();
  const sets = [JSON.stringify(RFC7517_A1), '{"keys":[{"kty":"RSA"', '{"keys":[1,2,{}]}'];
  const round = () => {
    for (let i = 0; i < 1000; i++) {
      jose.parseKeys(sets[i % sets.length] ?? "");
      jose.collect();
    }
  };
  round();
  const before = jose.memorySize;
  for (let i = 0; i < 9; i++) round();
  expect(jose.memorySize).toBe(before);
});
