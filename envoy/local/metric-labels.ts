/** The labels that metrics of a configuration can have. Envoy must be told when it starts: Istio's `extraStatTags`. */
import { ISTIO_LABELS } from "../config/istio-labels.ts";

/** What Envoy's regular expressions for labels are made of. */
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Istio's labels, and those that the section `l7Metrics` adds. `configuration`: JSON text of the plugin's. */
export function metricLabels(configuration: string): string[] {
  // A person wrote it: anything may be in the place of anything.
  const section = memberOf(JSON.parse(configuration), "l7Metrics");
  const overrides = memberOf(section, "overrides");
  const sources = [memberOf(section, "dimensions"), ...valuesOf(overrides).map((one) => memberOf(one, "tagOverrides"))];
  const added = sources.flatMap((source) => (isObject(source) ? Object.keys(source) : []));
  return [...new Set([...ISTIO_LABELS, "operation", ...added.filter((name) => LABEL_NAME.test(name))])];
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function valuesOf(value: unknown): unknown[] {
  return isObject(value) ? Object.values(value) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
