/**
 * A waypoint's chain that answers each request by itself, and with the answer says why. What a chain of a real waypoint learns
 * from the tunnel, a test decides: the caller's identity with a header of the request, its address and the service's with a
 * header of the PROXY protocol.
 */
import { fromJson, toBinary, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { Answer } from "../client/answer.ts";
import {
  any,
  httpChain,
  tcpListener,
  type FiltersByPlace,
  type HttpFilter,
  type Listener,
  type Message,
} from "../config/index.ts";

/** The header with the caller's SPIFFE id; without it the caller is not known. */
export const PEER = "x-peer";

/** The header with what another filter left in dynamic metadata, `envoy.filters.test` / `color`: see `metadataValue`. */
export const COLOR = "x-color";

/** What an answer says about its making, by header. */
const SHOWN = {
  "x-details": "%RESPONSE_CODE_DETAILS%",
  "x-rbac": "%DYNAMIC_METADATA(envoy.filters.http.rbac)%",
  "x-shadow": "%FILTER_STATE(wasm.waypost_authz_shadow:PLAIN)%",
  "x-audit": "%FILTER_STATE(wasm.waypost_authz_audit:PLAIN)%",
};

/** A listener with these filters. Requests that pass are answered with 200 and `passed`. */
export function authzListener(name: string, places: FiltersByPlace): Listener {
  const routes = [{ match: { prefix: "/" }, direct_response: { status: 200, body: { inline_string: "passed" } } }];
  const authn = [peerFilter(), colorFilter(), ...(places.AUTHN ?? [])];
  const chain = httpChain({ name: "chain", places: { ...places, AUTHN: authn }, routes });
  for (const { typed_config } of chain.filters) Object.assign(typed_config, { local_reply_config: SHOWING });
  return { ...tcpListener(name, [chain]), listener_filters: [proxyProtocol()] };
}

/** What an answer shows; undefined: nothing. */
export function shown({ headers }: Answer, name: keyof typeof SHOWN): string | undefined {
  const text = headers.find(([other]) => other === name)?.[1];
  return text === "-" ? undefined : text;
}

/** A connection's ends, as the waypoint sees them. */
export interface Ends {
  /** Address of the caller, … */
  source: string;
  /** … and of the service, both IPv4 or both IPv6. */
  service: string;
  port: number;
}

/** A header of the PROXY protocol (version 1). */
export function proxyHeader({ source, service, port }: Ends): string {
  const family = source.includes(":") ? "TCP6" : "TCP4";
  return `PROXY ${family} ${source} ${service} 40000 ${port}\r\n`;
}

/** Formatted for every local reply: of the route, and of any filter. */
const SHOWING: Message = {
  mappers: [
    {
      filter: { status_code_filter: { comparison: { op: "GE", value: { default_value: 100, runtime_key: "any" } } } },
      headers_to_add: Object.entries(SHOWN).map(([key, value]) => ({ header: { key, value } })),
    },
  ],
};

function peerFilter(): HttpFilter {
  const principal = {
    object_key: "io.istio.peer_principal",
    factory_key: "envoy.hashable_string",
    format_string: { text_format_source: { inline_string: `%REQ(${PEER})%` }, omit_empty_values: true },
    skip_if_empty: true,
  };
  return {
    name: "peer",
    typed_config: any("envoy.extensions.filters.http.set_filter_state.v3.Config", { on_request_headers: [principal] }),
  };
}

function colorFilter(): HttpFilter {
  const value = { metadata_namespace: "envoy.filters.test", key: "color", type: "PROTOBUF_VALUE", encode: "BASE64" };
  return {
    name: "color",
    typed_config: any("envoy.extensions.filters.http.header_to_metadata.v3.Config", {
      request_rules: [{ header: COLOR, on_header_present: value, remove: true }],
    }),
  };
}

/** A value for dynamic metadata. */
export function metadataValue(value: JsonValue): string {
  return Buffer.from(toBinary(ValueSchema, fromJson(ValueSchema, value))).toString("base64");
}

function proxyProtocol(): Message {
  const type = "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol";
  return {
    name: "envoy.filters.listener.proxy_protocol",
    typed_config: any(type, { allow_requests_without_proxy_protocol: true }),
  };
}
