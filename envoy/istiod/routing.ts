/** Routes and rules for traffic: what VirtualServices, HTTPRoutes and DestinationRules make of a service. */
import type { Message } from "../config/types.ts";
import type { Service } from "../mesh/service.ts";
import { type Destination, forwarding, type Resolved } from "./destinations.ts";
import {
  clusterSettings,
  type DestinationRuleSpec,
  hashPolicy,
  ofSubset,
  type TrafficPolicy,
} from "./destination-rule.ts";
import { httpRoutesOf, type HttpRouteSpec } from "./http-route.ts";
import { type Manifest, nameOf, namespaceOf, Refused } from "./manifest.ts";
import { retryPolicy } from "./retries.ts";
import { clusterOf, inNamespace, type MeshNamespace, type MeshService, serviceOf } from "./targets.ts";
import { type HttpRoute, routesOf, type Semantics, type VirtualServiceSpec } from "./virtual-service.ts";

/** The routes of a service. */
interface Routes {
  manifest: Manifest;
  http: readonly HttpRoute[];
  semantics: Semantics;
}

/** A DestinationRule of a service. */
interface Rule {
  spec: DestinationRuleSpec;
  where: string;
}

export class Routing {
  readonly #mesh: MeshNamespace;
  readonly #rules = new Map<MeshService, Rule>();
  readonly #routes = new Map<MeshService, Routes>();

  /** Throws Refused for what fits nothing in the mesh, and for two resources that would have to be merged. */
  constructor(manifests: readonly Manifest[], mesh: MeshNamespace) {
    this.#mesh = mesh;
    for (const manifest of manifests) {
      if (manifest.kind === "DestinationRule") this.#addRule(manifest);
      else if (manifest.kind === "VirtualService") this.#addVirtualService(manifest);
      else if (manifest.kind === "HTTPRoute") this.#addHttpRoute(manifest);
    }
  }

  /** What a service gets; without any resource, a mesh's defaults. */
  settings(service: MeshService): Pick<Service, "routes" | "cluster" | "subsetCluster"> {
    const { spec, where } = this.#rules.get(service) ?? {};
    const subsets = (spec?.subsets ?? []).map(({ name, trafficPolicy }, at): [string, Message] => {
      const policy = ofSubset(spec?.trafficPolicy, trafficPolicy);
      return [name, clusterSettings(policy, `${where}: spec.subsets[${at}].trafficPolicy`)];
    });
    return {
      cluster: clusterSettings(spec?.trafficPolicy, `${where}: spec.trafficPolicy`),
      ...(subsets.length > 0 && { subsetCluster: Object.fromEntries(subsets) }),
      routes: this.#routesTo(service),
    };
  }

  #routesTo(service: MeshService): Message[] {
    const routes = this.#routes.get(service);
    if (routes === undefined) return this.#defaultRoute(service);
    const { manifest, http, semantics } = routes;
    return http.flatMap((route, index) => {
      // Rules of an HTTPRoute have got another order.
      const path = semantics === "gateway" ? `rule ${route.name}` : `spec.http[${index}]`;
      const where = `${nameOf(manifest)}: ${path}`;
      if (route.directResponse === undefined && (route.route ?? []).length === 0) {
        throw new Refused(where, "leads nowhere; expected route or directResponse");
      }
      const resolve = (destination: Destination, at: number) =>
        this.#resolve(destination, `${where}.route[${at}].destination`);
      return routesOf(route, forwarding(route, resolve, where), semantics);
    });
  }

  /** Without a resource (`httproute.go`): the retries are those of all services, by hash or not. */
  #defaultRoute(service: MeshService): Message[] {
    const toItself = { route: [{ destination: { host: service.name } }] };
    const target = forwarding(toItself, () => this.#resolved(service), service.name);
    return routesOf({ name: "default" }, { ...target, retry_policy: retryPolicy(undefined, false, service.name) });
  }

  #resolve({ host, subset, port }: Destination, where: string): Resolved {
    const service = serviceOf(host, this.#mesh, `${where}.host`);
    if (port !== undefined && port.number !== service.port) {
      throw new Refused(`${where}.port`, `${port.number}: ${service.name} has ${service.port}`);
    }
    const declared = this.#rules.get(service)?.spec.subsets?.map(({ name }) => name) ?? [];
    if (subset !== undefined && !declared.includes(subset)) {
      throw new Refused(`${where}.subset`, `${subset}: no DestinationRule of ${service.name} has it`);
    }
    return this.#resolved(service, subset);
  }

  #resolved(service: MeshService, subset?: string): Resolved {
    const { spec, where } = this.#rules.get(service) ?? {};
    const own = spec?.subsets?.find(({ name }) => name === subset);
    const policy: TrafficPolicy = ofSubset(spec?.trafficPolicy, own?.trafficPolicy);
    return { cluster: clusterOf(service, this.#mesh, subset), hash: hashPolicy(policy, `${where}: trafficPolicy`) };
  }

  #addRule(manifest: Manifest): void {
    inNamespace(manifest, this.#mesh);
    const where = nameOf(manifest);
    const spec = manifest.spec as DestinationRuleSpec;
    const service = serviceOf(spec.host, this.#mesh, `${where}: spec.host`);
    if (this.#rules.has(service)) throw new Refused(where, `${service.name} has a DestinationRule already`);
    for (const [at, { name, labels = {} }] of (spec.subsets ?? []).entries()) {
      if (service.versions.includes(name) && labels["version"] === name) continue;
      const known = service.versions.join(", ") || "none";
      throw new Refused(
        `${where}: spec.subsets[${at}]`,
        `expected a version as name and label; ${service.name} has ${known}`,
      );
    }
    this.#rules.set(service, { spec, where });
  }

  #addVirtualService(manifest: Manifest): void {
    const where = nameOf(manifest);
    const { hosts = [], http = [] } = manifest.spec as VirtualServiceSpec;
    for (const [at, host] of hosts.entries()) {
      const service = serviceOf(host, this.#mesh, `${where}: spec.hosts[${at}]`);
      this.#addRoutes(service, { manifest, http, semantics: "istio" });
    }
  }

  #addHttpRoute(manifest: Manifest): void {
    const where = nameOf(manifest);
    const spec = manifest.spec as HttpRouteSpec;
    const route = { namespace: namespaceOf(manifest.metadata), name: manifest.metadata.name };
    const http = httpRoutesOf(spec, route, where);
    for (const [at, { group, kind, name, namespace, port }] of (spec.parentRefs ?? []).entries()) {
      const path = `${where}: spec.parentRefs[${at}]`;
      const isHere =
        kind === "Service" && (group === "" || group === "core") && (namespace ?? route.namespace) === route.namespace;
      if (!isHere) throw new Refused(path, "expected a Service of the same namespace, with group and kind");
      const service = serviceOf(name, this.#mesh, `${path}.name`);
      if (port !== undefined && port !== service.port) throw new Refused(`${path}.port`, `${name} has ${service.port}`);
      this.#addRoutes(service, { manifest, http, semantics: "gateway" });
    }
  }

  #addRoutes(service: MeshService, routes: Routes): void {
    inNamespace(routes.manifest, this.#mesh);
    const before = this.#routes.get(service);
    if (before !== undefined) {
      throw new Refused(
        nameOf(routes.manifest),
        `${service.name} has the routes of ${nameOf(before.manifest)} already`,
      );
    }
    this.#routes.set(service, routes);
  }
}
