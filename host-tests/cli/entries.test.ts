import { describe, expect, it } from "vitest";
import { listEntries } from "../../cli/build/entries.mjs";

describe("what is built", () => {
  const entries = listEntries();

  it("is one file for each entry", () => {
    expect(new Set(entries.map(({ output }) => output)).size).toBe(entries.length);
    expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
  });

  it("is a module with SIMD also without it, from the same source", () => {
    const withSimd = entries.filter(({ simd }) => simd);
    expect(withSimd.map(({ name }) => name)).toContain("jwt-auth");
    for (const entry of withSimd) {
      const name = `${entry.name}.scalar`;
      const expected = { ...entry, name, output: `build/${name}.wasm`, simd: false };
      expect(entries.find((other) => other.name === name)).toEqual(expected);
    }
  });
});
