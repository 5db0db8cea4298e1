/** What stands in the file system, where a private key must be for its user alone. Whether Envoy takes it: mesh-changes.test.ts */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CertificateAuthority, spiffeIdOf } from "./certificates.ts";
import { IdentityFiles } from "./identity-files.ts";

const SLEEP = spiffeIdOf("cluster.local", "default", "sleep");

const parent = mkdtempSync(path.join(tmpdir(), "waypost-identity-"));
const folder = path.join(parent, "sleep");

let umask: number;
beforeAll(() => {
  // The most that a user could be careless.
  umask = process.umask(0);
});
afterAll(() => {
  process.umask(umask);
  rmSync(parent, { recursive: true });
});

it("are for this user alone, as are their folders, and hold the newest identity only", async () => {
  const authority = await CertificateAuthority.create("cluster.local");
  const [first, second] = [await authority.issue(SLEEP), await authority.issue(SLEEP)];
  const files = new IdentityFiles(folder);
  for (const identity of [first, second]) files.publish(identity);

  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  const pathOf = ({ parentPath, name }: { parentPath: string; name: string }) => path.join(parentPath, name);
  const folders = [folder, ...found.filter((entry) => entry.isDirectory()).map(pathOf)];
  const all = found.filter((entry) => entry.isFile()).map(pathOf);
  expect(folders.map((one) => statSync(one).mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
  expect(all.map((one) => statSync(one).mode & 0o777)).toEqual([0o600, 0o600]);

  const texts = all.map((file) => readFileSync(file, "utf8")).join("");
  expect(texts).toContain(JSON.stringify(second.privateKey));
  expect(texts).not.toContain(JSON.stringify(first.privateKey));
});
