/** What stands in for the services around a mesh that manifests name: the issuer of tokens, and the collector of traces. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { type Address, staticCluster } from "../config/index.ts";
import type { Cluster } from "../config/types.ts";
import { type Manifest, readManifests } from "../istiod/manifest.ts";
import { collectorCluster, type ExtensionProvider } from "../istiod/telemetry.ts";
import { Issuer } from "../services/issuer.ts";
import { OtlpReceiver } from "../services/otlp-receiver.ts";

/** Folder of the checkout. */
export const CHECKOUT = path.resolve(import.meta.dirname, "../..");

const ISSUER_HOST = "issuer.example.com";
const ISSUER_MANIFEST = "deploy/manifests/issuer/service-entry.yaml";
const MESH_CONFIG = "deploy/manifests/mesh/mesh-config.yaml";

export class Surroundings {
  readonly issuer: Issuer;
  readonly collector: OtlpReceiver;
  /** Those of MeshConfig. */
  readonly extensionProviders: readonly ExtensionProvider[];
  /** What is applied before a demo's own: where the issuer is. */
  readonly manifests: readonly Manifest[];

  private constructor(
    issuer: Issuer,
    collector: OtlpReceiver,
    files: Pick<Surroundings, "extensionProviders" | "manifests">,
  ) {
    this.issuer = issuer;
    this.collector = collector;
    this.extensionProviders = files.extensionProviders;
    this.manifests = files.manifests;
  }

  static async start(): Promise<Surroundings> {
    const extensionProviders = providersOf(await textOf(MESH_CONFIG));
    const manifests = readManifests(await textOf(ISSUER_MANIFEST));
    const [issuer, collector] = await Promise.all([
      Issuer.start({ algorithms: ["ES256"], authority: ISSUER_HOST, scheme: "https" }),
      OtlpReceiver.start(),
    ]);
    return new Surroundings(issuer, collector, { extensionProviders, manifests });
  }

  /** Where the hosts of ServiceEntries are. */
  get hosts(): ReadonlyMap<string, Address> {
    return new Map([[ISSUER_HOST, { host: "127.0.0.1", port: this.issuer.port }]]);
  }

  /** What istiod would fetch from a `jwksUri`. */
  get keySets(): ReadonlyMap<string, string> {
    return new Map([[this.issuer.jwksUri, JSON.stringify(this.issuer.jwks)]]);
  }

  /** Of the collectors that MeshConfig names. */
  get clusters(): Cluster[] {
    const endpoints = [{ host: "127.0.0.1", port: this.collector.grpcPort }];
    return this.extensionProviders.flatMap(({ opentelemetry }) =>
      opentelemetry === undefined
        ? []
        : staticCluster({ name: collectorCluster(opentelemetry), endpoints, protocol: "http2" }),
    );
  }

  async stop(): Promise<void> {
    await Promise.all([this.issuer.stop(), this.collector.stop()]);
  }
}

function textOf(file: string): Promise<string> {
  return readFile(path.join(CHECKOUT, file), "utf8");
}

function providersOf(yaml: string): ExtensionProvider[] {
  const { spec } = parse(yaml) as { spec: { meshConfig: { extensionProviders: ExtensionProvider[] } } };
  return spec.meshConfig.extensionProviders;
}
