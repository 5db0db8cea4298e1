/**
 * Certificates of a mesh: X.509-SVIDs, certificates whose one URI SAN is a workload's SPIFFE id
 * (https://github.com/spiffe/spiffe/blob/main/standards/X509-SVID.md). All keys are EC P-256.
 */
// The library's dependency injection needs it, before the library itself.
import "reflect-metadata";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from "@peculiar/x509";

/** From when and until when a certificate is valid. */
export interface Validity {
  /** Default: a minute ago. */
  notBefore?: Date;
  /** Default: in 30 days. */
  notAfter?: Date;
}

/** What a workload proves its identity with, all PEM. */
export interface WorkloadIdentity {
  spiffeId: string;
  certificate: string;
  /** PKCS #8. */
  privateKey: string;
  /** The authorities that the workload itself trusts: one certificate, or several after one another. */
  trustBundle: string;
}

const KEY = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;

const MINUTE = 60_000;
const DEFAULT_LIFETIME = 30 * 24 * 60 * MINUTE;

/** A certificate authority of one trust domain. Its key stays in this process. */
export class CertificateAuthority {
  readonly trustDomain: string;
  readonly #certificate: X509Certificate;
  readonly #key: CryptoKey;

  private constructor(trustDomain: string, certificate: X509Certificate, key: CryptoKey) {
    this.trustDomain = trustDomain;
    this.#certificate = certificate;
    this.#key = key;
  }

  /** A new one, with a new key. */
  static async create(trustDomain: string, validity: Validity = {}): Promise<CertificateAuthority> {
    const keys = await crypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      ...period(validity),
      name: [{ O: [trustDomain] }],
      keys,
      signingAlgorithm: SIGNATURE,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        spiffeName(`spiffe://${trustDomain}`, false),
        // Authorities that follow one another have the same name: the key tells which of them signed.
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new CertificateAuthority(trustDomain, certificate, keys.privateKey);
  }

  /** PEM. */
  get certificate(): string {
    return pem(this.#certificate);
  }

  /**
   * A new key and a certificate for it, for client and server alike.
   *
   * @param spiffeId  Taken as it is, also of another trust domain: tests need what a good authority would not sign.
   */
  async issue(spiffeId: string, validity: Validity = {}): Promise<WorkloadIdentity> {
    const keys = await crypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
    const certificate = await X509CertificateGenerator.create({
      ...period(validity),
      issuer: this.#certificate.subjectName,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: SIGNATURE,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        // RFC 5280 §4.2.1.6: critical where there is no subject.
        spiffeName(spiffeId, true),
        await AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
      ],
    });
    return {
      spiffeId,
      certificate: pem(certificate),
      privateKey: PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY"),
      trustBundle: this.certificate,
    };
  }
}

/** The SPIFFE id of a Kubernetes service account, as Istio makes it. */
export function spiffeIdOf(trustDomain: string, namespace: string, serviceAccount: string): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

/** With the line's end, so that several can stand after one another. */
function pem(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

function spiffeName(id: string, critical: boolean): SubjectAlternativeNameExtension {
  return new SubjectAlternativeNameExtension([{ type: "url", value: id }], critical);
}

function period({ notBefore, notAfter }: Validity): Required<Validity> {
  return {
    notBefore: notBefore ?? new Date(Date.now() - MINUTE),
    notAfter: notAfter ?? new Date(Date.now() + DEFAULT_LIFETIME),
  };
}
