import { KeptBytes } from "../../matching/kept-bytes";
import { RequestFacts } from "../../matching/request-facts";
import { ConfigObject, Property, hasExpressions } from "../../sdk";
import { L7MetricsConfig } from "./config";
import { readDecisionLog } from "./decision-log-reader";
import { readDimensions } from "./dimensions-reader";
import { EndText } from "./end-text";
import { GivenTexts } from "./given-texts";
import { ISTIO_LABELS, IstioLabel, IstioLabelKind } from "./istio-labels";
import { isLabelName } from "./label-name";
import { ServiceLabel, TextLabel } from "./labels";
import { MetricKind } from "./metric-kind";
import { MetricSelector } from "./metric-selector";
import { BuiltinNames, MetricNames, TaggedNames } from "./metric-names";
import { Operations } from "./operations";
import { readOverrides } from "./overrides-reader";
import { StreamEnd } from "./stream-end";

const DEFAULT_PREFIX = "waypost";
const ISTIO_PREFIX = "istio";
const MAX_PREFIX_LENGTH = 64;

const DEFAULT_MAX_SERIES = 1000;
/** More would cost a proxy's memory, and whoever scrapes it, too much. */
const MOST_SERIES = 10_000;

/** What a proxy of Istio says of itself. */
const ISTIO_VERSION = new Property(["xds", "node", "metadata", "ISTIO_VERSION"]);

/** How labels are written. */
enum LabelFormat {
  BUILTIN,
  TAGGED,
}
const LABEL_FORMATS = ["BUILTIN", "TAGGED"];

/** Reads the configuration; where it has a problem, that is noted in `object`, and what comes back must not be used. */
export function readConfig(object: ConfigObject, facts: RequestFacts, given: GivenTexts): L7MetricsConfig {
  const isIstio = ISTIO_VERSION.has();
  const end = new StreamEnd(isIstio);
  given.announce(end);
  const format: LabelFormat = object.choice("labels", LABEL_FORMATS, LabelFormat.BUILTIN);
  const prefix = readPrefix(object, format, isIstio);
  const names: MetricNames = format == LabelFormat.TAGGED ? new TaggedNames(prefix) : new BuiltinNames(prefix, end);
  const config = new L7MetricsConfig(end, names, new KeptBytes());
  config.maxSeries = <i32>object.integer("maxSeries", DEFAULT_MAX_SERIES, 1, MOST_SERIES);
  config.setEnabled(MetricKind.GrpcResponses, format == LabelFormat.BUILTIN);
  readOperations(object, facts, config);
  if (format == LabelFormat.TAGGED) addIstioLabels(config);
  else addBuiltinLabels(config);
  if (config.operations !== null) config.setLabel(new TextLabel("operation", end, EndText.Operation));
  readDimensions(object, facts, config);
  readOverrides(object, config);
  config.decisionLog = readDecisionLog(object);
  config.settle();
  if (!end.compile() && !hasExpressions())
    object.configuration.problem(
      "",
      "this proxy evaluates no expressions (foreign function expr_create), which is needed",
    );
  return config;
}

function readPrefix(object: ConfigObject, format: LabelFormat, isIstio: bool): string {
  const prefix = object.string("prefix", DEFAULT_PREFIX);
  const allowsIstio = object.bool("allowIstioNames", false);
  if (!isLabelName(prefix) || prefix.length > MAX_PREFIX_LENGTH) {
    object.problem("prefix", "must be at most 64 letters, digits and _, the first not a digit");
  } else if (prefix == ISTIO_PREFIX && format != LabelFormat.TAGGED) {
    object.problem("prefix", "istio needs labels TAGGED: Istio's metrics have labels that BUILTIN has no place for");
  } else if (prefix == ISTIO_PREFIX && isIstio && !allowsIstio) {
    const why = "istio is taken: this proxy has Istio's own metrics of these names, and both would be added up";
    object.problem("prefix", why + "; choose another one, or set allowIstioNames where they are turned off");
  }
  return prefix;
}

function readOperations(object: ConfigObject, facts: RequestFacts, config: L7MetricsConfig): void {
  const operations = Operations.read(object, facts, config.kept);
  if (operations === null) return;
  config.operations = operations;
  config.needsRequest = true;
  config.needsClaims = operations.usesClaims;
}

function addIstioLabels(config: L7MetricsConfig): void {
  for (let label = 0; label < ISTIO_LABELS.length; label++) config.setLabel(new IstioLabel(label, config.end));
}

function addBuiltinLabels(config: L7MetricsConfig): void {
  const end = config.end;
  config.setLabel(new ServiceLabel(end));
  config.setLabel(new IstioLabel(IstioLabelKind.response_code, end), MetricSelector.REQUEST_COUNT);
  config.setLabel(new IstioLabel(IstioLabelKind.grpc_response_status, end), MetricSelector.REQUEST_COUNT);
}
