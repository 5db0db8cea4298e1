/** What a configuration has that older Envoys lack, said in their words. */
import { createHash } from "node:crypto";
import type { Bootstrap, Message } from "../config/types.ts";
import { isOlder } from "../find-program.ts";

/** The first version that has what is named here. */
const COMPLETE = [1, 38] as const;

/** Of tcp_proxy: older ones do not do what it turns off, and report a bug when they read a guard that they do not know. */
const UNKNOWN_GUARD = "envoy.reloadable_features.propagate_upstream_rst_through_tunneled_tcp_proxy";

/**
 * Principals in filter state are hashable strings, as Istio's own are: connections to an internal listener are not shared by
 * callers with different ones. Older stock Envoys have plain strings and hashable addresses.
 */
const HASHABLE_STRING = "envoy.hashable_string";
const PLAIN_STRING = "envoy.string";
const HASHABLE_ADDRESS = "envoy.filters.listener.original_dst.local_ip";

/** The configuration for a stock Envoy of that version (`1.36.4`). */
export function configurationFor(version: string, config: Bootstrap): Bootstrap {
  if (!isOlder(version, COMPLETE)) return config;
  const revive = (key: string, value: unknown) => {
    if (key === UNKNOWN_GUARD) return undefined;
    return Array.isArray(value) ? value.flatMap(withoutHashableString) : value;
  };
  return JSON.parse(JSON.stringify(config), revive) as Bootstrap;
}

/** A hashable string becomes a plain one, and what keeps connections apart in its place: an address made of its value. */
function withoutHashableString(value: unknown): unknown[] {
  const state = value as Message | null;
  if (state?.["factory_key"] !== HASHABLE_STRING) return [value];
  const plain = { ...state, factory_key: PLAIN_STRING };
  const text = JSON.stringify(state["format_string"]);
  // A value that Envoy is to fill in is that of a tunnel, which has an address of its own in filter state.
  if (/%[A-Z]/.test(text)) return [plain];
  const key = `${String(state["object_key"])}.hash`;
  const address = { text_format_source: { inline_string: `${addressOf(text)}:1` } };
  return [plain, { ...state, object_key: key, factory_key: HASHABLE_ADDRESS, format_string: address }];
}

/** A unique local address (RFC 4193). */
function addressOf(text: string): string {
  const digits = createHash("sha256").update(text).digest("hex").slice(0, 24);
  return `[fd00:0:${(digits.match(/.{4}/g) ?? []).join(":")}]`;
}
