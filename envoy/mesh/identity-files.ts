/**
 * A workload's identity in files that its Envoy watches, by SDS (envoy.service.secret.v3), in place of the socket of Istio's
 * agent: a renewed certificate, or another authority, is taken without a restart. Connections that are open stay.
 */
import path from "node:path";
import { DiscoveryFile } from "../config/discovery-file.ts";
import { any, type Message } from "../config/types.ts";
import type { WorkloadIdentity } from "./certificates.ts";

/** The names of secrets that Istio's agent gives. */
const CERTIFICATE = "default";
const TRUST_BUNDLE = "ROOTCA";

export class IdentityFiles {
  readonly #certificate: DiscoveryFile;
  readonly #trustBundle: DiscoveryFile;

  /** @param folder  for the files; its own user only may read it, and them: one has the private key */
  constructor(folder: string) {
    // A file for each: Envoy takes no file with two secrets.
    const file = (secret: string) => new DiscoveryFile(path.join(folder, secret, "secret.json"), { isPrivate: true });
    this.#certificate = file(CERTIFICATE);
    this.#trustBundle = file(TRUST_BUNDLE);
  }

  /** Publishes an identity in place of the one before; the first before Envoy starts. */
  publish({ certificate, privateKey, trustBundle }: WorkloadIdentity): void {
    this.trust(trustBundle);
    const chain = { certificate_chain: { inline_string: certificate }, private_key: { inline_string: privateKey } };
    this.#certificate.publish([secret(CERTIFICATE, { tls_certificate: chain })]);
  }

  /** Publishes the authorities to trust alone: before anybody has a certificate of a new one. */
  trust(trustBundle: string): void {
    const context = { trusted_ca: { inline_string: trustBundle } };
    this.#trustBundle.publish([secret(TRUST_BUNDLE, { validation_context: context })]);
  }

  /** Where Envoy finds its certificate and key (`SdsSecretConfig`). */
  get certificate(): Message {
    return { name: CERTIFICATE, sds_config: this.#certificate.source };
  }

  /** Where it finds the authorities that it trusts (`SdsSecretConfig`). */
  get trustBundle(): Message {
    return { name: TRUST_BUNDLE, sds_config: this.#trustBundle.source };
  }
}

function secret(name: string, content: Message) {
  return any("envoy.extensions.transport_sockets.tls.v3.Secret", { name, ...content });
}
