/** `set_envoy_filter_state` and `declare_property`. */
import { isIP } from "node:net";
import { WasmResult } from "../abi.ts";
import { LifeSpan, type CelStateType } from "../filter-state.ts";
import { fromLatin1 } from "../bytes.ts";
import { bytesField, numberField, readProto } from "../proto.ts";
import type { ForeignCall, ForeignResult } from "./functions.ts";

type Check = (value: string) => boolean;

const anything: Check = () => true;
const bool: Check = (value) => /^(true|false|1|0|yes|no|t|f|y|n)$/i.test(value);
const number =
  (max: number): Check =>
  (value) =>
    /^\d+$/.test(value) && Number(value) <= max;
const address: Check = (value) => {
  const match = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(value);
  return match !== null && isIP(match[1] ?? match[2] ?? "") !== 0 && Number(match[3]) <= 65535;
};

/** Keys that stock Envoy 1.40 can make an object for, and which values it takes. */
const FACTORIES: ReadonlyMap<string, Check> = new Map([
  ["envoy.string", anything],
  ["envoy.hashable_string", anything],
  ["envoy.bool", bool],
  ["envoy.network.upstream_server_name", anything],
  ["envoy.network.upstream_subject_alt_names", anything],
  ["envoy.network.application_protocols", anything],
  ["envoy.network.ip", (value) => isIP(value) !== 0],
  ["envoy.network.transport_socket.original_dst_address", address],
  ["envoy.tcp_proxy.cluster", anything],
  ["envoy.tcp_proxy.disable_tunneling", anything],
  ["envoy.tcp_proxy.per_connection_idle_timeout_ms", number(Number.MAX_SAFE_INTEGER)],
  ["envoy.upstream.dynamic_host", anything],
  ["envoy.upstream.dynamic_port", number(65535)],
  ["envoy.filters.listener.original_dst.local_ip", address],
  ["envoy.filters.listener.original_dst.remote_ip", address],
  ["envoy.ratelimit.hits_addend", number(Number.MAX_SAFE_INTEGER)],
  ["envoy.ai.model.request", anything],
]);

/** `SetEnvoyFilterStateArguments {1 path, 2 value, 3 span}`. */
export function setEnvoyFilterState({ argument, effective }: ForeignCall): ForeignResult {
  const fields = readProto(argument);
  if (fields === undefined) return { status: WasmResult.BadArgument };
  const path = fromLatin1(bytesField(fields, 1));
  const value = fromLatin1(bytesField(fields, 2));
  const check = FACTORIES.get(path);
  if (check === undefined) return { status: WasmResult.NotFound };
  if (!check(value)) return { status: WasmResult.BadArgument };
  if (effective.streamInfo === undefined) return { status: WasmResult.NotFound };
  effective.streamInfo.filterState.setNative(path, value, numberField(fields, 3));
  return { status: WasmResult.Ok };
}

const TYPES: readonly CelStateType["type"][] = ["bytes", "string", "flatbuffers", "protobuf"];

/**
 * `DeclarePropertyArguments {1 name, 2 readonly, 3 type, 4 schema, 5 span}`. A name can be declared once in each root.
 */
export function declareProperty({ argument, current }: ForeignCall): ForeignResult {
  const fields = readProto(argument);
  if (fields === undefined) return { status: WasmResult.BadArgument };
  const declared = current.root?.declaredProperties;
  const name = fromLatin1(bytesField(fields, 1));
  // A stream context has declarations of its own in Envoy, which nothing reads: only a root context can declare.
  if (current.root !== current) return { status: WasmResult.Ok };
  if (declared === undefined || declared.has(name)) return { status: WasmResult.BadArgument };
  declared.set(name, {
    type: TYPES[numberField(fields, 3)] ?? "bytes",
    readonly: numberField(fields, 2) !== 0,
    span: fields.has(5) ? numberField(fields, 5) : LifeSpan.FilterChain,
  });
  return { status: WasmResult.Ok };
}
