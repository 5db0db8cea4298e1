/**
 * The queries of the dashboard, once: the dashboard's generator, the test that runs them against a real Prometheus, and the
 * picture in the documentation take them from here. Names and labels are those of `labels: TAGGED`; metrics of `labels:
 * BUILTIN` have them too, after the relabelling of deploy/observability/prometheus.yaml.
 */

/** How a value is shown, in Grafana's words (https://grafana.com/docs/grafana/latest/panels-visualizations/). */
export type Unit = "reqps" | "percentunit" | "ms" | "decbytes" | "cps" | "short";

export interface Query {
  /** PromQL with the dashboard's variables, as Grafana writes them. */
  expression: string;
  /** Name of its series: `{{label}}` stands for a label's value. */
  legend: string;
}

export interface PanelQueries {
  title: string;
  /** One sentence: what it shows, and where it does not follow the dashboard's variables. */
  description: string;
  unit: Unit;
  queries: readonly Query[];
}

export interface Row {
  title: string;
  panels: readonly PanelQueries[];
}

/** The dashboard's variables that choose series, with the label that each is for. */
export const VARIABLES = {
  namespace: "destination_service_namespace",
  service: "destination_service_name",
  operation: "operation",
  lane: "lane",
} as const;

export type VariableName = keyof typeof VARIABLES;
export const VARIABLE_NAMES = Object.keys(VARIABLES) as readonly VariableName[];

/** Matchers for what these variables choose. */
export function chosen(variables: readonly VariableName[]): string {
  return variables.map((name) => `${VARIABLES[name]}=~"$${name}"`).join(",");
}

/** gRPC statuses that say that the server failed: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
export const GRPC_SERVER_ERRORS = "2|4|12|13|14|15";

const WINDOW = "[$__rate_interval]";
const CHOSEN = chosen(VARIABLE_NAMES);

/** With TAGGED, gRPC requests are requests with a status; BUILTIN has no room for a second code and counts them apart. */
const GRPC = '__name__=~"waypost_requests_total|waypost_grpc_responses_total"';

const BY_SERVICE = { by: "destination_service_name", legend: "{{destination_service_name}}" };
const BY_OPERATION = { by: "operation", legend: "{{operation}}" };
const BY_LANE = { by: "lane", legend: "{{lane}}" };

interface Grouping {
  by: string;
  legend: string;
}

function rate(metric: string, by: string, more = ""): string {
  return `sum by (${by}) (rate(${metric}{${CHOSEN}${more}}${WINDOW}))`;
}

function requests({ by, legend }: Grouping): Query {
  return { expression: rate("waypost_requests_total", by), legend };
}

/** Part of a whole, 0 where no part has been counted. */
function ratio(part: string, whole: string): string {
  return `(${part} or 0 * ${whole}) / ${whole}`;
}

function errorRatio({ by, legend }: Grouping): Query {
  const errors = rate("waypost_requests_total", by, ',response_code=~"5.."');
  return { expression: ratio(errors, rate("waypost_requests_total", by)), legend };
}

function quantile(value: number, metric: string, { by, legend }: Grouping = { by: "", legend: "" }): Query {
  const labels = by === "" ? "le" : `${by}, le`;
  const expression = `histogram_quantile(${value}, ${rate(`${metric}_bucket`, labels)})`;
  return { expression, legend: `${legend} p${value * 100}`.trimStart() };
}

function durations(grouping: Grouping, quantiles: readonly number[]): Query[] {
  return quantiles.map((value) => quantile(value, "waypost_request_duration_milliseconds", grouping));
}

/** Counters of other filters know no service, operation or lane. */
function plainRate(metric: string, by?: string): string {
  return `sum${by === undefined ? "" : ` by (${by}) `}(rate(${metric}${WINDOW}))`;
}

const NOT_CHOSEN = "All services: this filter's counters have no labels of services.";

const OVERVIEW: Row = {
  title: "Overview",
  panels: [
    {
      title: "Requests by service",
      description: "Requests that ended, in each second.",
      unit: "reqps",
      queries: [requests(BY_SERVICE)],
    },
    {
      title: "Error ratio by service",
      description: "Part of the requests that were answered with 5xx.",
      unit: "percentunit",
      queries: [errorRatio(BY_SERVICE)],
    },
    {
      title: "Duration",
      description: "From the first byte of the request to the last of the answer, at the proxy.",
      unit: "ms",
      queries: [0.5, 0.9, 0.99].map((value) => quantile(value, "waypost_request_duration_milliseconds")),
    },
    {
      title: "Requests by code",
      description: "HTTP codes of answers; 0: the stream ended without one.",
      unit: "reqps",
      queries: [requests({ by: "response_code", legend: "{{response_code}}" })],
    },
  ],
};

const OPERATIONS: Row = {
  title: "By operation",
  panels: [
    {
      title: "Requests by operation",
      description: "Operations as l7-metrics is told to name them; unknown: none matched.",
      unit: "reqps",
      queries: [requests(BY_OPERATION)],
    },
    {
      title: "Error ratio by operation",
      description: "Part of the requests that were answered with 5xx.",
      unit: "percentunit",
      queries: [errorRatio(BY_OPERATION)],
    },
    {
      title: "Duration by operation, p99",
      description: "99 of 100 requests took at most so long.",
      unit: "ms",
      queries: durations(BY_OPERATION, [0.99]),
    },
  ],
};

const LANES: Row = {
  title: "By lane",
  panels: [
    {
      title: "Requests by lane",
      description: "Lanes of header-router's split.",
      unit: "reqps",
      queries: [requests(BY_LANE)],
    },
    {
      title: "Error ratio by lane",
      description: "A canary that fails more than the others shows here.",
      unit: "percentunit",
      queries: [errorRatio(BY_LANE)],
    },
    {
      title: "Duration by lane",
      description: "A canary that is slower than the others shows here.",
      unit: "ms",
      queries: durations(BY_LANE, [0.5, 0.99]),
    },
  ],
};

const GRPC_ROW: Row = {
  title: "gRPC",
  panels: [
    {
      title: "gRPC requests by status",
      description: "0 is OK.",
      unit: "reqps",
      queries: [
        {
          expression: `sum by (grpc_response_status) (rate({${GRPC},${CHOSEN},grpc_response_status=~"[0-9]+"}${WINDOW}))`,
          legend: "status {{grpc_response_status}}",
        },
      ],
    },
    {
      title: "gRPC error ratio by operation",
      description: "Part of the gRPC requests whose status says that the server failed.",
      unit: "percentunit",
      queries: [
        {
          expression: ratio(
            `sum by (operation) (rate({${GRPC},${CHOSEN},grpc_response_status=~"${GRPC_SERVER_ERRORS}"}${WINDOW}))`,
            `sum by (operation) (rate({${GRPC},${CHOSEN},grpc_response_status=~"[0-9]+"}${WINDOW}))`,
          ),
          legend: "{{operation}}",
        },
      ],
    },
    {
      title: "gRPC messages",
      description: "Messages in each direction, counted when their stream ends.",
      unit: "cps",
      queries: [
        {
          expression: rate("waypost_request_messages_total", "destination_service_name"),
          legend: "requests {{destination_service_name}}",
        },
        {
          expression: rate("waypost_response_messages_total", "destination_service_name"),
          legend: "responses {{destination_service_name}}",
        },
      ],
    },
  ],
};

const SECURITY: Row = {
  title: "Authorization and JWT",
  panels: [
    {
      title: "Authorization decisions by policy",
      description: `What authz decided, and which policy; none: no policy matched. ${NOT_CHOSEN}`,
      unit: "reqps",
      queries: ["allowed", "denied", "shadow_denied"].map((decision) => ({
        expression: plainRate(`waypost_authz_${decision}_total`, "tag"),
        legend: `${decision.replace("_", " ")} {{tag}}`,
      })),
    },
    {
      title: "Tokens",
      description: `What jwt-auth made of tokens; refusals with their reason. ${NOT_CHOSEN}`,
      unit: "reqps",
      queries: [
        { expression: plainRate("waypost_jwt_allowed_total"), legend: "valid" },
        { expression: plainRate("waypost_jwt_missing_total"), legend: "none" },
        { expression: plainRate("waypost_jwt_denied_total", "tag"), legend: "{{tag}}" },
      ],
    },
    {
      title: "Key fetches",
      description: `Fetches of JSON Web Key Sets. ${NOT_CHOSEN}`,
      unit: "cps",
      queries: ["success", "failure"].map((outcome) => ({
        expression: plainRate(`waypost_jwt_jwks_fetch_${outcome}_total`),
        legend: outcome,
      })),
    },
  ],
};

const PROXIES: Row = {
  title: "Proxies",
  panels: [
    {
      title: "Requests in flight",
      description: "Requests that have begun and not ended, by proxy. All services.",
      unit: "short",
      queries: [{ expression: "sum by (instance) (waypost_requests_in_flight)", legend: "{{instance}}" }],
    },
    {
      title: "Series overflow",
      description: "Requests counted under `other` because maxSeries was reached, by proxy. All services.",
      unit: "reqps",
      queries: [{ expression: plainRate("waypost_series_overflow_total", "instance"), legend: "{{instance}}" }],
    },
    {
      title: "Size of requests and responses",
      description: "Headers and body, in each direction.",
      unit: "decbytes",
      queries: ["request", "response"].flatMap((direction) => [
        { ...quantile(0.5, `waypost_${direction}_bytes`), legend: `${direction} p50` },
        { ...quantile(0.99, `waypost_${direction}_bytes`), legend: `${direction} p99` },
      ]),
    },
  ],
};

/** The dashboard, from top to bottom. */
export const ROWS: readonly Row[] = [OVERVIEW, OPERATIONS, LANES, GRPC_ROW, SECURITY, PROXIES];

/** Replaces the dashboard's variables, as Grafana does. Variables that are not given stand for all values. */
export function withVariables(
  expression: string,
  { rateInterval, ...chosen }: { rateInterval: string } & Partial<Record<VariableName, string>>,
): string {
  const values: Record<string, string> = { ...chosen, __rate_interval: rateInterval };
  return expression.replace(/\$(\w+)/g, (_whole, name: string) => values[name] ?? ".*");
}
