import { HeaderRouterRoot } from "../filters/header-router/filter";
import { registerFilter } from "../sdk";

registerFilter("header-router", () => new HeaderRouterRoot());

export * from "../abi/callbacks/required";
export { proxy_on_request_headers, proxy_on_response_headers } from "../abi/callbacks";
