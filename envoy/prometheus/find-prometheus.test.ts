import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { searchPrometheus } from "./find-prometheus.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "waypost-find-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function program(file: string, script: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Programs that answer `--version` like a Prometheus of this version and its tool. */
function fakePrometheus(place: string, version: string, { promtool = true } = {}): string {
  const file = path.join(folder, place, "prometheus");
  if (promtool) program(path.join(folder, place, "promtool"), "exit 0");
  return program(file, `echo "prometheus, version ${version} (branch: HEAD, revision: 0123abcd)"`);
}

/** No program is on PATH but those of the test, so that nothing can be fetched. */
function search(env: NodeJS.ProcessEnv = {}) {
  const PATH = path.join(folder, "bin");
  return searchPrometheus({ env: { PATH, WAYPOST_CACHE: path.join(folder, "cache"), ...env }, progress: () => {} });
}

describe("searchPrometheus", () => {
  it("takes PROMETHEUS_BIN before all others, with the promtool beside it", async () => {
    fakePrometheus("bin", "2.53.3");
    const named = fakePrometheus("own", "3.5.0");
    expect(await search({ PROMETHEUS_BIN: named })).toEqual({
      ...{ path: named, version: "3.5.0", source: "PROMETHEUS_BIN" },
      promtool: path.join(folder, "own", "promtool"),
    });
  });

  it("does not look elsewhere when PROMETHEUS_BIN is wrong", async () => {
    fakePrometheus("bin", "2.53.3");
    const expected = /PROMETHEUS_BIN does not name a Prometheus that runs: .*ENOENT/;
    await expect(search({ PROMETHEUS_BIN: "/does/not/exist" })).rejects.toThrow(expected);
  });

  it("takes the one on PATH before a cached one", async () => {
    const onPath = fakePrometheus("bin", "2.53.3");
    fakePrometheus("cache/prometheus/2.42.0+ds", "2.42.0+ds");
    expect(await search()).toMatchObject({ path: onPath, version: "2.53.3", source: "PATH" });
  });

  it.each([
    ["is too old", "2.15.2", { promtool: true }],
    ["comes without promtool", "2.53.3", { promtool: false }],
  ])("takes the newest cached one when the one on PATH %s", async (_what, version, options) => {
    fakePrometheus("bin", version, options);
    fakePrometheus("cache/prometheus/2.9.0", "2.9.0");
    const newest = fakePrometheus("cache/prometheus/2.42.0+ds", "2.42.0+ds");
    expect(await search()).toMatchObject({ path: newest, version: "2.42.0+ds", source: "cache" });
  });

  it.runIf(process.platform === "linux")(
    "unpacks Debian's package into the cache, and finds it there the next time",
    async () => {
      program(path.join(folder, "bin", "apt-get"), "echo a package > prometheus_2.42.0+ds-5_amd64.deb");
      const answer = 'echo "prometheus, version 2.42.0+ds (branch: debian/sid, revision: 1)"';
      program(
        path.join(folder, "bin", "dpkg-deb"),
        `export PATH=/usr/bin:/bin
      [ "$1" = --extract ] || exit 0
      mkdir -p "$3/usr/bin" && cd "$3/usr/bin"
      printf '#!/bin/sh\\n%s\\n' '${answer}' > prometheus
      cp prometheus promtool && chmod +x prometheus promtool`,
      );
      const kept = path.join(folder, "cache", "prometheus", "2.42.0+ds", "prometheus");
      const found = await search();
      expect(found).toMatchObject({ path: kept, version: "2.42.0+ds", source: "Debian package" });
      expect(existsSync(found.promtool)).toBe(true);
      expect(await search()).toMatchObject({ path: kept, source: "cache" });
    },
  );

  it("lists what it tried and what to install when there is none", async () => {
    const message = await search().then(
      () => "",
      (error: unknown) => (error as Error).message,
    );
    const tried = [/PROMETHEUS_BIN: not set/, /PATH: no prometheus/, /cache: none in .*prometheus/, /Debian package: /];
    for (const line of tried) expect(message).toMatch(line);
    expect(message).toMatch(/^No Prometheus was found[^]*(apt-get|brew) install prometheus/);
  });
});
