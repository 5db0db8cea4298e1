/**
 * The scenario format: one test case as data, run by two hosts. A scenario is a YAML file below `host-tests/scenarios/`:
 * a filter with its configuration, the keys, tokens and other services it meets, and requests with what must come of them.
 * The Node host and a real Envoy both run it, and both must agree with it (and so with each other).
 *
 * Times are relative to the moment the scenario starts: `now`, `now+1h`, `now-61s`. Tokens and key sets are described, and
 * made when the scenario runs. In any string, and so anywhere in the configuration:
 *   `{{token: NAME}}`  the compact JWS of `tokens.NAME`
 *   `{{jwks: NAME}}`   the JWKS (JSON text) of `jwks.NAME`; as the whole of a string in `config` it is that JSON text as a string
 *   `{{jwks-object: NAME}}` only as the whole of a string: replaced by the JWKS as an object
 *   `{{cluster: NAME}}` the Envoy cluster that reaches `services.NAME`
 *   `{{authority: NAME}}` host and port of `services.NAME`
 *   `{{repeat: TEXT * COUNT}}` TEXT, COUNT times
 *   `{{time: MOMENT}}` the moment in the form of RFC 3339
 */

/** A moment: `now`, `now+1h`, `now-61s` (units ms, s, m, h, d). Where a claim takes it, NumericDate seconds are made of it. */
export type Moment = string;
/** A length of time: `250ms`, `5s`, `10m`, `1h`. */
export type Duration = string;

export type SignatureAlgorithm =
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "ES512"
  | "EdDSA"
  | "Ed25519"
  | "HS256"
  | "HS384"
  | "HS512";

export interface KeyDescription {
  alg: SignatureAlgorithm;
  /** `kid` of the JWK and, unless the token says otherwise, of tokens signed with the key. Default: none. */
  kid?: string;
  /** RSA modulus length; default 2048. */
  modulusLength?: number;
  /** Octets of an HMAC secret; default as many as the hash has. */
  secretLength?: number;
  /** Members that replace or add to those of the public JWK; `null` removes one. */
  jwk?: Record<string, unknown>;
}

export interface TokenDescription {
  /** Key that signs, of `keys`. */
  key: string;
  /** Signs by this algorithm, and names it, in place of the key's own. */
  alg?: SignatureAlgorithm;
  /** Octets of the salt of an RSASSA-PSS signature; default as many as the hash has (RFC 7518 §3.5). */
  saltLength?: number;
  /** Members of the JOSE header beside `alg` and `kid`, or in their place; `null` removes one. */
  header?: Record<string, unknown>;
  /** The claims. A string that is a Moment becomes NumericDate seconds. Nothing is added: no default iss or exp. */
  claims?: Record<string, unknown>;
  /** The payload's text as it is, in place of `claims`: for malformed JSON. */
  payload?: string;
  /** The header's text as it is. */
  headerText?: string;
  /** Applied in order to the finished token. */
  mutate?: TokenMutation[];
}

/**
 * Forms of a signature: `longer` by a zero octet in front, `shorter` by the last octet, ECDSA as ASN.1 `der` or with s
 * `negated` (n − s), EdDSA with S `unreduced` (S + L).
 */
export type SignatureForm = "longer" | "shorter" | "der" | "negated" | "unreduced";

export type TokenMutation =
  /** Flips the lowest bit of the first byte of the decoded signature. */
  | { tamper: "signature" }
  /** Writes the signature in another form. */
  | { signature: SignatureForm }
  /** Replaces the payload by these claims, leaving the signature as it was. */
  | { claims: Record<string, unknown> }
  /** The parts as they are, joined with dots: from `header`, `payload`, `signature` (base64url texts) or literal text after `=`. */
  | { join: string[] }
  | { append: string }
  | { prepend: string }
  | { replace: [search: string, replacement: string] }
  /** Keeps only so many characters. */
  | { truncate: number };

/** Something with an address that a filter calls: an issuer, an authorization service. Answers are given in order; the last one repeats. */
export interface ServiceDescription {
  /** `none`: a cluster without hosts. `refuse`: nobody listens. Default: it listens and answers as `answers` say. */
  reach?: "none" | "refuse";
  answers?: ServiceAnswer[];
}

export interface ServiceAnswer {
  /** Only for this path (with query); others get 404. Default: any path. */
  path?: string;
  /** Only for a request with these headers: exact value (several: joined with `, `), or `null` for absent; others get 404. */
  requestHeaders?: Record<string, string | null>;
  status?: number;
  headers?: [string, string][];
  body?: string;
  /** The body is this JWKS. */
  jwks?: string;
  /** Waits so long before it answers. */
  delay?: Duration;
  /** Accepts and never answers (`hang`), or closes the connection without an answer (`reset`). */
  fault?: "hang" | "reset";
}

/** What an upstream answers in place of the echo. Answers are given in order; the last one repeats. */
export interface UpstreamAnswer {
  /** Only for this path (with query); others get 404. Default: any path. */
  path?: string;
  /** Only for a request with these headers: exact value (several: joined with `, `), or `null` for absent; others get 404. */
  requestHeaders?: Record<string, string | null>;
  status?: number;
  headers?: [string, string][];
  body?: string;
  /** The body in several chunks. Excludes `body`. */
  chunks?: string[];
  trailers?: [string, string][];
  /** An answer of gRPC, in place of `status`, `headers` (but for metadata), `body`, `chunks` and `trailers`. */
  grpc?: GrpcAnswer;
  /** Waits so long before it answers. */
  delay?: Duration;
  /** Never answers (`hang`), breaks off before the answer (`reset`), or behind its headers (`reset-body`). */
  fault?: "hang" | "reset" | "reset-body";
}

export interface GrpcAnswer {
  /** Texts of the messages. Default: none, and the status stands in the headers: a response of trailers only. */
  messages?: string[];
  /** `grpc-status`; default 0. */
  status?: number;
  /** `grpc-message` */
  message?: string;
}

/** What is behind the proxy. It echoes, `envoy/services/echo.ts` says how, unless it has `answers`. */
export interface UpstreamDescription {
  name: string;
  /** The service that it is of, as istiod tells a waypoint: metadata of the cluster, `istio.services[0]`. Default: none. */
  service?: { host: string; name: string; namespace: string };
  /**
   * The workload that it runs in, `<workload>;<namespace>;<canonical name>;<canonical revision>;<cluster>`: metadata of the
   * endpoint, `istio.workload`. Default: none.
   */
  workload?: string;
  /** `none`: a cluster without hosts. `refuse`: nobody listens. Default: it is there. */
  reach?: "none" | "refuse";
  answers?: UpstreamAnswer[];
}

export interface RequestDescription {
  method?: string;
  path?: string;
  authority?: string;
  /** In order, several of one name allowed. Names as given; the host lower-cases them as Envoy does. */
  headers?: [string, string][];
  body?: string;
  /** The body in several chunks. Excludes `body`. */
  chunks?: string[];
  trailers?: [string, string][];
  /**
   * Texts of the messages of a gRPC request, in place of `body` and `chunks`: with it the method is POST, the protocol HTTP/2,
   * and `content-type` and `te` are there. Each message is a chunk.
   */
  grpc?: string[];
  /** The client goes away after so long, if it has no whole answer by then. */
  abortAfter?: Duration;
  /** The client never sends the end of the request. Wants `abortAfter`. */
  unfinished?: true;
  /** Default `http1`. Raw header bytes that a protocol forbids need the one that allows them. */
  protocol?: "http1" | "http2";
  /**
   * The caller's SPIFFE id as the mesh vouches for it: filter state `io.istio.peer_principal`. Default: not set, as for a
   * caller outside the mesh.
   */
  principal?: string;
  /** The SPIFFE id that the mesh showed the caller: filter state `io.istio.local_principal`. Default: not set. */
  localPrincipal?: string;
  /** Where the caller wanted to go, the service's address: `destination.address` and `destination.port`. Default `10.96.0.10:80`. */
  destination?: string;
  /**
   * The caller's address, `source.address`; a request with X-Forwarded-For has that of its last entry, with port 0. Default
   * `10.1.2.3:40000`.
   */
  source?: string;
  /**
   * Dynamic metadata that filters in front of ours left, by their names. Only for the Node host, which has no such filters;
   * in Envoy `nativeAuthentication` makes the same: `{"envoy.filters.http.jwt_authn": {payload: {sub: alice}}}`. Moments are
   * what they are in claims.
   */
  metadata?: Record<string, Record<string, unknown>>;
}

/** What must be true. What is not mentioned is not checked. */
export interface Expectation {
  /** 0: none came. */
  status?: number;
  /** Whether the answer broke off, or never came. */
  broken?: boolean;
  /** The whole response body. */
  body?: string;
  bodyContains?: string;
  /** Response headers: exact value, or `null` for absent. Several values of one name: joined with `, `. */
  headers?: Record<string, string | null>;
  trailers?: Record<string, string | null>;
  /** Response code details (`%RESPONSE_CODE_DETAILS%`). */
  details?: string;
  /** What the upstream got, when it was whole; `false`: it got nothing, or only a part. */
  upstream?:
    | false
    | {
        /** Which of `upstreams`. */
        name?: string;
        method?: string;
        path?: string;
        /** Exact value (several: joined with `, `), or `null` for absent. */
        headers?: Record<string, string | null>;
        body?: string;
      };
  /**
   * By how much counters grew during this request, by full metric name, or by a selector of metrics whose labels stand in
   * their names (`metric-selector.ts`): `waypost_requests_total{response_code="503"}`. Those not mentioned may grow.
   */
  metrics?: Record<string, number>;
  /** Gauges after this request, by full metric name or selector. */
  gauges?: Record<string, number>;
  /** How many values histograms got during this request, by full metric name or selector. Those not mentioned may get some. */
  histograms?: Record<string, number>;
  /** Regular expressions: no metric of a plugin, of whatever kind and age, has a name that one of them matches. */
  metricsNever?: string[];
  /** Filter state after the request, by name as access logs print it (`%FILTER_STATE(name:PLAIN)%`); `null`: not set. */
  filterState?: Record<string, string | null>;
  /** Log lines of the filter during this request: each text must be contained in a line of this level. */
  logs?: { level: "trace" | "debug" | "info" | "warn" | "error" | "critical"; contains: string }[];
  /** Texts that must be in no log line. Tokens are always checked. */
  logsNeverContain?: string[];
}

export interface Step {
  name: string;
  /** Waits before the request; moves the clock in the Node host, really waits in Envoy. */
  wait?: Duration;
  request: RequestDescription;
  /** So many copies at the same time; each must fulfil `expect`. */
  parallel?: number;
  expect: Expectation;
  /**
   * What Envoy's own filters must answer to the same request, when the scenario has `native` or `nativePolicies`. Default:
   * as we do in status, and when it is refused in body, details, gRPC status and www-authenticate. Where it differs, `why`
   * says so and names the row in docs/differences.md.
   */
  native?: { status: number; body?: string; why: string };
}

/** One Wasm plugin of the filter chain, as one WasmPlugin resource describes it. */
export interface PluginDescription {
  /** `build/<module>.wasm`. */
  module: string;
  /** proxy-wasm root_id; default empty. */
  rootId?: string;
  /** Property `plugin_name`, `<namespace>.<name>`; default `default.<rootId, or module where it is empty>`. */
  name?: string;
  /** `pluginConfig`. */
  config?: unknown;
  /** The configuration's bytes as text, in place of `config`: for malformed ones. */
  configText?: string;
  /** What `proxy_on_vm_start` reads. Plugins share a VM when their module, and this, are the same. Default: nothing. */
  vmConfig?: string;
  /**
   * Istio's: where in the chain it stands. STATS is behind all others and behind Envoy's grpc_stats. Default: STATS for
   * l7-metrics, AUTHN for others, AUTHZ with `nativeAuthentication`.
   */
  phase?: "AUTHN" | "AUTHZ" | "STATS";
}

/** The configuration of root `waypoint`: a section for each stage that it has. */
export interface PipelineDescription {
  jwtAuth?: Record<string, unknown>;
  authz?: Record<string, unknown>;
  headerRouter?: Record<string, unknown>;
  l7Metrics?: Record<string, unknown>;
}

/** What a route wants of a request, all of it; names of headers compare without case. */
export interface RouteMatch {
  /** Start of the path. */
  prefix?: string;
  /** The path without its query. */
  path?: string;
  /** The whole of a value (of several of one name: any); `null`: there is no such header. */
  headers?: Record<string, string | null>;
}

/** A route of the proxy, as an HTTPRoute makes it. It leads to one of: `upstream`, `clusterHeader`, `weights`. */
export interface RouteDescription {
  /** `xds.route_name`; default `default`. */
  name?: string;
  /** Default: every request. */
  match?: RouteMatch;
  /** To this one of `upstreams`. */
  upstream?: string;
  /** To the one of `upstreams` that this header names; without it, or with another name, Envoy answers 503. */
  clusterHeader?: string;
  /** To one of `upstreams` by chance, each with its part of their sum, in this order. */
  weights?: Record<string, number>;
  /** Header whose number, modulo the sum of `weights`, takes the place of chance. */
  weightHeader?: string;
  /** How long the whole answer may take; then Envoy answers 504. Default: for ever. */
  timeout?: Duration;
}

/**
 * One test case. What is tested is given in one of three ways: a single plugin by `module` and the fields behind it;
 * `plugins`; or a `pipeline`. A scenario with a pipeline is run in each arrangement that a user can choose
 * (arrangements.ts), with the same expectations: our filters as stages of one context, as plugins in one VM, and as modules
 * of their own. Only the first has to refuse a configuration.
 */
export interface Scenario {
  /** What is shown, as a sentence. */
  name: string;
  /** `build/<module>.wasm`. */
  module?: string;
  /** proxy-wasm root_id; default empty. */
  rootId?: string;
  /** Property `plugin_name` of every plugin, `<namespace>.<name>`. Default: see PluginDescription. */
  pluginName?: string;
  /** `pluginConfig`. */
  config?: unknown;
  /** The configuration's bytes as text, in place of `config`: for malformed ones. */
  configText?: string;
  /** Several plugins in the order of the chain, in place of the fields above. */
  plugins?: PluginDescription[];
  /** Our filters together, in place of the fields above. */
  pipeline?: PipelineDescription;
  /** The plugin must refuse the configuration with log lines that contain each of these; then there are no steps. */
  refused?: string[];
  failurePolicy?: "FAIL_CLOSED" | "FAIL_OPEN" | "FAIL_RELOAD";
  keys?: Record<string, KeyDescription>;
  /** Key sets: names of `keys`, or JWKs as they are. */
  jwks?: Record<string, (string | Record<string, unknown>)[]>;
  tokens?: Record<string, TokenDescription>;
  services?: Record<string, ServiceDescription>;
  /** What is behind the proxy, or names of what echoes; default one, `upstream`. */
  upstreams?: (string | UpstreamDescription)[];
  /** First match wins, no match is a 404; Envoy looks again after each change of a request header. Default: all to the first of `upstreams`. */
  routes?: RouteDescription[];
  /**
   * Envoy's jwt_authn with this configuration (`envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication`) runs in
   * front of our plugins, which then stand in phase AUTHZ, and leaves its dynamic metadata for them. The Node host does not
   * run it: there `request.metadata` says what it leaves.
   */
  nativeAuthentication?: unknown;
  /** Runs Envoy's jwt_authn with such a configuration on the same requests as a judge. */
  native?: unknown;
  /**
   * Runs Envoy's rbac filters, as istiod makes them of the policies of this scenario (`config.policies` or
   * `pipeline.authz.policies`), on the same requests as a judge; behind `native`, or `nativeAuthentication`.
   */
  nativePolicies?: true;
  /** Metadata of the proxy, `xds.node.metadata`: an Istio proxy has `ISTIO_VERSION` there. Default: none. */
  nodeMetadata?: Record<string, unknown>;
  /** Worker threads (Node host: VMs). Default 1. */
  workers?: number;
  /** Only one host can run it, and why. */
  only?: { host: "node" | "envoy"; why: string };
  steps?: Step[];
}
