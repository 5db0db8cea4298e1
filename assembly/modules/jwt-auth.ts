import { JwtAuthRoot } from "../filters/jwt-auth/filter";
import { registerFilter } from "../sdk";

registerFilter("jwt-auth", () => new JwtAuthRoot());

export {
  proxy_abi_version_0_2_1,
  proxy_on_memory_allocate,
  proxy_on_context_create,
  proxy_on_configure,
  proxy_on_tick,
  proxy_on_request_headers,
  proxy_on_http_call_response,
  proxy_on_delete,
} from "../abi/callbacks";
