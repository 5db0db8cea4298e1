/** What `targetRefs` attach to a service: plugins, RequestAuthentications, AuthorizationPolicies and Telemetries. */
import { type FiltersByPlace, PLACES, type Place } from "../config/index.ts";
import type { HttpFilter } from "../config/types.ts";
import type { Service } from "../mesh/service.ts";
import { type AuthorizationPolicy, type PolicySpec, rbacFilters } from "./authorization-policy.ts";
import { type Manifest, nameOf, namespaceOf, Refused } from "./manifest.ts";
import { pluginFilter, type PlacedFilter } from "./plugins.ts";
import { jwtAuthnFilter, type JwtRule } from "./request-authentication.ts";
import { type MeshNamespace, type MeshService, targetsOf } from "./targets.ts";
import { telemetryOf, type TelemetryOptions } from "./telemetry.ts";

/** What policies need to know beside the services. */
export interface PolicyMesh extends MeshNamespace {
  trustDomain: string;
  /** Key sets, as JSON, by `jwksUri`: istiod itself fetches them for RequestAuthentications. */
  keySets: ReadonlyMap<string, string>;
  /** The `.wasm` file of a module, by its name; undefined: there is none. */
  moduleFile: (module: string) => string | undefined;
  telemetry: TelemetryOptions;
}

/** An annotation of AuthorizationPolicies: they are judged, and do nothing. */
const DRY_RUN = "istio.io/dry-run";

/** Of AuthorizationPolicies; CUSTOM asks a server that no demo has. */
const ACTIONS = ["ALLOW", "DENY", "AUDIT"];

const PLUGIN_KINDS = ["WasmPlugin", "TrafficExtension"];

export class Attached {
  readonly #mesh: PolicyMesh;
  /** With the services that each reaches. */
  readonly #manifests: readonly (readonly [Manifest, readonly MeshService[]])[];

  /** Throws Refused for what reaches no service. */
  constructor(manifests: readonly Manifest[], mesh: PolicyMesh) {
    this.#mesh = mesh;
    this.#manifests = manifests.map((manifest) => [manifest, targetsOf(manifest, mesh)] as const);
  }

  /** What a service gets. */
  settings(service: MeshService): Pick<Service, "accessLog" | "places" | "tracing"> {
    const of = (...kinds: string[]) =>
      this.#manifests.flatMap(([manifest, to]) =>
        kinds.includes(manifest.kind) && to.includes(service) ? manifest : [],
      );
    const plugins = of(...PLUGIN_KINDS).map((manifest) => pluginFilter(manifest, this.#mesh.moduleFile));
    const rules = of("RequestAuthentication").flatMap((manifest) => this.#jwtRules(manifest));
    const policies = of("AuthorizationPolicy").map(policyOf);
    const { trustDomain, namespace } = this.#mesh;
    return {
      places: {
        ...byPlace(plugins),
        JWT_AUTHN: rules.length === 0 ? [] : [jwtAuthnFilter(rules)],
        RBAC: rbacFilters(policies, { namespace, trustDomain }),
      },
      ...this.#telemetry(of("Telemetry")),
    };
  }

  #jwtRules(manifest: Manifest): JwtRule[] {
    const { jwtRules = [] } = manifest.spec as {
      jwtRules?: (Omit<JwtRule, "jwks"> & { jwks?: string; jwksUri?: string })[];
    };
    return jwtRules.map(({ jwksUri, ...rule }, at) => {
      const jwks = rule.jwks ?? this.#mesh.keySets.get(jwksUri ?? "");
      if (jwks === undefined) {
        const known = [...this.#mesh.keySets.keys()].join(", ");
        throw new Refused(`${nameOf(manifest)}: spec.jwtRules[${at}]`, `no keys; expected jwks, or jwksUri ${known}`);
      }
      return { ...rule, jwks };
    });
  }

  /** Istiod merges several; no demo needs it. */
  #telemetry(manifests: readonly Manifest[]): ReturnType<typeof telemetryOf> {
    const [manifest, other] = manifests;
    if (other !== undefined) throw new Refused(nameOf(other), "the service has a Telemetry already");
    if (manifest === undefined) return {};
    return telemetryOf(manifest.spec, this.#mesh.telemetry, nameOf(manifest));
  }
}

/** Plugins in the places of their phases, those of the highest priority first. */
function byPlace(plugins: readonly PlacedFilter[]): FiltersByPlace {
  const sorted = [...plugins].sort((a, b) => b.priority - a.priority);
  const at = (place: Place): HttpFilter[] => sorted.flatMap((one) => (one.place === place ? one.filter : []));
  return Object.fromEntries(PLACES.map((place) => [place, at(place)]));
}

function policyOf(manifest: Manifest): AuthorizationPolicy {
  const { metadata, spec } = manifest;
  const { action = "ALLOW" } = spec as { action?: string };
  if (!ACTIONS.includes(action)) {
    throw new Refused(`${nameOf(manifest)}: spec.action`, `${action}: expected one of ${ACTIONS.join(", ")}`);
  }
  const mode = metadata.annotations?.[DRY_RUN] === "true" ? "SHADOW" : "ENFORCE";
  return { ...(spec as PolicySpec), name: metadata.name, namespace: namespaceOf(metadata), mode };
}
