/** Mutual TLS as the mesh has it between tunnels: TLS 1.3, HTTP/2, and a SPIFFE id on both sides. */
import { any, type Message, type NamedExtension } from "../config/types.ts";
import type { IdentityFiles } from "./identity-files.ts";

/** Which SPIFFE ids of the other side are let in: all with a prefix, or one. */
export type PeerIds = { prefix: string } | { exact: string };

/** The side that accepts. Without a certificate of the trust bundle, valid now, with such an id, no connection. */
export function downstreamTls(identity: IdentityFiles, peers: PeerIds): NamedExtension {
  return transportSocket("DownstreamTlsContext", { ...commonTls(identity, peers), require_client_certificate: true });
}

/** The side that connects. */
export function upstreamTls(identity: IdentityFiles, peers: PeerIds): NamedExtension {
  return transportSocket("UpstreamTlsContext", commonTls(identity, peers));
}

function transportSocket(context: string, fields: Message): NamedExtension {
  const type = `envoy.extensions.transport_sockets.tls.v3.${context}`;
  return { name: "envoy.transport_sockets.tls", typed_config: any(type, fields) };
}

function commonTls({ certificate, trustBundle }: IdentityFiles, peers: PeerIds): Message {
  const version = "TLSv1_3";
  return {
    common_tls_context: {
      alpn_protocols: ["h2"],
      tls_params: { tls_minimum_protocol_version: version, tls_maximum_protocol_version: version },
      tls_certificate_sds_secret_configs: [certificate],
      combined_validation_context: {
        default_validation_context: { match_typed_subject_alt_names: [{ san_type: "URI", matcher: peers }] },
        validation_context_sds_secret_config: trustBundle,
      },
    },
  };
}
