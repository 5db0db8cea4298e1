/** Texts that are known when a stream ends. Each is asked for only where a label or a log line needs it. */
export enum EndText {
  /** Of the request. */
  ContentType,
  /** Name of the cluster that the route leads to. */
  Cluster,
  /** SPIFFE ids of the caller and of the waypoint, where mTLS ended. */
  SourcePrincipal,
  LocalPrincipal,
  /** What header-router, authz and jwt-auth, as plugins of their own, leave in filter state. */
  Route,
  Lane,
  AuthzDecision,
  JwtReason,
  JwtShadow,
  /** Who answered, and why, in the words of the proxy or of a filter. */
  CodeDetails,
  /** Which of the configured operations the request is. The proxy does not know it. */
  Operation,
}

/** How many they are. */
export const END_TEXTS: i32 = <i32>EndText.Operation + 1;

/**
 * What the proxy is asked for a text: a CEL expression, with an empty value where there is nothing. Without `isGuarded` it may
 * have none at all for a stream that is not as most are.
 */
export function endTextExpression(text: EndText, isGuarded: bool): string {
  switch (text) {
    case EndText.ContentType:
      return member("request.headers", "content-type");
    case EndText.Cluster:
      // What has a route has a cluster.
      return isGuarded ? 'has(xds.cluster_name) ? xds.cluster_name : ""' : "xds.cluster_name";
    case EndText.CodeDetails:
      return 'has(response.code_details) ? response.code_details : ""';
    default:
      return member("filter_state", filterStateOf(text));
  }
}

/** The filter state that has a text; empty for those that are none. */
export function filterStateOf(text: EndText): string {
  switch (text) {
    case EndText.SourcePrincipal:
      return "io.istio.peer_principal";
    case EndText.LocalPrincipal:
      return "io.istio.local_principal";
    case EndText.Route:
      return "wasm.waypost_route";
    case EndText.Lane:
      return "wasm.waypost_lane";
    case EndText.AuthzDecision:
      return "wasm.waypost_authz_decision";
    case EndText.JwtReason:
      return "wasm.waypost_jwt_reason";
    case EndText.JwtShadow:
      return "wasm.waypost_jwt_shadow";
    default:
      return "";
  }
}

function member(map: string, key: string): string {
  return '"' + key + '" in ' + map + " ? " + map + '["' + key + '"] : ""';
}
