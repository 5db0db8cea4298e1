import { Bytes, ByteWriter, OTHERS } from "../../sdk";
import * as ascii from "../../text/ascii";
import { Label } from "./label";
import { METRIC_KINDS, METRIC_NAMES, MetricKind } from "./metric-kind";
import { StreamEnd } from "./stream-end";

const OTHER = Bytes.constant(OTHERS);

/** The labels of one kind of metric, in their order. */
export class MetricLabels {
  readonly labels: Label[] = [];

  /** Its place; -1: there is none of that name. */
  indexOf(name: string): i32 {
    for (let i = 0; i < this.labels.length; i++) {
      if (unchecked(this.labels[i]).name == name) return i;
    }
    return -1;
  }

  has(name: string): bool {
    return this.indexOf(name) >= 0;
  }

  /** Adds a label, or puts it in the place of that of its name. */
  set(label: Label): void {
    const index = this.indexOf(label.name);
    if (index < 0) this.labels.push(label);
    // eslint-disable-next-line waypost/no-index -- found there
    else unchecked((this.labels[index] = label));
  }

  /**
   * The label in front of `name`, or where that would be added, for which the proxy takes it: it looks for `<name>=.=` anywhere.
   * Empty: none.
   */
  mistakenFor(name: string): string {
    for (let i = 0; i < this.labels.length; i++) {
      const earlier = unchecked(this.labels[i]).name;
      if (earlier == name) return "";
      if (earlier.endsWith(name)) return earlier;
    }
    return "";
  }

  remove(name: string): void {
    const index = this.indexOf(name);
    if (index >= 0) this.labels.splice(index, 1);
  }
}

/** How labels stand in the names of metrics, from where the proxy takes them. See docs/l7-metrics.md. */
export abstract class MetricNames {
  private readonly byKind: MetricLabels[] = [];

  constructor(protected readonly prefix: string) {
    for (let kind = 0; kind < METRIC_KINDS; kind++) this.byKind.push(new MetricLabels());
  }

  /** The labels of metrics of a kind. */
  of(kind: MetricKind): MetricLabels {
    // eslint-disable-next-line waypost/no-index -- one for each kind
    return unchecked(this.byKind[kind]);
  }

  /** Writes the name of a metric for the stream at hand. `isOther`: of the series of all that have none of their own. */
  abstract write(writer: ByteWriter, kind: MetricKind, isOther: bool): void;

  /** The name of a metric that is not one of streams. */
  abstract ofProxy(metric: string): string;

  /** Whether there is a place for any label, not for a few alone. */
  abstract get takesAnyLabel(): bool;
}

/** `<label>=.=<value>;.;` for each label, as Istio's `extraStatTags` find them. */
@final
export class TaggedNames extends MetricNames {
  write(writer: ByteWriter, kind: MetricKind, isOther: bool): void {
    const labels = this.of(kind).labels;
    for (let i = 0; i < labels.length; i++) {
      const label = unchecked(labels[i]);
      writer.text(label.name);
      writer.text("=.=");
      if (isOther && !label.isKeptInOther) writer.bytes(OTHER);
      else label.write(writer);
      writer.text(";.;");
    }
    writer.text(this.prefix);
    writer.text("_");
    // eslint-disable-next-line waypost/no-index -- one for each kind
    writer.text(unchecked(METRIC_NAMES[kind]));
  }

  ofProxy(metric: string): string {
    return "reporter=.=waypoint;.;" + this.prefix + "_" + metric;
  }

  get takesAnyLabel(): bool {
    return true;
  }
}

const FILTER = "wasm_filter.l7_metrics.";

/** A lane with this end would be taken for the beginning of the service. */
const CACHE = Bytes.constant("cache");

/**
 * Labels for which every proxy of Istio looks without being told: `tag.<operation>;.`, `component.<lane>.`, `cache.<service>.`
 * and, at the end, `_rq_<code>`. The first place where it finds one counts, even at the end of another word, such as in
 * `web-component.`; in this order only a lane can be in the way of what comes behind it.
 */
@final
export class BuiltinNames extends MetricNames {
  constructor(
    prefix: string,
    private readonly end: StreamEnd,
  ) {
    super(prefix);
  }

  write(writer: ByteWriter, kind: MetricKind, isOther: bool): void {
    const labels = this.of(kind);
    writer.text(FILTER);
    this.writeLabel(writer, labels, "operation", "tag.", ";.", isOther);
    this.writeLabel(writer, labels, "lane", "component.", ".", isOther);
    this.writeLabel(writer, labels, "destination_service", "cache.", ".", isOther);
    writer.text(this.prefix);
    writer.text("_");
    if (kind == MetricKind.RequestCount && labels.has("response_code")) {
      writer.text("requests_rq_");
      writeCode(writer, this.end.code);
    } else if (kind == MetricKind.GrpcResponses && labels.has("grpc_response_status")) {
      writer.text("grpc_responses_rq_");
      writeCode(writer, this.end.grpcStatus);
    } else {
      // eslint-disable-next-line waypost/no-index -- one for each kind
      writer.text(unchecked(METRIC_NAMES[kind]));
    }
  }

  ofProxy(metric: string): string {
    return FILTER + this.prefix + "_" + metric;
  }

  get takesAnyLabel(): bool {
    return false;
  }

  private writeLabel(
    writer: ByteWriter,
    labels: MetricLabels,
    name: string,
    before: string,
    behind: string,
    isOther: bool,
  ): void {
    const index = labels.indexOf(name);
    if (index < 0) return;
    writer.text(before);
    if (isOther) writer.bytes(OTHER);
    // eslint-disable-next-line waypost/no-index -- found there
    else unchecked(labels.labels[index]).write(writer);
    if (name == "lane" && writer.finish().endsWith(CACHE)) writer.put(ascii.UNDERSCORE);
    writer.text(behind);
  }
}

/** Three digits, as the pattern of the proxy wants them. */
function writeCode(writer: ByteWriter, code: i32): void {
  const shown = code < 0 || code > 999 ? 0 : code;
  if (shown < 100) writer.put(ascii.ZERO);
  if (shown < 10) writer.put(ascii.ZERO);
  writer.i64(shown);
}
