/** What docker-compose.yml and the services in it agree on. */

/** Where the waypoint finds its configuration: a volume that the agent writes. */
export const RUN_FOLDER = "/run/waypost";

/** The bootstrap, in RUN_FOLDER. */
export const BOOTSTRAP_FILE = "bootstrap.json";

/** The folder with the configuration that a person edits, as `waypoint.yaml`. */
export const CONFIG_FOLDER = "/config";

/** Our own services listen there, on every interface of their container. */
export const SERVICE_PORT = 8080;

/** The issuer gives tokens to those who try things out there. */
export const TOKEN_PORT = 8081;

/** Ports of the waypoint: for requests, and as Istio's proxies have them, for probes and for Prometheus. */
export const WAYPOINT_PORTS = { http: 8080, health: 15021, metrics: 15090 } as const;

/** Of the admin interface, which only the proxy's own listeners reach: it could end the process. */
export const ADMIN_PORT = 15_000;

/** Every interface. */
export const ANY_HOST = "0.0.0.0";
