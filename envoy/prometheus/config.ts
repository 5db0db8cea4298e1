/** The configuration of a Prometheus that scrapes Envoys of this machine, made from the one that users deploy. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";

const FOLDER = path.resolve("deploy/observability");

/** What is deployed: `prometheus.yaml` scrapes Envoys, and the same rules rename metrics of waypoints. */
export const PROMETHEUS_FILE = path.join(FOLDER, "prometheus.yaml");
export const RULE_FILES = ["recording-rules.yaml", "alerts.yaml"].map((name) => path.join(FOLDER, name));

/** As much of Prometheus' configuration as we use. */
export interface PrometheusConfig {
  global: { scrape_interval: string; evaluation_interval: string; scrape_timeout?: string };
  rule_files?: string[];
  scrape_configs: ScrapeConfig[];
}

export interface ScrapeConfig {
  job_name: string;
  metrics_path: string;
  static_configs?: { targets: string[]; labels?: Record<string, string> }[];
  metric_relabel_configs?: RelabelRule[];
  [more: string]: unknown;
}

/** https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config */
export interface RelabelRule {
  source_labels?: string[];
  separator?: string;
  regex?: string;
  target_label?: string;
  replacement?: string;
  action?: string;
}

export interface LocalConfigOptions {
  /** `host:port` of what is scraped: Envoys' admin interfaces. */
  targets: readonly string[];
  /** Default `1s`. */
  interval?: string;
  /** Rule files; default: those of `deploy/observability`. */
  rules?: readonly string[];
  /** False: metrics keep the names and labels that Envoy gives them; default true. */
  relabel?: boolean;
}

/** The deployed configuration with other targets, and at another pace. */
export async function localConfig(options: LocalConfigOptions): Promise<PrometheusConfig> {
  const { targets, interval = "1s", rules = RULE_FILES, relabel = true } = options;
  const { metric_relabel_configs = [], ...job } = await deployedJob();
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: [...rules],
    scrape_configs: [
      {
        ...job,
        static_configs: [{ targets: [...targets] }],
        ...(relabel && { metric_relabel_configs }),
      },
    ],
  };
}

/** The job of `deploy/observability/prometheus.yaml`. */
export async function deployedJob(): Promise<ScrapeConfig> {
  const { scrape_configs } = parse(await readFile(PROMETHEUS_FILE, "utf8")) as PrometheusConfig;
  const [job] = scrape_configs;
  if (job === undefined) throw new Error(`${PROMETHEUS_FILE} has no job`);
  return job;
}
