import { AuthzRoot } from "../filters/authz/filter";
import { registerFilter } from "../sdk";

registerFilter("authz", () => new AuthzRoot());

export * from "../abi/callbacks/required";
export { proxy_on_request_headers } from "../abi/callbacks";
