import { L7MetricsRoot } from "../filters/l7-metrics/filter";
import { registerFilter } from "../sdk";

registerFilter("l7-metrics", () => new L7MetricsRoot());

export * from "../abi/callbacks/required";
export { proxy_on_log } from "../abi/callbacks";
