/** Addresses and ranges of addresses: what is one, and what is in it. Node's own reading of them is the judge. */
import { BlockList, isIP, isIPv4 } from "node:net";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigurationRefused } from "../../host/index.ts";
import { check } from "../../pure/property.ts";
import { allowing, AuthzHost } from "./authz-host.ts";

const octet = fc.oneof(fc.constantFrom(0, 1, 127, 128, 255), fc.nat(255));
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join("."));

/** IPv6 addresses in every form that RFC 4291 §2.2 allows. */
const group = fc.oneof(fc.constantFrom(0, 1, 0xffff, 0x8000), fc.nat(0xffff));
const ipv6 = fc
  .record({
    groups: fc.array(group, { minLength: 8, maxLength: 8 }),
    gapAt: fc.nat(7),
    gapSize: fc.nat(8),
    form: fc.constantFrom("plain", "padded", "upper", "dotted"),
  })
  .map(({ groups, gapAt, gapSize, form }) => {
    const digits = groups.map((value) => {
      const text = value.toString(16);
      return form === "padded" ? text.padStart(4, "0") : form === "upper" ? text.toUpperCase() : text;
    });
    const [, , , , , , high = 0, low = 0] = groups;
    const dotted = [high >> 8, high & 255, low >> 8, low & 255].join(".");
    const parts = form === "dotted" ? [...digits.slice(0, 6), dotted] : digits;
    const end = Math.min(gapAt + gapSize, form === "dotted" ? 6 : 8);
    if (end <= gapAt) return parts.join(":");
    return `${parts.slice(0, gapAt).join(":")}::${parts.slice(end).join(":")}`;
  });

const address = fc.oneof(ipv4, ipv6);
const block = fc
  .tuple(address, fc.option(fc.nat(128)))
  .map(([base, length]) => (length === null ? base : `${base}/${isIPv4(base) ? length % 33 : length}`));

function contains(given: string, ip: string): boolean {
  const [base = "", length] = given.split("/");
  if (isIPv4(base) !== isIPv4(ip)) return false;
  const family = isIPv4(base) ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(base, Number(length ?? (family === "ipv4" ? 32 : 128)), family);
  return list.check(ip, family);
}

const withPort = (ip: string): string => (isIPv4(ip) ? `${ip}:80` : `[${ip}]:80`);

describe("random blocks", () => {
  it("contain what they contain for Node", () => {
    let inside = 0;
    check(
      150,
      [fc.array(block, { minLength: 1, maxLength: 3 }), fc.array(address, { minLength: 6 })],
      (given, drawn) => {
        const authz = new AuthzHost(allowing({ from: [{ source: { remoteIpBlocks: given } }] }));
        // Addresses of the blocks themselves, so that some are inside.
        for (const ip of [...drawn, ...given.map((one) => one.replace(/\/.*/, ""))]) {
          const expected = given.some((one) => contains(one, ip));
          if (expected) inside++;
          expect([ip, authz.status({ source: withPort(ip) })]).toEqual([ip, expected ? 200 : 403]);
        }
      },
    );
    expect(inside).toBeGreaterThan(100);
  });

  it("are addresses to Node, or none", () => {
    const letters = fc.constantFrom(...Array.from("0123:.:af"));
    const text = fc.oneof(
      fc.array(letters, { minLength: 1, maxLength: 12 }).map((drawn) => drawn.join("")),
      fc.tuple(address, fc.nat(), letters).map(([ip, at, letter]) => {
        const place = at % (ip.length + 1);
        return ip.slice(0, place) + letter + ip.slice(place);
      }),
    );
    check(600, [text], (drawn) => {
      expect([drawn, isAccepted(drawn)]).toEqual([drawn, isIP(drawn) !== 0]);
    });
  });
});

it.each([
  ["a pipe", "/tmp/socket"],
  ["an internal address", "envoy://internal_client_address/"],
  ["an address without a port", "10.0.0.1"],
  ["an IPv6 address without brackets", "2001:db8::1:80"],
  ["nothing", ""],
  ["brackets that do not end", "[2001:db8::1:80"],
])("%s is in no block", (_, source) => {
  const anything = ["0.0.0.0/0", "::/0"];
  expect(new AuthzHost(allowing({ from: [{ source: { remoteIpBlocks: anything } }] })).status({ source })).toBe(403);
  expect(new AuthzHost(allowing({ from: [{ source: { notRemoteIpBlocks: anything } }] })).status({ source })).toBe(200);
});

it("a zone does not count", () => {
  const authz = new AuthzHost(allowing({ from: [{ source: { remoteIpBlocks: ["fe80::/10"] } }] }));
  expect(authz.status({ source: "[fe80::1%2]:80" })).toBe(200);
});

function isAccepted(text: string): boolean {
  try {
    new AuthzHost(allowing({ from: [{ source: { remoteIpBlocks: [text] } }] }), { workers: 0 });
    return true;
  } catch (error) {
    if (error instanceof ConfigurationRefused) return false;
    throw error;
  }
}
