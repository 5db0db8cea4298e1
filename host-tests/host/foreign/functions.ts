/** Foreign functions of Envoy 1.40's release binary; all others are unknown (NotFound). */
import { deflateSync, inflateSync } from "node:zlib";
import { WasmResult } from "../abi.ts";
import type { Context } from "../context.ts";
import { declareProperty, setEnvoyFilterState } from "./filter-state.ts";
import { createExpression, deleteExpression, evaluateExpression } from "./expressions.ts";
import { sign, verifySignature } from "./signatures.ts";

export interface ForeignCall {
  argument: Buffer;
  /** The context whose callback runs. */
  current: Context;
  /** The same, unless the guest has set another. */
  effective: Context;
}

export interface ForeignResult {
  status: WasmResult;
  /** Undefined: the function gives nothing. */
  result?: Buffer;
}

export type ForeignFunction = (call: ForeignCall) => ForeignResult;

export const FOREIGN_FUNCTIONS: ReadonlyMap<string, ForeignFunction> = new Map<string, ForeignFunction>([
  ["verify_signature", verifySignature],
  ["sign", sign],
  ["compress", ({ argument }) => ({ status: WasmResult.Ok, result: deflateSync(argument) })],
  ["uncompress", uncompress],
  ["set_envoy_filter_state", setEnvoyFilterState],
  ["declare_property", declareProperty],
  ["clear_route_cache", clearRouteCache],
  ["expr_create", createExpression],
  ["expr_evaluate", evaluateExpression],
  ["expr_delete", deleteExpression],
]);

/** zlib format only; gzip and damaged data are a SerializationFailure. */
function uncompress({ argument }: ForeignCall): ForeignResult {
  try {
    return { status: WasmResult.Ok, result: inflateSync(argument) };
  } catch {
    return { status: WasmResult.SerializationFailure };
  }
}

function clearRouteCache({ effective }: ForeignCall): ForeignResult {
  effective.clearRouteCache();
  return { status: WasmResult.Ok };
}
