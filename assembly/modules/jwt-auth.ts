import { JwtAuthRoot } from "../filters/jwt-auth/filter";
import { registerFilter } from "../sdk";

registerFilter("jwt-auth", () => new JwtAuthRoot());

export * from "../abi/callbacks/required";
export { proxy_on_http_call_response, proxy_on_request_headers, proxy_on_tick } from "../abi/callbacks";
