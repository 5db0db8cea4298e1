/**
 * The parts of Envoy's v3 API that Waypost's configurations are made of, as proto3 JSON with the field names of the proto
 * files. What a builder does not look into is `Message`.
 */

/** A message's JSON. */
export type Message = Record<string, unknown>;

/** `google.protobuf.Any` as JSON. */
export type Any = { "@type": string } & Message;

/** `envoy.config.bootstrap.v3.Bootstrap` */
export interface Bootstrap extends Message {
  admin: Message;
  static_resources: { listeners: Listener[]; clusters: Cluster[] };
  stats_config?: Message;
}

/** `envoy.config.listener.v3.Listener` */
export interface Listener extends Message {
  name: string;
  filter_chains: FilterChain[];
}

/** `envoy.config.listener.v3.FilterChain` */
export interface FilterChain extends Message {
  name?: string;
  filters: NamedExtension[];
}

/** A network filter, a transport socket, an access log: a name and its typed configuration. */
export interface NamedExtension extends Message {
  name: string;
  typed_config: Any;
}

/** `envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter` */
export type HttpFilter = NamedExtension | { name: string; config_discovery: Message };

/** `envoy.config.cluster.v3.Cluster` */
export interface Cluster extends Message {
  name: string;
}

/** `envoy.config.route.v3.Route` */
export type Route = Message;

/** An `Any` of Envoy's API: `any("envoy.extensions.filters.http.router.v3.Router")`. */
export function any(type: string, fields: Message = {}): Any {
  return { "@type": `type.googleapis.com/${type}`, ...fields };
}

/** Members that are `undefined` left out: JSON has none, and proto3 JSON takes no null in their place. */
export function defined<T extends Message>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
