/** Fuzzes what a filter reads outside of requests: its configuration, and the key sets that issuers send. */
import { ConfigurationRefused, EnvoyHost, type FilterModule } from "../host/index.ts";
import { mutateText, type Random } from "./random.ts";
import { ISSUER, jwks } from "./tokens.ts";

/** What is wrong; undefined: the configuration was taken or refused, in an orderly way. */
export function fuzzConfiguration(module: FilterModule, configuration: object, random: Random): string | undefined {
  const text = utf8(mutateText(JSON.stringify(configuration), random));
  const host = new EnvoyHost({ logLevel: "error" });
  try {
    host.addFilter({ name: "fuzz", module, configuration: text });
  } catch (error) {
    if (!(error instanceof ConfigurationRefused)) throw error;
  }
  host.advance(1000);
  host.request();
  const trap = trapIn(host);
  if (trap !== undefined) return `configuration ${JSON.stringify(text)}: ${trap}`;
  // Whoever refuses says why.
  return host.filters.length > 0 || host.logs.some(({ plugin }) => plugin !== undefined)
    ? undefined
    : `configuration ${JSON.stringify(text)}: refused without a reason`;
}

/** What is wrong; undefined: the key set was used or refused, and no request is left waiting for it. */
export function fuzzKeySet(module: FilterModule, random: Random): string | undefined {
  const body = utf8(mutateText(JSON.stringify(jwks), random));
  const host = new EnvoyHost({
    logLevel: "error",
    clusters: { issuer: { body, status: random.chance(0.9) ? 200 : 500 } },
  });
  const rule = { issuer: ISSUER, jwksUri: "https://issuer.example/jwks", jwksCluster: "issuer" };
  host.addFilter({ name: "fuzz", module, configuration: JSON.stringify({ jwtRules: [rule] }) });
  const exchange = host.request({ headers: { authorization: "Bearer e30.e30.e30" } });
  host.advance(60_000);
  const trap = trapIn(host);
  if (trap !== undefined) return `key set ${JSON.stringify(body)}: ${trap}`;
  return exchange.response?.status === 401
    ? undefined
    : `key set ${JSON.stringify(body)}: ${exchange.response?.status}`;
}

/** Mutations work on bytes; what is configured, and what an issuer sends, need not be UTF-8. */
function utf8(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function trapIn(host: EnvoyHost): string | undefined {
  return host.logs.find(({ message }) => message.includes("Function: ") || message.startsWith("trap: "))?.message;
}
