import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_VERSION, findEnvoy, searchEnvoy } from "./find-envoy.ts";
import { cacheFolder } from "./find-program.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "waypost-find-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that answers `--version` like an Envoy of this version. */
function fakeEnvoy(place: string, version: string): string {
  const file = path.join(folder, place, "envoy");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho "envoy  version: 0123abcd/${version}/Clean/RELEASE/BoringSSL"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** No program is on PATH, so that nothing can be fetched. */
function search(env: NodeJS.ProcessEnv = {}) {
  return searchEnvoy({ env: { PATH: path.join(folder, "bin"), WAYPOST_CACHE: path.join(folder, "cache"), ...env } });
}

describe("searchEnvoy", () => {
  it("takes ENVOY_BIN before all others", async () => {
    fakeEnvoy("bin", DEFAULT_VERSION);
    const named = fakeEnvoy("own", "1.33.0");
    expect(await search({ ENVOY_BIN: named })).toEqual({ path: named, version: "1.33.0", source: "ENVOY_BIN" });
  });

  it("does not look elsewhere when ENVOY_BIN is wrong", async () => {
    fakeEnvoy("bin", DEFAULT_VERSION);
    await expect(search({ ENVOY_BIN: "/does/not/exist" })).rejects.toThrow(/ENVOY_BIN does not name .* ENOENT/);
  });

  it("takes the one on PATH before a cached one", async () => {
    const onPath = fakeEnvoy("bin", "1.38.1");
    fakeEnvoy(`cache/envoy/${DEFAULT_VERSION}`, DEFAULT_VERSION);
    expect(await search()).toEqual({ path: onPath, version: "1.38.1", source: "PATH" });
  });

  it.each([
    ["is too old", "1.30.2", {}, DEFAULT_VERSION],
    ["is not the version asked for", "1.40.0", { ENVOY_VERSION: "1.39.0" }, "1.39.0"],
  ])("takes the cached one when the one on PATH %s", async (_what, onPath, env, cached) => {
    fakeEnvoy("bin", onPath);
    const file = fakeEnvoy(`cache/envoy/${cached}`, cached);
    expect(await search(env)).toEqual({ path: file, version: cached, source: "cache" });
  });

  it("lists what it tried and what to install when there is none", async () => {
    const message = await search().then(
      () => "",
      (error: unknown) => (error as Error).message,
    );
    const tried = [
      /ENVOY_BIN: not set/,
      /PATH: no envoy/,
      /cache: no .*cache\/envoy/,
      /PyPI wheel: /,
      /docker image: /,
    ];
    for (const line of tried) expect(message).toMatch(line);
    expect(message).toMatch(/Install|There is no Envoy/);
  });
});

it("findEnvoy looks once for each Envoy that is asked for", async () => {
  const named = ["1.38.0", "1.39.0"].map((version) => fakeEnvoy(version, version));
  const [older = "", newer = ""] = named;
  const find = (binary: string) => findEnvoy({ env: { ENVOY_BIN: binary } });
  expect((await find(older)).version).toBe("1.38.0");
  expect((await find(newer)).version).toBe("1.39.0");
  rmSync(older);
  expect((await find(older)).version).toBe("1.38.0");
});

describe("cacheFolder", () => {
  it("follows WAYPOST_CACHE, then XDG_CACHE_HOME", () => {
    expect(cacheFolder({ WAYPOST_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe(path.resolve("/a"));
    expect(cacheFolder({ XDG_CACHE_HOME: "/b" })).toBe(path.join("/b", "waypost"));
  });
});
