/** Runs real Prometheus servers. */
export { PrometheusApi, type Labels, type Range, type Rule, type Sample, type Series, type Target } from "./api.ts";
export { localConfig, RULE_FILES, type LocalConfigOptions, type PrometheusConfig } from "./config.ts";
export { findPrometheus, searchPrometheus, type Prometheus } from "./find-prometheus.ts";
export { PrometheusFailed, PrometheusProcess, type PrometheusOptions } from "./process.ts";
