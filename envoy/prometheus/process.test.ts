import { mkdtemp, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listen } from "../services/detect.ts";
import { PrometheusFailed, PrometheusProcess } from "./index.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), "waypost-rules-"))));
afterEach(() => rm(folder, { recursive: true }));

describe("PrometheusProcess", () => {
  it("answers queries, and refuses wrong ones with what is wrong", async () => {
    await using prometheus = await PrometheusProcess.start({ targets: [], rules: [] });
    expect(await prometheus.query("vector(2) * 3", 1_000)).toEqual([{ labels: {}, value: 6 }]);
    expect(await prometheus.query("1 / 0")).toEqual([{ labels: {}, value: Infinity }]);
    const range = { start: 10, end: 20, step: 5 };
    const points = [10, 15, 20].map((time) => [time, time]);
    expect(await prometheus.queryRange("time()", range)).toEqual([{ labels: {}, points }]);
    await expect(prometheus.query("sum(")).rejects.toThrow(/^Prometheus refuses sum\(: bad_data: .*parse error/);
    await expect(prometheus.query("up[5m]")).rejects.toThrow("up[5m] is a matrix: expected an instant vector");
  });

  it("ends with its process", async () => {
    const prometheus = await PrometheusProcess.start({ targets: [], rules: [] });
    const { pid } = prometheus;
    expect(prometheus.running).toBe(true);
    await prometheus.stop();
    expect(prometheus.running).toBe(false);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  it("says what is wrong with rules that it cannot load", async () => {
    const rules = path.join(folder, "rules.yaml");
    await writeFile(rules, "groups: [{ name: broken, rules: [{ record: r, expr: sum( }] }]");
    const failed = PrometheusProcess.start({ targets: [], rules: [rules] });
    await expect(failed).rejects.toThrow(PrometheusFailed);
    await expect(failed).rejects.toThrow(/Prometheus ended with code \d+; it says:[^]*parse error/);
  });

  it("says that a port it was told to take is taken", async () => {
    const other = await listen(net.createServer());
    const failed = PrometheusProcess.start({ targets: [], rules: [], port: other.port });
    await expect(failed).rejects.toThrow(/address already in use/);
    await other.close();
  });
});
