/** Fuzzes what a filter reads outside of requests: its configuration, and the key sets that issuers send. */
import type { FilterModule } from "../host/index.ts";
import { Broken, send, start } from "./filter-under-test.ts";
import { mutateText, type Random } from "./random.ts";

/** What is wrong; undefined: the configuration was taken or refused, in an orderly way. */
export function fuzzConfiguration(
  module: FilterModule,
  configuration: object,
  now: number,
  random: Random,
): string | undefined {
  const text = utf8(mutateText(JSON.stringify(configuration), random));
  return problemIn(`configuration ${JSON.stringify(text)}`, () => {
    const host = start(module, text, { now });
    if (host !== undefined) send(host, {});
  });
}

/** What is wrong; undefined: the key set was used or refused, and no request is left waiting for it. */
export function fuzzKeySet(module: FilterModule, jwks: object, now: number, random: Random): string | undefined {
  const body = Buffer.from(mutateText(JSON.stringify(jwks), random), "latin1");
  const rule = { jwksUri: "https://issuer.example/jwks", jwksCluster: "issuer" };
  return problemIn(`key set ${JSON.stringify(body.toString("latin1"))}`, () => {
    const host = start(module, JSON.stringify({ jwtRules: [rule] }), { now, issuerSends: body });
    if (host === undefined) throw new Broken("the configuration is refused");
    const { response } = send(host, { headers: { authorization: "Bearer e30.e30.e30" } });
    if (response?.status !== 401) throw new Broken(`answered ${response?.status}`);
  });
}

function problemIn(what: string, run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof Broken) return `${what}: ${error.message}`;
    throw error;
  }
}

/** Mutations work on bytes; what is configured is text. */
function utf8(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
