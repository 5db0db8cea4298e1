/** A collector that sends nothing on: it logs each span. For machines that cannot have a real one. */
import { type AttributeValue, OtlpReceiver, type Span } from "../../services/otlp-receiver.ts";
import { ANY_HOST, OTLP_PORTS } from "./addresses.ts";
import type { Service } from "./service.ts";

export function startCollector(): Promise<Service> {
  return OtlpReceiver.start({
    httpPort: OTLP_PORTS.http,
    grpcPort: OTLP_PORTS.grpc,
    host: ANY_HOST,
    onSpan: (span) => console.log(lineOf(span)),
  });
}

function lineOf({ name, traceId, resource, attributes }: Span): string {
  const json = (value: AttributeValue | undefined) => JSON.stringify(value, bigIntsAsText);
  return `span ${name}, trace ${traceId}, of ${json(resource["service.name"])}: ${json(attributes)}`;
}

/** JSON has no 64-bit integers. */
function bigIntsAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
