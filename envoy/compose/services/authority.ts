/** The mesh's certificate authority in docker compose, and the certificates of its proxies. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { TRUST_DOMAIN } from "../../bookinfo/topology.ts";
import { CertificateAuthority, IdentityFiles } from "../../mesh/index.ts";
import { PROXIES, type ProxyName, RUN_FOLDER } from "./addresses.ts";
import { IDENTITIES } from "./proxies.ts";

const HOUR = 60 * 60_000;

/** Milliseconds that certificates are valid, and after which there are new ones; as Istio's. */
const LIFETIME = 24 * HOUR;
export const RENEWAL = LIFETIME / 2;

/** Of the authority itself. */
const AUTHORITY_LIFETIME = 10 * 365 * 24 * HOUR;

/** Milliseconds in which every proxy reads a file that has changed. */
const READING_TIME = 1_000;

/** Keeps the certificate of the authority, for the next one; its key is in this process alone. */
const ROOT_FILE = path.join(RUN_FOLDER, "waypoint", "root-cert.pem");

export class Authority {
  readonly #authority: CertificateAuthority;
  readonly #trustBundle: string;
  readonly #files: ReadonlyMap<ProxyName, IdentityFiles>;

  private constructor(authority: CertificateAuthority, trustBundle: string) {
    this.#authority = authority;
    this.#trustBundle = trustBundle;
    this.#files = new Map(PROXIES.map((proxy) => [proxy, new IdentityFiles(path.join(RUN_FOLDER, proxy, "identity"))]));
  }

  /**
   * Makes a new authority, and gives each proxy a certificate of it. Proxies that run are not disturbed: all trust the new
   * authority beside the one before, until the next, before one of them has a certificate of it.
   */
  static async create(): Promise<Authority> {
    const before = await readFile(ROOT_FILE, "utf8").catch(() => "");
    const validity = { notAfter: new Date(Date.now() + AUTHORITY_LIFETIME) };
    const root = await CertificateAuthority.create(TRUST_DOMAIN, validity);
    const authority = new Authority(root, `${root.certificate}\n${before}`);
    if (before !== "") {
      for (const files of authority.#files.values()) files.trust(authority.#trustBundle);
      await sleep(READING_TIME);
    }
    await authority.renew();
    await writeFile(ROOT_FILE, root.certificate);
    return authority;
  }

  /** Where a proxy finds its certificate. */
  filesOf(proxy: ProxyName): IdentityFiles {
    const files = this.#files.get(proxy);
    if (files === undefined) throw new Error(`${proxy} is no proxy`);
    return files;
  }

  /** Gives each proxy a new key and a new certificate. */
  async renew(): Promise<void> {
    for (const [proxy, files] of this.#files) {
      const validity = { notAfter: new Date(Date.now() + LIFETIME) };
      const identity = await this.#authority.issue(IDENTITIES[proxy], validity);
      files.publish({ ...identity, trustBundle: this.#trustBundle });
    }
  }
}
