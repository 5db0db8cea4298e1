import { Bytes, ConfigObject } from "../../sdk";
import * as ascii from "../../text/ascii";
import { MetricLabels } from "./metric-names";

/** What Prometheus puts on the parts of a histogram: twice the same label, and it takes nothing that the proxy has. */
const LABELS_OF_PROMETHEUS = ["le", "quantile"];

/** Whether `name` can be that of a label, or begin that of a metric, in Prometheus: letters, digits, `_`, no digit first. */
export function isLabelName(name: string): bool {
  const bytes = Bytes.of(name);
  if (bytes.length == 0 || ascii.isDigit(bytes.at(0))) return false;
  for (let i = 0; i < bytes.length; i++) {
    if (!ascii.isAlphanumeric(bytes.at(i)) && bytes.at(i) != ascii.UNDERSCORE) return false;
  }
  return true;
}

/** Notes in `object` why its member `name` cannot be a label of metrics that have `labels`; false when it cannot. */
export function checkLabelName(object: ConfigObject, name: string, labels: MetricLabels): bool {
  const mistaken = labels.mistakenFor(name);
  if (!isLabelName(name)) object.problem(name, "must be letters, digits and _, the first not a digit");
  else if (LABELS_OF_PROMETHEUS.includes(name))
    object.problem(name, "is a label of Prometheus itself; choose another name");
  else if (mistaken.length > 0)
    object.problem(name, "would read as " + mistaken + ", whose name ends with it; choose another name");
  else return true;
  return false;
}
