/** The certificates as others read them: Node's own X.509 reader, and the file system. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CertificateAuthority, spiffeIdOf, type WorkloadIdentity, writeIdentity } from "./certificates.ts";

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

describe("its files", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "waypost-identity-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are for this user alone, in a folder of their own", async () => {
    const target = path.join(folder, "sleep");
    const files = await writeIdentity(target, identity);
    expect(statSync(target).mode & 0o777).toBe(0o700);
    for (const file of Object.values(files)) expect(statSync(file as string).mode & 0o777).toBe(0o600);
    expect(readFileSync(files.privateKey, "utf8")).toBe(identity.privateKey);
    await expect(writeIdentity(target, identity)).rejects.toThrow(/EEXIST/);
  });
});
