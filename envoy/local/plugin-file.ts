/**
 * The plugin's configuration as a file that a person edits: `waypoint.yaml`, the same YAML that goes under `pluginConfig`
 * of a WasmPlugin with `pluginName: waypoint`. It stays between runs.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { CALLERS } from "../bookinfo/topology.ts";
import { ConfigurationFile } from "./configuration-file.ts";
import { ADMIN_TEAM, AUDIENCE, ISSUER_AUTHORITY, ISSUER_CLUSTER, TEST_LANE_HEADER } from "./names.ts";

/** As policies have it: without the scheme. */
const PRODUCTPAGE = CALLERS.productpage.slice("spiffe://".length);

const FIRST_CONTENTS = `# Configuration of the local waypoint. Save this file and it is live; a refused one leaves the old in effect.
# In a cluster the same goes under pluginConfig of a WasmPlugin with pluginName: waypoint. See docs/waypoint.md

# Who calls: the claims of a valid token go on as headers, a bad token gets 401. Every field: docs/jwt-auth.md
jwtAuth:
  jwtRules:
    - issuer: http://${ISSUER_AUTHORITY}
      audiences: [${AUDIENCE}]
      jwksUri: http://${ISSUER_AUTHORITY}/.well-known/jwks.json
      jwksCluster: ${ISSUER_CLUSTER}
      outputClaimToHeaders:
        - { header: x-jwt-sub, claim: sub }
        - { header: x-jwt-team, claim: org.team }
  # presence: REQUIRED   # refuse requests without a token
  # mode: SHADOW         # decide and count, but let everything through

# What callers may do: what no rule allows gets 403. Every field: docs/authz.md
authz:
  policies:
    - name: reviews
      action: ALLOW
      rules:
        # Reviews are for everybody to read, ...
        - to: [{ operation: { methods: [GET], paths: [/reviews/*] } }]
        # ... for one workload to delete: its certificate says who calls, ...
        - from: [{ source: { principals: [${PRODUCTPAGE}] } }]
          to: [{ operation: { methods: [DELETE], paths: [/reviews/*] } }]
        # ... administration is for one team.
        - to: [{ operation: { paths: [/admin/*] } }]
          when: [{ key: "request.auth.claims[org][team]", values: [${ADMIN_TEAM}] }]

# Where requests go: the lane is put into the header x-waypost-lane, and the routes behind it match on that.
# Every field: docs/header-router.md, docs/traffic-split.md
headerRouter:
  routes:
    - name: reviews
      split:
        by: { claim: sub } # the same user, the same lane
        salt: reviews-v3 # another one draws all users anew
        lanes:
          - { name: stable, weight: 80 }
          - { name: canary, weight: 20 }
        # Testers ask for a lane in this header; from anybody else it counts for nothing.
        override: { header: ${TEST_LANE_HEADER}, claims: { tester: { exact: "true" } } }

# What is counted: requests, by operation and by lane, for the table in the terminal and for Prometheus.
# Every field: docs/l7-metrics.md
l7Metrics:
  operations:
    - name: get_review
      match: [{ method: { exact: GET }, uri: { template: "/reviews/{id}" } }]
    - name: delete_review
      match: [{ method: { exact: DELETE }, uri: { template: "/reviews/{id}" } }]
    - name: admin
      match: [{ uri: { prefix: /admin/ } }]
  dimensions:
    lane: { lane: {} }
`;

export class PluginFile extends ConfigurationFile {
  private constructor(
    path: string,
    /** Whether it is as Waypost wrote it. */
    readonly isPristine: boolean,
  ) {
    super(path);
  }

  /** Opens the file in `folder`, and writes it first when there is none, or when `reset` asks for it. */
  static async open(folder: string, reset: boolean): Promise<PluginFile> {
    const file = path.join(folder, "waypoint.yaml");
    await mkdir(folder, { recursive: true });
    if (reset || !existsSync(file)) await writeFile(file, FIRST_CONTENTS);
    return new PluginFile(file, (await readFile(file, "utf8")) === FIRST_CONTENTS);
  }
}
