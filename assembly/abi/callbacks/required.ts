/**
 * The callbacks without which no filter works. A module exports them all, and from `callbacks.ts` those that its own filters
 * need:
 *
 * ```ts
 * export * from "waypost/assembly/abi/callbacks/required";
 * export { proxy_on_request_headers, … } from "waypost/assembly/abi/callbacks";
 * ```
 */
export {
  proxy_abi_version_0_2_1,
  proxy_on_memory_allocate,
  proxy_on_context_create,
  proxy_on_configure,
  proxy_on_delete,
} from "../callbacks";
