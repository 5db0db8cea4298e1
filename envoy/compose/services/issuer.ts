/**
 * The issuer: its key set for the waypoint, and tokens of the demonstration's users for whoever tries things out. It gives a
 * token to everybody who asks, which no issuer but this one should.
 */
import http, { type ServerResponse } from "node:http";
import { mintDemoTokens } from "../../local/demo-users.ts";
import { ISSUER_AUTHORITY } from "../../local/names.ts";
import { listen } from "../../services/detect.ts";
import { Issuer } from "../../services/issuer.ts";
import { ANY_HOST, LISTEN_PORT, TOKEN_PORT } from "./addresses.ts";
import type { Service } from "./service.ts";

/**
 * Key set and discovery document on LISTEN_PORT. On TOKEN_PORT `/tokens`: fresh tokens by name, as JSON; `/tokens/alice`:
 * one as text.
 */
export async function startIssuer(): Promise<Service> {
  const [issuer, stranger] = await Promise.all([
    Issuer.start({
      port: LISTEN_PORT,
      host: ANY_HOST,
      authority: ISSUER_AUTHORITY,
      algorithms: ["ES256", "RS256"],
    }),
    Issuer.start({ authority: "stranger.waypost.test", algorithms: ["ES256"] }),
  ]);
  const server = http.createServer((request, response) => {
    mintDemoTokens(issuer, stranger).then(
      (tokens) => answer(new Map(Object.entries(tokens)), request.url ?? "", response),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const listening = await listen(server, TOKEN_PORT, ANY_HOST);
  return {
    async stop() {
      await Promise.all([issuer.stop(), stranger.stop(), listening.close()]);
    },
  };
}

function answer(tokens: ReadonlyMap<string, string>, url: string, response: ServerResponse): void {
  const [, folder, name] = url.split("/");
  const token = name === undefined ? undefined : tokens.get(name);
  if (folder === "tokens" && name === undefined) {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(Object.fromEntries(tokens)));
  } else if (folder === "tokens" && token !== undefined) {
    response.writeHead(200, { "content-type": "text/plain" }).end(token);
  } else {
    response
      .writeHead(404)
      .end(`There are /tokens and ${[...tokens.keys()].map((key) => `/tokens/${key}`).join(", ")}\n`);
  }
}
