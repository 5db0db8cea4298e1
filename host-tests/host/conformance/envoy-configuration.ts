/** The configuration of the Envoy that runs conformance cases: a listener with the case's filters for each case. */
import type { ConformanceCase } from "./case.ts";

export interface CasePorts {
  index: number;
  upstream: number;
  service: number;
  listener: number;
  accessLog: string;
}

type Json = Record<string, unknown>;

/** Nothing listens there. */
const CLOSED_PORT = 1;

export function envoyConfiguration(cases: readonly [ConformanceCase, CasePorts][], wasm: string): Json {
  return {
    admin: { address: address(0) },
    static_resources: {
      listeners: cases.map(([test, ports]) => listener(test, ports, wasm)),
      clusters: cases.flatMap(([, ports]) => [
        cluster(`upstream-${ports.index}`, ports.upstream),
        cluster(`service-${ports.index}`, ports.service),
        cluster(`refused-${ports.index}`, CLOSED_PORT),
        {
          ...cluster(`hostless-${ports.index}`, CLOSED_PORT),
          load_assignment: { cluster_name: `hostless-${ports.index}` },
        },
      ]),
    },
  };
}

function listener(test: ConformanceCase, ports: CasePorts, wasm: string): Json {
  const filters = test.scripts.map((script, index) => ({
    name: `probe-${index}`,
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
      config: pluginConfiguration(test, ports, index, script, wasm),
    },
  }));
  return {
    name: `case-${ports.index}`,
    address: address(ports.listener),
    filter_chains: [
      {
        filters: [
          {
            name: "envoy.filters.network.http_connection_manager",
            typed_config: {
              "@type":
                "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
              stat_prefix: `case-${ports.index}`,
              codec_type: "AUTO",
              http_protocol_options: { enable_trailers: true },
              route_config: {
                name: "default",
                virtual_hosts: [
                  {
                    name: "default",
                    domains: ["*"],
                    routes: [{ match: { prefix: "/" }, route: { cluster: `upstream-${ports.index}` } }],
                  },
                ],
              },
              http_filters: [...filters, router()],
              access_log: [accessLog(ports.accessLog)],
            },
          },
        ],
      },
    ],
  };
}

function pluginConfiguration(
  test: ConformanceCase,
  ports: CasePorts,
  index: number,
  script: string,
  wasm: string,
): Json {
  return {
    name: `${ports.index}.${index}`,
    ...(test.failurePolicy !== undefined && { failure_policy: test.failurePolicy }),
    ...(test.failOpen !== undefined && { fail_open: test.failOpen }),
    ...(test.allowOnHeadersStopIteration !== undefined && {
      allow_on_headers_stop_iteration: test.allowOnHeadersStopIteration,
    }),
    configuration: {
      "@type": "type.googleapis.com/google.protobuf.StringValue",
      value: script.replace(/\{\{(\w+)\}\}/g, `$1-${ports.index}`),
    },
    vm_config: {
      vm_id: test.sharedVm === true ? `${ports.index}.shared` : `${ports.index}.${index}`,
      runtime: "envoy.wasm.runtime.v8",
      code: { local: { filename: wasm } },
    },
  };
}

function router(): Json {
  return {
    name: "envoy.filters.http.router",
    typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
  };
}

function accessLog(file: string): Json {
  return {
    name: "envoy.access_loggers.file",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
      path: file,
      log_format: { json_format: { details: "%RESPONSE_CODE_DETAILS%", state: "%FILTER_STATE(wasm.x:PLAIN)%" } },
    },
  };
}

function cluster(name: string, port: number): Json {
  return {
    name,
    type: "STATIC",
    connect_timeout: "0.5s",
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: { http_protocol_options: { enable_trailers: true } },
      },
    },
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address(port) } }] }],
    },
  };
}

function address(port: number): Json {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}
