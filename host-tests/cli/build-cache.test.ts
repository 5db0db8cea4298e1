import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isUpToDate, save, sha256 } from "../../cli/build/cache.mjs";

const MODULE = new Uint8Array([0, 1, 2, 3]);

describe("build cache", () => {
  let folder: string;
  let source: string;
  let absent: string;
  let entry: Parameters<typeof save>[0];

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "waypost-cache-"));
    source = path.join(folder, "source.ts");
    absent = path.join(folder, "source/index.ts");
    const name = `test/${path.basename(folder)}`;
    entry = {
      name,
      source,
      output: path.join(folder, "module.wasm"),
      config: "asconfig.json",
      kind: "test",
      simd: false,
    };
    writeFileSync(source, "one");
    save(entry, MODULE, { [source]: sha256("one"), [absent]: null }, "toolchain");
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
    rmSync(`build/.inputs/${entry.name}.json`);
  });

  it("knows a module whose inputs are as they were", () => {
    expect(isUpToDate(entry, "toolchain")).toBe(true);
    // What counts is the content, not when it was written.
    writeFileSync(source, "one");
    expect(isUpToDate(entry, "toolchain")).toBe(true);
  });

  it("sees that a source changed", () => {
    writeFileSync(source, "two");
    expect(isUpToDate(entry, "toolchain")).toBe(false);
  });

  it("sees a file that the compiler would now find first", () => {
    save(entry, MODULE, { [source]: sha256("one"), [`${source}x`]: null }, "toolchain");
    writeFileSync(`${source}x`, "");
    expect(isUpToDate(entry, "toolchain")).toBe(false);
  });

  it("sees that the module is gone or was changed", () => {
    writeFileSync(entry.output, "other");
    expect(isUpToDate(entry, "toolchain")).toBe(false);
    rmSync(entry.output);
    expect(isUpToDate(entry, "toolchain")).toBe(false);
  });

  it("sees another compiler", () => {
    expect(isUpToDate(entry, "another toolchain")).toBe(false);
  });
});
