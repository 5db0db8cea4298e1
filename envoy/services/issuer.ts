/**
 * A local issuer: signs tokens and serves its key set and OIDC discovery document (OpenID Connect Discovery 1.0) over
 * HTTP.
 */
import { randomUUID } from "node:crypto";
import http, { type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from "jose";
import { listen, type Listening } from "./detect.ts";

export type IssuerAlgorithm =
  "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA";

/** How the issuer can fail. */
export type FailMode =
  | "none"
  | "error500"
  | "notFound"
  | "hang"
  | "reset"
  | "garbage"
  | "emptyKeySet"
  /** 500 and the truth in turns. */
  | "flapping"
  /** The keys of somebody else, under the names of its own. */
  | "foreignKeys"
  | "html"
  /** A list in place of a set. */
  | "wrongJson"
  /** To a copy of itself that would answer. */
  | "redirect"
  /** A byte every 100 ms. */
  | "drip"
  /** Less than `content-length` says, and then the end. */
  | "truncated"
  /** 2 MiB. */
  | "huge"
  /** As long as somebody reads. */
  | "endless";

export interface IssuerOptions {
  /** Keys to start with, one an algorithm; default one RS256. */
  algorithms?: readonly IssuerAlgorithm[];
  /** Default: the system's choice. */
  port?: number;
  /** Address to listen on; default the loopback interface. */
  host?: string;
  /** Name by which others reach it: `issuer.test:8080`; default: its own address. Goes into `iss` and `jwks_uri`. */
  authority?: string;
  /** Of `iss` and `jwks_uri`; `https` for an issuer behind somebody else's TLS. Default `http`. */
  scheme?: "http" | "https";
  /** `cache-control` of the key set; default none. */
  cacheControl?: string;
}

export interface MintOptions {
  /** Which of the issuer's keys signs: the newest of this algorithm. Default: the newest. */
  algorithm?: IssuerAlgorithm;
  /** Claims that replace or add to the default ones (`iss`, `sub`, `iat`, `exp`, `jti`); `undefined` removes one. */
  claims?: JWTPayload;
  /** Seconds from now to `exp`, negative for an expired token; default one hour. */
  lifetime?: number;
  /** Members of the JOSE header beside `alg` and `kid`. */
  header?: Record<string, unknown>;
}

interface IssuerKey {
  algorithm: IssuerAlgorithm;
  privateKey: CryptoKey;
  jwk: JWK;
}

const JWKS_PATH = "/.well-known/jwks.json";
const DISCOVERY_PATH = "/.well-known/openid-configuration";
const HOUR = 3_600;

export class Issuer {
  /** What its tokens have as `iss`. */
  readonly url: string;
  readonly port: number;
  /** Paths that were asked for, in order. */
  readonly requests: string[] = [];
  /** Read at each request. */
  failMode: FailMode = "none";
  readonly #listening: Listening;
  #foreign: IssuerKey[] = [];
  #keys: IssuerKey[];

  private constructor(listening: Listening, keys: IssuerKey[], url: string) {
    this.#listening = listening;
    this.#keys = keys;
    this.port = listening.port;
    this.url = url;
  }

  static async start(options: IssuerOptions = {}): Promise<Issuer> {
    const keys = await Promise.all((options.algorithms ?? ["RS256"]).map(generate));
    const server = http.createServer((request, response) => issuer.#answer(request.url ?? "", response, options));
    const listening = await listen(server, options.port, options.host);
    const issuer = new Issuer(listening, keys, urlOf(options, listening));
    issuer.#foreign = await Promise.all(
      keys.map(async (key) => {
        const other = await generate(key.algorithm);
        return { ...other, jwk: { ...other.jwk, ...(key.jwk.kid !== undefined && { kid: key.jwk.kid }) } };
      }),
    );
    return issuer;
  }

  get jwksUri(): string {
    return this.url + JWKS_PATH;
  }

  /** The key set as it is served. */
  get jwks(): { keys: JWK[] } {
    return { keys: this.#keys.map(({ jwk }) => jwk) };
  }

  /** A token whose signature is somebody else's, under the name of its newest key. */
  async forge(): Promise<string> {
    const newest = this.#keys.at(-1);
    if (newest === undefined) throw new Error("the issuer has no key");
    const { privateKey } = await generate(newest.algorithm);
    return sign({ ...newest, privateKey }, { iss: this.url, sub: "mallory" }, {});
  }

  /** A signed token; see MintOptions for what is in it. */
  async mint({ algorithm, claims = {}, lifetime = HOUR, header = {} }: MintOptions = {}): Promise<string> {
    const key = this.#keys.findLast((candidate) => algorithm === undefined || candidate.algorithm === algorithm);
    if (key === undefined) throw new Error(`the issuer has no ${algorithm ?? ""} key`);
    const now = Math.floor(Date.now() / 1_000);
    const all = { iss: this.url, sub: "alice", iat: now, exp: now + lifetime, jti: randomUUID(), ...claims };
    return sign(key, all, header);
  }

  /** Adds a new key, which signs from now on. `keep` (default true): the old keys of its algorithm stay in the key set. */
  async rotate(algorithm: IssuerAlgorithm = "RS256", { keep = true } = {}): Promise<void> {
    const key = await generate(algorithm);
    this.#keys = [...this.#keys.filter((old) => keep || old.algorithm !== algorithm), key];
  }

  stop(): Promise<void> {
    return this.#listening.close();
  }

  #answer(path: string, response: ServerResponse, { cacheControl }: IssuerOptions): void {
    this.requests.push(path);
    const headers = { "content-type": "application/json", ...(cacheControl && { "cache-control": cacheControl }) };
    switch (this.failMode) {
      case "hang":
        return;
      case "reset":
        response.socket?.destroy();
        return;
      case "error500":
        response.writeHead(500).end("the issuer has a problem");
        return;
      case "notFound":
        response.writeHead(404).end();
        return;
      case "garbage":
        response.writeHead(200, headers).end('{"keys": [');
        return;
      case "flapping":
        if (this.requests.length % 2 === 0) response.writeHead(500).end();
        else this.#answerTruly(path, response, headers);
        return;
      case "html":
        response.writeHead(200, { "content-type": "text/html" }).end("<html><body>We will be back soon.</body></html>");
        return;
      case "wrongJson":
        response.writeHead(200, headers).end(JSON.stringify(this.jwks.keys));
        return;
      case "redirect":
        if (path.endsWith("?again")) this.#answerTruly(path.slice(0, -"?again".length), response, headers);
        else response.writeHead(302, { location: `${this.url}${path}?again` }).end();
        return;
      case "truncated":
        response.writeHead(200, { ...headers, "content-length": "100000" });
        response.write(JSON.stringify(this.jwks), () => response.socket?.destroy());
        return;
      case "huge":
        response.writeHead(200, headers).end(JSON.stringify({ ...this.jwks, padding: "x".repeat(2 * 1024 * 1024) }));
        return;
      case "drip":
        pour(response.writeHead(200, headers), " ", 100);
        return;
      case "endless":
        pour(response.writeHead(200, headers), " ".repeat(65_536), 5);
        return;
      default:
        this.#answerTruly(path, response, headers);
    }
  }

  #answerTruly(path: string, response: ServerResponse, headers: OutgoingHttpHeaders): void {
    const document = this.#document(path);
    if (document === undefined) response.writeHead(404).end();
    else response.writeHead(200, headers).end(JSON.stringify(document));
  }

  #document(path: string): object | undefined {
    if (path === JWKS_PATH) {
      if (this.failMode === "emptyKeySet") return { keys: [] };
      return this.failMode === "foreignKeys" ? { keys: this.#foreign.map(({ jwk }) => jwk) } : this.jwks;
    }
    if (path === DISCOVERY_PATH) return { issuer: this.url, jwks_uri: this.jwksUri };
    return undefined;
  }
}

function urlOf({ scheme = "http", authority }: IssuerOptions, { port }: Listening): string {
  return `${scheme}://${authority ?? `127.0.0.1:${port}`}`;
}

/** Writes `text` again and again, so many milliseconds apart, as long as somebody reads it. */
function pour(response: ServerResponse, text: string, pause: number): void {
  const timer = setInterval(() => {
    if (!response.writableNeedDrain) response.write(text);
  }, pause);
  response.on("close", () => clearInterval(timer));
}

function sign(key: IssuerKey, claims: object, header: Record<string, unknown>): Promise<string> {
  return new SignJWT(JSON.parse(JSON.stringify(claims)) as JWTPayload)
    .setProtectedHeader({ alg: key.algorithm, kid: key.jwk.kid ?? "", typ: "JWT", ...header })
    .sign(key.privateKey);
}

async function generate(algorithm: IssuerAlgorithm): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg: algorithm, use: "sig", kid: randomUUID() };
  return { algorithm, privateKey, jwk };
}
