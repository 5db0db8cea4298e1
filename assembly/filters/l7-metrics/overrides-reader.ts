import { ConfigObject } from "../../sdk";
import { L7MetricsConfig } from "./config";
import { ExpressionLabel } from "./expression-label";
import { ISTIO_LABELS } from "./istio-labels";
import { checkLabelName } from "./label-name";
import { METRIC_KINDS, MetricKind } from "./metric-kind";
import { MetricLabels } from "./metric-names";
import { METRIC_SELECTORS, MetricSelector, selects } from "./metric-selector";

const MAX_OVERRIDES = 100;

const TCP_METRICS = ["TCP_OPENED_CONNECTIONS", "TCP_CLOSED_CONNECTIONS", "TCP_SENT_BYTES", "TCP_RECEIVED_BYTES"];

enum WorkloadMode {
  CLIENT_AND_SERVER,
  CLIENT,
  SERVER,
}
const WORKLOAD_MODES = ["CLIENT_AND_SERVER", "CLIENT", "SERVER"];

enum TagOperation {
  UPSERT,
  REMOVE,
}
const TAG_OPERATIONS = ["UPSERT", "REMOVE"];

const NO_LABELS = new MetricLabels();

/** Reads `overrides`, as Telemetry has them; later ones go over earlier ones. */
export function readOverrides(object: ConfigObject, config: L7MetricsConfig): void {
  const overrides = object.objects("overrides", MAX_OVERRIDES);
  for (let i = 0; i < overrides.length; i++) readOverride(unchecked(overrides[i]), config);
}

function readOverride(entry: ConfigObject, config: L7MetricsConfig): void {
  const match = entry.object("match");
  const metric = match === null ? MetricSelector.ALL_METRICS : readMetric(match);
  const mode: WorkloadMode =
    match === null ? WorkloadMode.SERVER : match.choice("mode", WORKLOAD_MODES, WorkloadMode.CLIENT_AND_SERVER);
  // A waypoint is the server's side of every request: what is said of clients has nothing to change.
  const applies = mode != WorkloadMode.CLIENT;
  if (entry.has("disabled")) {
    const isEnabled = !entry.bool("disabled", false);
    if (applies) setEnabled(config, metric, isEnabled);
  }
  const tags = entry.object("tagOverrides");
  if (tags === null) return;
  if (metric == MetricSelector.REQUESTS_IN_FLIGHT)
    entry.problem("tagOverrides", "REQUESTS_IN_FLIGHT has no labels of requests");
  const names = tags.names();
  for (let i = 0; i < names.length; i++)
    readTag(tags, unchecked(names[i]), config, applies ? metric : MetricSelector.NONE);
}

function readMetric(match: ConfigObject): MetricSelector {
  match.refuse("customMetric", "there are no metrics but those of metric: " + METRIC_SELECTORS.join(", "));
  const name = match.get("metric");
  if (name !== null && TCP_METRICS.includes(name.text)) {
    match.problem("metric", "a filter of HTTP sees no TCP connections: use Istio's own metrics for them");
    return MetricSelector.NONE;
  }
  return match.choice("metric", METRIC_SELECTORS, MetricSelector.ALL_METRICS);
}

function setEnabled(config: L7MetricsConfig, metric: MetricSelector, isEnabled: bool): void {
  if (metric == MetricSelector.ALL_METRICS || metric == MetricSelector.REQUESTS_IN_FLIGHT)
    config.countsInFlight = isEnabled;
  for (let kind = 0; kind < METRIC_KINDS; kind++) {
    if (!selects(metric, kind)) continue;
    // Where the status of gRPC is a label, it needs no metric.
    if (kind != MetricKind.GrpcResponses || !config.names.takesAnyLabel) config.setEnabled(kind, isEnabled);
  }
}

function readTag(tags: ConfigObject, name: string, config: L7MetricsConfig, metric: MetricSelector): void {
  const tag = tags.object(name);
  if (tag === null) {
    if (!tags.has(name)) tags.problem(name, "must be an object");
    return;
  }
  const operation: TagOperation = tag.choice("operation", TAG_OPERATIONS, TagOperation.UPSERT);
  if (operation == TagOperation.UPSERT) {
    upsert(tags, tag, name, config, metric);
    return;
  }
  if (tag.has("value")) tag.problem("value", "REMOVE needs none");
  if (!isKnown(config, name)) tags.problem(name, "no metric has this label");
  for (let kind = 0; kind < METRIC_KINDS; kind++) {
    if (selects(metric, kind)) config.names.of(kind).remove(name);
  }
}

function upsert(
  tags: ConfigObject,
  tag: ConfigObject,
  name: string,
  config: L7MetricsConfig,
  metric: MetricSelector,
): void {
  const value = tag.requiredString("value");
  if (!checkLabelName(tags, name, NO_LABELS)) return;
  if (!config.names.takesAnyLabel) tags.problem(name, "labels BUILTIN has no place for it; use labels TAGGED");
  else if (!checkSelected(tags, name, config, metric)) return;
  if (value.length == 0 || metric == MetricSelector.NONE) return;
  const label = ExpressionLabel.compile(name, value);
  if (label === null) {
    tag.problem("value", "the proxy does not understand this expression (CEL over Envoy's attributes)");
    return;
  }
  config.setLabel(label, metric);
}

/** Whether all metrics that are meant can have a label of that name; a problem is noted once. */
function checkSelected(tags: ConfigObject, name: string, config: L7MetricsConfig, metric: MetricSelector): bool {
  for (let kind = 0; kind < METRIC_KINDS; kind++) {
    if (selects(metric, kind) && !checkLabelName(tags, name, config.names.of(kind))) return false;
  }
  return true;
}

/** Labels of Istio that BUILTIN does not have are gone already. */
function isKnown(config: L7MetricsConfig, name: string): bool {
  for (let kind = 0; kind < METRIC_KINDS; kind++) {
    if (config.names.of(kind).has(name)) return true;
  }
  return ISTIO_LABELS.includes(name) || (config.operations !== null && name == "operation");
}
