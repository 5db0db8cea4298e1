/** The bench of signature checks: what it measures is right, and it says what it leaves out. */
import { expect, it } from "vitest";
import { makeCases, megabytes } from "../../bench/crypto/cases.ts";
import type { Contender } from "../../bench/crypto/contender.ts";
import { judge } from "../../bench/crypto/goals.ts";
import { jwkSet } from "../../bench/crypto/keys.ts";
import { measure } from "../../bench/crypto/measure.ts";
import { NODE } from "../../bench/crypto/native.ts";
import { asMarkdown, asText, type Report } from "../../bench/crypto/report.ts";
import { wasmContender, withoutTables } from "../../bench/crypto/wasm.ts";

const MODULES = ["build/test/bench-crypto.wasm", "build/test/bench-crypto.scalar.wasm"];
// RSA keys take long to make.
const cases = makeCases(/^(RS256-2048|PS256-2048|E|H|S)/);

it.each(cases)("$title: our modules and node:crypto agree to the signature", (one) => {
  const contenders = [NODE, ...MODULES.map((file) => wasmContender("ours", "ours", file, jwkSet))];
  for (const contender of contenders) expect(contender.start(one)?.(0.001)).toBeGreaterThan(0);
});

it("measures keys without tables for curves only", () => {
  const contender = withoutTables("no-table", "no table", MODULES[0]!, jwkSet);
  const rates = cases.map((one) => [one.name, contender.start(one)?.(0.001)] as const);
  const measured = rates.filter(([, rate]) => rate !== undefined);
  expect(measured.map(([name]) => name)).toEqual(["ES256", "ES384", "ES512", "EdDSA"]);
  expect(measured.every(([, rate]) => (rate ?? 0) > 0)).toBe(true);
});

it("refuses to measure a check that fails", () => {
  const [one] = cases.filter(({ name }) => name === "HS256");
  if (one?.kind !== "signature") throw new Error("no such case");
  const forged = { ...one, signature: Buffer.alloc(one.signature.length) };
  const contenders = [NODE, wasmContender("ours", "ours", MODULES[0]!, jwkSet)];
  for (const contender of contenders) expect(() => contender.start(forged)?.(0.001)).toThrow("refused");
});

it("counts megabytes for hashes, operations for signatures", () => {
  expect(cases.filter((one) => megabytes(one) !== undefined).map(({ name }) => name)).toEqual(["SHA-256", "SHA-512"]);
});

it("compares round by round, judges by the medians, and says what is missing", () => {
  const es256 = cases.filter(({ name }) => name === "ES256");
  const contenders = [constant("waypost", [18, 36]), constant("openssl", [10, 20])];
  const series = measure(es256, contenders, { rounds: 2, seconds: 0 }, () => undefined);
  const goals = judge(series);
  expect(goals).toMatchObject([{ case: "ES256", of: "waypost", ratio: { median: 1.8 }, verdict: "must met" }]);

  const settings = { rounds: 2, seconds: 0 };
  const absent = [{ title: "ring", reason: "there is no cargo" }];
  const report: Report = { settings, machine: "m", versions: "v", contenders, absent, series, goals };
  for (const text of [asText(report), asMarkdown(report)]) {
    expect(text).toContain("not measured: ring: there is no cargo");
    expect(text).toContain("must met");
  }
  expect(asMarkdown(report)).toContain("| ES256, P-256 | 27 | 15 |");
});

/** Answers these rates in turn. */
function constant(name: string, rates: number[]): Contender {
  return { name, title: name, warmsUp: false, start: () => () => rates.shift() ?? Number.NaN };
}
