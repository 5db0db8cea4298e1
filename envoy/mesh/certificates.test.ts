/** The certificates as others read them: Node's own X.509 reader. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { CertificateAuthority, spiffeIdOf, type WorkloadIdentity } from "./certificates.ts";

const SLEEP = spiffeIdOf("cluster.local", "default", "sleep");

let authority: CertificateAuthority;
let identity: WorkloadIdentity;
let certificate: X509Certificate;
let root: X509Certificate;

beforeAll(async () => {
  authority = await CertificateAuthority.create("cluster.local");
  identity = await authority.issue(SLEEP);
  certificate = new X509Certificate(identity.certificate);
  root = new X509Certificate(identity.trustBundle);
});

describe("a workload's certificate", () => {
  it("names one SPIFFE id and nothing else, for a key of its own on P-256", () => {
    expect(SLEEP).toBe("spiffe://cluster.local/ns/default/sa/sleep");
    expect(certificate.subjectAltName).toBe(`URI:${SLEEP}`);
    expect(certificate.subject).toBe(undefined);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    expect(certificate.checkPrivateKey(createPrivateKey(identity.privateKey))).toBe(true);
  });

  it("is signed by its authority and no other, and is none itself", async () => {
    expect(certificate.verify(root.publicKey)).toBe(true);
    expect(certificate.checkIssued(root)).toBe(true);
    expect([certificate.ca, root.ca]).toEqual([false, true]);
    const other = new X509Certificate((await CertificateAuthority.create("cluster.local")).certificate);
    expect(certificate.verify(other.publicKey)).toBe(false);
  });

  it("is valid now, or when it is told", async () => {
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now());
    const validity = { notBefore: new Date("2001-02-03T04:05:06Z"), notAfter: new Date("2002-03-04T05:06:07Z") };
    const expired = new X509Certificate((await authority.issue(SLEEP, validity)).certificate);
    expect(Date.parse(expired.validFrom)).toBe(validity.notBefore.getTime());
    expect(Date.parse(expired.validTo)).toBe(validity.notAfter.getTime());
  });
});
