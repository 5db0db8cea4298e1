/** What `npm start` says of itself: addresses, and lines to try. */
import pc from "picocolors";
import type { CallerName } from "../bookinfo/topology.ts";
import { curlLines } from "./curl-lines.ts";
import type { DemoTokens } from "./demo-users.ts";
import { REVIEW_PATH } from "./names.ts";
import type { PluginFile } from "./plugin-file.ts";
import { queryUrls } from "./queries.ts";
import type { LocalWaypoint } from "./waypoint.ts";

export interface Extras {
  /** `host:port` of the Prometheus, if there is one. */
  prometheus: string | undefined;
  /** Requests a second that are sent. */
  traffic: number | undefined;
}

export function showHelp(
  waypoint: LocalWaypoint,
  tokens: DemoTokens,
  file: PluginFile,
  { prometheus, traffic }: Extras,
): void {
  const origin = (caller: CallerName) => `http://127.0.0.1:${waypoint.port(caller)}`;
  const origins = { productpage: origin("productpage"), sleep: origin("sleep") };
  const admin = `http://${waypoint.envoy.admin.address}`;
  console.log("\nTry it:\n");
  for (const [name, line] of curlLines(origins, tokens)) console.log(`${pc.bold(`# ${name}`)}\n${line}\n`);
  console.log(`As productpage ${origins.productpage}${REVIEW_PATH}  (through its ztunnel)`);
  console.log(`As sleep       ${origins.sleep}${REVIEW_PATH}  (through another, with another identity)`);
  console.log(`Bookinfo       ${waypoint.page}/productpage  (in a browser; it calls as productpage)`);
  console.log(`Envoy's admin  ${admin}  (counters: ${admin}/stats?filter=waypost)`);
  console.log(`Metrics        ${admin}/stats/prometheus?filter=waypost  (as Prometheus reads them)`);
  console.log(`Configuration  ${file.path}  (save it and it is live)`);
  console.log(`Module         npm run build  (in another terminal; a new build is live too)`);
  showPrometheus(prometheus);
  console.log(
    traffic === undefined
      ? "Traffic        npm start -- --traffic 20  (sends so many requests a second)"
      : `Traffic        ${traffic} requests a second`,
  );
  console.log("\nCtrl-C ends everything.");
}

function showPrometheus(server: string | undefined): void {
  if (server === undefined) {
    console.log("Prometheus     npm start -- --prometheus  (runs one that reads the metrics)");
    return;
  }
  console.log(`Prometheus     http://${server}  (reads the metrics each second)`);
  for (const [what, url] of queryUrls(server)) console.log(`  ${what}\n    ${url}`);
}
