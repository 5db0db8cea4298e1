import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { meshCases, WITHOUT_FILTERS } from "../../bench/mesh-cases.ts";
import type { MeshMeasured } from "../../bench/mesh-measure.ts";
import { evaluateMesh, type MeshResults } from "../../bench/mesh-results.ts";
import { meshTable, sizeLines, sizesTable } from "../../bench/mesh-tables.ts";
import { openLoad } from "../../bench/open-load.ts";
import { PAGE, withResults } from "../../bench/page.ts";
import { report } from "../../bench/report.ts";
import type { Results } from "../../bench/results.ts";
import { quantile } from "../../bench/statistics.ts";

const MIB = 1024 * 1024;

/** Rounds of which the second is slow for all alike. */
function measured(name: string, workers: number, cost: number, mebibytes: number, vms: number): MeshMeasured {
  return {
    ...{ name, workers, vms, title: `title of ${name}` },
    costs: [cost, cost + 50, cost],
    latencies: [0.5, 4, 0.6].map((p50) => ({ p50, p90: 2 * p50, p99: 3 * p50 })),
    memory: { idle: (mebibytes - 1) * MIB, loaded: mebibytes * MIB },
  };
}

const RESULTS: MeshResults = {
  settings: { rounds: 3, seconds: 1, connections: 8, rate: 500, workers: [1, 2] },
  cases: [
    measured(WITHOUT_FILTERS, 1, 80, 60, 0),
    measured("mesh-filters", 1, 125, 90, 3),
    measured(WITHOUT_FILTERS, 2, 80, 61, 0),
    measured("mesh-filters", 2, 100, 93.5, 4),
  ],
};

describe("waypoints in a mesh", () => {
  test("are counted above the one without filters that has as many workers, round by round", () => {
    const results = evaluateMesh(RESULTS).map(({ name, workers, increment, perCpu }) => ({
      ...{ name, workers, perCpu },
      ...{ median: increment.median, spread: increment.spread },
    }));
    expect(results).toEqual([
      { name: WITHOUT_FILTERS, workers: 1, median: 0, spread: 0, perCpu: 12_500 },
      { name: WITHOUT_FILTERS, workers: 2, median: 0, spread: 0, perCpu: 12_500 },
      { name: "mesh-filters", workers: 1, median: 45, spread: 0, perCpu: 8_000 },
      { name: "mesh-filters", workers: 2, median: 20, spread: 0, perCpu: 10_000 },
    ]);
  });

  test("have tables of what they cost and what they need", () => {
    const title = "title of mesh-filters";
    expect(meshTable(RESULTS).rows[2]).toEqual([title, "1", "125.00", "+45.00", "±0.00", "0.60", "1.20", "1.80"]);
    expect(sizesTable(RESULTS).rows[3]).toEqual([title, "2", "10,000", "4", "92.5", "93.5"]);
  });

  test("have a size, with its arithmetic", () => {
    expect(sizeLines(RESULTS)).toEqual([
      expect.stringContaining("1,000,000 µs / 100.00 µs = 10,000 a second on one CPU with all filters"),
      expect.stringContaining("90.0 MiB with 1 worker and 3.5 MiB for each further one with all filters"),
      "**VMs** of a plugin: 3 with 1 worker, 4 with 2.",
    ]);
    expect(sizeLines({ ...RESULTS, cases: [] })).toEqual([]);
  });

  test("are in the report and on the page, when they were measured", async () => {
    const all: Results = {
      ...{
        date: "2026-01-01T00:00:00.000Z",
        quotable: true,
        loadGenerator: "wrk 4.1.0",
        versions: { envoy: "1.40.0" },
      },
      ...{ machine: { cpu: "some processor", cores: 2 }, groups: [], sizes: [], mesh: RESULTS },
    };
    const page = readFileSync(PAGE, "utf8");
    for (const text of [report(all), await withResults(page, all)]) {
      expect(text).toContain("1,000,000 µs / 100.00 µs");
      expect(text).toMatch(/title of mesh-filters +[│|] +1 [│|] 125\.00 [│|] +\+45\.00/);
      expect(text).toMatch(/title of mesh-filters +[│|] +2 [│|] +10,000 [│|] +4 [│|]/);
    }
    expect(report({ ...all, mesh: undefined })).not.toContain("mesh");
  });

  test("all refuse something, but those without filters", () => {
    const lenient = meshCases().filter(({ checks }) => !checks.some(({ status }) => status >= 400));
    expect(lenient.map(({ name }) => name)).toEqual(["mesh-bare", WITHOUT_FILTERS]);
  });
});

describe("requests at a fixed rate", () => {
  let server: Server;
  let waiting = 0;
  let most = 0;

  beforeEach(async () => {
    waiting = 0;
    most = 0;
    server = createServer(({ url }, response) => {
      most = Math.max(most, ++waiting);
      setTimeout(() => {
        waiting--;
        response.writeHead(url === "/wrong" ? 503 : 200).end();
      }, 300);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const load = (path: string) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return openLoad({ urls: [url], path, headers: {}, rate: 50, seconds: 0.4 });
  };

  test("do not wait for each other, and each is timed by itself", async () => {
    const latencies = await load("/");
    // Of twenty, but for the first fifth.
    expect(latencies).toHaveLength(16);
    expect(quantile(latencies, 0.5)).toBeGreaterThanOrEqual(299);
    expect(most).toBeGreaterThan(5);
  });

  test("must be answered with 200", async () => {
    await expect(load("/wrong")).rejects.toThrow(/\/wrong is answered with 503; expected 200/);
  });
});

test("a quantile is the smallest value that so many do not exceed", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0.5, 0.9, 0.99, 1, 0].map((share) => quantile(values, share))).toEqual([50, 90, 99, 100, 1]);
  expect(quantile([], 0.5)).toBeNaN();
});
