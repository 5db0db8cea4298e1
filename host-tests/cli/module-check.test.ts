import { describe, expect, it } from "vitest";
import { checkModule } from "../../cli/build/module-check.mjs";
import { compileSource } from "./compile-source.ts";

/** The compiler as it is out of the box: with its own abort. */
const PLAIN = ["--config", "none", "--exportStart", "_initialize"];

const EXPORTS = `
export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_memory_allocate(size: usize): usize { return heap.alloc(size); }
`;

async function check(source: string, kind: "filter" | "test" = "filter"): Promise<string[]> {
  const { wasm, said } = await compileSource(source, [...PLAIN, "--use", "abort="]);
  expect(wasm, said).toBeDefined();
  return checkModule(wasm!, kind);
}

describe("module check", () => {
  it("accepts a module with hostcalls and the callbacks that every host needs", async () => {
    expect(
      await check(`${EXPORTS} @external("env", "proxy_done") declare function proxy_done(): u32; proxy_done();`),
    ).toEqual([]);
  });

  it("refuses imports that no proxy offers, and says what brings them in", async () => {
    const { wasm } = await compileSource(
      `${EXPORTS} export function f(x: i32): void { assert(x); Math.random(); }`,
      PLAIN,
    );
    expect(checkModule(wasm!, "filter")).toEqual([
      "imports env.abort, which no proxy offers: compile with `--use abort=` and the name of a function of your own (see asconfig.json)",
      "imports env.seed, which no proxy offers: Math.random is the usual cause; use another source of randomness",
    ]);
  });

  it("refuses hostcalls of another ABI", async () => {
    const source = `${EXPORTS} @external("env", "proxy_clear_route_cache") declare function f(): u32; f();`;
    expect(await check(source)).toEqual(["imports env.proxy_clear_route_cache, which no proxy offers"]);
  });

  it("accepts the functions of WASI that filters need, and no others", async () => {
    const source = (name: string) =>
      `${EXPORTS} @external("wasi_snapshot_preview1", "${name}") declare function f(a: usize, b: usize): u32; f(0, 0);`;
    expect(await check(source("random_get"))).toEqual([]);
    expect(await check(source("fd_write"))).toEqual(["imports wasi_snapshot_preview1.fd_write, which no proxy offers"]);
  });

  it("asks for the exports that every host needs", async () => {
    expect(await check("export const x = 1;")).toEqual([
      "does not export proxy_abi_version_0_2_1",
      "does not export proxy_on_memory_allocate",
    ]);
  });

  it("lets a test module export what it likes", async () => {
    expect(await check("export const x = 1;", "test")).toEqual([]);
  });
});
