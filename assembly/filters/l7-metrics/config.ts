import { KeptBytes } from "../../matching/kept-bytes";
import { Bytes } from "../../sdk";
import { DecisionLog } from "./decision-log";
import { EndText } from "./end-text";
import { Label } from "./label";
import { METRIC_KINDS, MetricKind } from "./metric-kind";
import { MetricSelector, selects } from "./metric-selector";
import { MetricNames } from "./metric-names";
import { Operations } from "./operations";
import { StreamEnd } from "./stream-end";

/** The configuration of l7-metrics, ready for use. */
@final
export class L7MetricsConfig {
  /** Null: requests are not told apart by what they do. */
  operations: Operations | null = null;
  /** Null: there is none. */
  decisionLog: DecisionLog | null = null;
  maxSeries: i32 = 0;
  /** Whether requests in flight are counted. */
  countsInFlight: bool = true;
  /** Whether headers or claims of the request are looked at when the stream ends. */
  needsRequest: bool = false;
  needsClaims: bool = false;
  /** Every label that a metric has, once; and all that were made, some for labels that took their place or were removed. */
  readonly labels: Label[] = [];
  private readonly made: Label[] = [];
  private disabled: u32 = 0;

  constructor(
    readonly end: StreamEnd,
    readonly names: MetricNames,
    readonly kept: KeptBytes,
  ) {}

  isEnabled(kind: MetricKind): bool {
    return (this.disabled & (1 << (<u32>kind))) == 0;
  }

  setEnabled(kind: MetricKind, isEnabled: bool): void {
    if (isEnabled) this.disabled &= ~(1 << (<u32>kind));
    else this.disabled |= 1 << (<u32>kind);
  }

  /** Gives the label to the metrics that `metric` of a Telemetry override names, in the place of that of its name. */
  setLabel(label: Label, metric: MetricSelector = MetricSelector.ALL_METRICS): void {
    this.made.push(label);
    for (let kind = 0; kind < METRIC_KINDS; kind++) {
      if (selects(metric, kind)) this.names.of(kind).set(label);
    }
  }

  /** Collects the labels that are left, and what they need to know. */
  settle(): void {
    const end = this.end;
    if (this.operations !== null) end.announce(EndText.Operation);
    for (let kind = 0; kind < METRIC_KINDS; kind++) {
      if (!this.isEnabled(kind)) continue;
      const labels = this.names.of(kind).labels;
      for (let i = 0; i < labels.length; i++) {
        const label = unchecked(labels[i]);
        if (this.labels.includes(label)) continue;
        this.labels.push(label);
        label.need();
      }
    }
    // Whether gRPC messages are to be counted.
    end.need(EndText.ContentType);
    const log = this.decisionLog;
    if (log !== null) log.need(end);
  }

  /** What decides which names of metrics there can be: two configurations with the same share their series. */
  identity(): Bytes {
    let text = this.names.ofProxy("");
    for (let kind = 0; kind < METRIC_KINDS; kind++) {
      const labels = this.names.of(kind).labels;
      text += "\n" + (this.isEnabled(kind) ? "" : "-");
      for (let i = 0; i < labels.length; i++) text += unchecked(labels[i]).name + " ";
    }
    return Bytes.of(text);
  }

  release(): void {
    for (let i = 0; i < this.made.length; i++) unchecked(this.made[i]).release();
    const operations = this.operations;
    if (operations !== null) operations.release();
    this.end.release();
    this.kept.release();
  }
}
