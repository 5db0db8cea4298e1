/** Spans in the trace of the client, with what Waypost's filters decided as tags. */
import { randomBytes } from "node:crypto";
import type { Span } from "../../services/otlp-receiver.ts";
import type { Demo, Reply, Stage } from "../demo.ts";
import { headerAtPod } from "../helpers.ts";

const SAMPLED = "01";
const NOT_SAMPLED = "00";

export const tracing: Demo = {
  name: "tracing",
  capability: "W3C traces: spans in the client's trace, with decisions as tags",
  by: "both",
  // Spans then come in the order of their requests.
  bookinfo: { envoy: { workers: 1 } },
  async run(stage) {
    stage.say("A request in a trace of the client's:");
    const asked = await traced(stage, SAMPLED);
    const [span] = await stage.spans(asked.traceId);
    stage.check("the parent of the waypoint's span is the client's", span?.parentSpanId, asked.spanId);
    stage.check("its tags", tagsOf(span), {
      "waypost.lane": "stable",
      "waypost.route": "productpage",
    });
    const passedOn = headerAtPod(asked.reply, "traceparent");
    stage.check("the pod's parent is that span", passedOn, `00-${asked.traceId}-${span?.spanId}-${SAMPLED}`);

    stage.say("One that authz refuses:");
    const refused = await traced(stage, SAMPLED, "DELETE");
    const [refusal] = await stage.spans(refused.traceId);
    stage.check("the status in its span", refusal?.attributes["http.status_code"], "403");
    stage.check("its tags", tagsOf(refusal), {
      "waypost.decision": "denied",
      "waypost.rule": "ns[bookinfo]-policy[nobody-deletes]-rule[0]",
    });

    stage.say("One that its client does not sample, and another one behind it, whose span has come:");
    const quiet = await traced(stage, NOT_SAMPLED);
    const next = await traced(stage, SAMPLED);
    await stage.spans(next.traceId);
    stage.check("spans of the first", await stage.spans(quiet.traceId, 0), []);
    stage.check("the flags that its pod gets", headerAtPod(quiet.reply, "traceparent")?.slice(-2), NOT_SAMPLED);
  },
};

interface Traced {
  traceId: string;
  spanId: string;
  reply: Reply;
}

/** A request of a client that has begun a trace (https://www.w3.org/TR/trace-context/#traceparent-header). */
async function traced(stage: Stage, flags: string, method = "GET"): Promise<Traced> {
  const [traceId, spanId] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
  const headers = { traceparent: `00-${traceId}-${spanId}-${flags}` };
  return { traceId, spanId, reply: await stage.send("productpage", { method, headers }) };
}

/** Those of Waypost. */
function tagsOf(span: Span | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(span?.attributes ?? {}).filter(([name]) => name.startsWith("waypost.")));
}
