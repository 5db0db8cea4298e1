/** The files of deploy/observability, as Prometheus' own tool, Grafana's documented fields and each other judge them. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Ajv, type AnySchema } from "ajv";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { runCommand } from "../run-command.ts";
import type { PrometheusConfig, RelabelRule } from "./config.ts";
import { dashboardText } from "./dashboard/text.ts";
import { findPrometheus } from "./find-prometheus.ts";

const FOLDER = path.resolve("deploy/observability");
const file = (name: string) => path.join(FOLDER, name);
const read = async <T>(name: string) => parse(await readFile(file(name), "utf8")) as T;

interface PodMonitor {
  spec: { podMetricsEndpoints: { metricRelabelings: Record<string, unknown>[] }[] };
}

interface AlertRules {
  groups: { rules: { alert: string; labels: Record<string, string>; annotations: Record<string, string> }[] }[];
}

interface AlertTests {
  tests: { alert_rule_test?: { alertname: string; exp_alerts?: unknown[] }[] }[];
}

interface Panel {
  id: number;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { refId: string; expr: string }[];
}

interface Dashboard {
  panels: Panel[];
  templating: { list: { name: string; query: string }[] };
}

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), "waypost-rules-"))));
afterEach(() => rm(folder, { recursive: true }));

async function promtool(...args: string[]): Promise<string> {
  return runCommand((await findPrometheus()).promtool, args);
}

describe("rules", () => {
  it("pass promtool's check", async () => {
    for (const name of ["recording-rules.yaml", "alerts.yaml"]) {
      expect(await promtool("check", "rules", "--lint=all", "--lint-fatal", file(name))).toContain("SUCCESS");
    }
  });

  it("fire and keep quiet as the unit tests of alerts say", async () => {
    expect(await promtool("test", "rules", file("alerts.test.yaml"))).toContain("SUCCESS");
  });

  it("have a unit test in which each alert fires", async () => {
    const { groups } = await read<AlertRules>("alerts.yaml");
    const { tests } = await read<AlertTests>("alerts.test.yaml");
    const fired = tests
      .flatMap(({ alert_rule_test = [] }) => alert_rule_test)
      .filter(({ exp_alerts = [] }) => exp_alerts.length > 0);
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    expect([...new Set(fired.map(({ alertname }) => alertname))].sort()).toEqual(alerts.sort());
  });

  it("say of each alert how bad it is, what happened and what to do, and the documentation has it", async () => {
    const { groups } = await read<AlertRules>("alerts.yaml");
    const page = await readFile("docs/observability.md", "utf8");
    for (const { alert, labels, annotations } of groups.flatMap(({ rules }) => rules)) {
      expect(["warning", "critical"], alert).toContain(labels["severity"]);
      expect(Object.keys(annotations).sort(), alert).toEqual(["description", "runbook", "summary"]);
      expect(page, alert).toContain(`\`${alert}\``);
    }
  });
});

describe("scrape configurations", () => {
  it("pass promtool's check", async () => {
    expect(await promtool("check", "config", file("prometheus.yaml"))).toContain("SUCCESS");
    // Debian's Prometheus is built without Kubernetes, and does not know that field.
    const { scrape_configs, ...rest } = await read<PrometheusConfig>("prometheus-istio.yaml");
    const jobs = scrape_configs.map(({ kubernetes_sd_configs: _, ...job }) => job);
    const copy = path.join(folder, "prometheus.yaml");
    await writeFile(copy, stringify({ ...rest, rule_files: [], scrape_configs: jobs }));
    expect(await promtool("check", "config", copy)).toContain("SUCCESS");
  });

  it("rename metrics alike", async () => {
    const rulesOf = async (name: string) =>
      (await read<PrometheusConfig>(name)).scrape_configs.map((job) => job.metric_relabel_configs);
    const [plain] = await rulesOf("prometheus.yaml");
    expect(await rulesOf("prometheus-istio.yaml")).toEqual([plain]);
    const { spec } = await read<PodMonitor>("podmonitor.yaml");
    const [endpoint] = spec.podMetricsEndpoints;
    expect(endpoint?.metricRelabelings).toEqual(plain?.map(forOperator));
  });
});

/** The Prometheus operator writes the same fields in camel case. */
function forOperator(rule: RelabelRule): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(rule).map(([name, value]) => [
      name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}

describe("dashboard.json", () => {
  const dashboard = async () => JSON.parse(await readFile(file("dashboard.json"), "utf8")) as Dashboard;

  it("is what its generator writes", async () => {
    // When this fails: npx tsx envoy/prometheus/dashboard/generate.ts
    expect(await readFile(file("dashboard.json"), "utf8")).toBe(await dashboardText(file("dashboard.json")));
  });

  it("has the fields that Grafana documents, and only those", async () => {
    const schema = JSON.parse(await readFile("envoy/prometheus/dashboard/schema.json", "utf8")) as AnySchema;
    const validate = new Ajv({ allErrors: true }).compile(schema);
    const valid = await dashboard();
    expect(validate(valid), JSON.stringify(validate.errors)).toBe(true);
    const [row, ...others] = valid.panels;
    expect(validate({ ...valid, panels: [{ ...row, titel: "Overview" }, ...others] })).toBe(false);
    expect(validate({ ...valid, schemaVersion: "42" })).toBe(false);
  });

  it("has panels that do not overlap, and tells them and their queries apart", async () => {
    const { panels } = await dashboard();
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos, targets = [] } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.get(`${x},${y}`), title).toBeUndefined();
          taken.set(`${x},${y}`, title);
        }
      }
    }
  });

  it("uses no variable that it does not have, and all that it has", async () => {
    const { panels, templating } = await dashboard();
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const used = [...queries, ...templating.list.map(({ query }) => query)].flatMap((query) =>
      [...query.matchAll(/\$(\w+)/g)].map(([, name]) => name),
    );
    const own = templating.list.map(({ name }) => name).filter((name) => name !== "datasource");
    expect([...new Set(used)].sort()).toEqual([...own, "__rate_interval"].sort());
  });
});
