/** What changes in a mesh while it runs: certificates are renewed or expire, the authority is another, pods move. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Bookinfo, bookinfoServices, CALLERS, Pod, POD_ID, WAYPOINT_ID } from "../bookinfo/index.ts";
import type { EnvoyProcess } from "../harness/index.ts";
import { CertificateAuthority, CONNECT_TERMINATE, type WorkloadIdentity } from "../mesh/index.ts";
import { TunnelClient } from "../mesh/tunnel-client.ts";
import { call, callPort } from "./mesh-fixture.ts";

const REVIEWS = "10.96.0.10:9080";
const HOUR = 3_600_000;
const EXPIRED = { notBefore: new Date(Date.now() - 2 * HOUR), notAfter: new Date(Date.now() - HOUR) };

describe("certificates", () => {
  let bookinfo: Bookinfo;
  let authority: CertificateAuthority;

  beforeAll(async () => {
    bookinfo = await Bookinfo.start();
    ({ authority } = bookinfo.mesh);
  });
  afterAll(() => bookinfo.stop());

  it("that are renewed are taken without a restart: a caller that nobody let in comes in", async () => {
    const sleep = await bookinfo.mesh.caller(await authority.issue(CALLERS.sleep, EXPIRED));
    expect((await callPort(bookinfo, sleep.port("reviews"))).status).toBe(0);
    bookinfo.mesh.renew(sleep, await authority.issue(CALLERS.sleep));
    await untilStatus(sleep, 200);
  });

  it("that have expired open no tunnel any more", async () => {
    const sleep = await bookinfo.mesh.caller(await authority.issue(CALLERS.sleep));
    bookinfo.mesh.renew(sleep, await authority.issue(CALLERS.sleep, EXPIRED));
    await eventually(async () => expect(await updates(sleep, "default")).toBe(2));
    expect((await callPort(bookinfo, sleep.port("reviews"))).status).toBe(0);
  });

  it("that have expired end no connection that is open: a tunnel on it still has the identity that it began with", async () => {
    const sleep = await bookinfo.mesh.caller(await authority.issue(CALLERS.sleep));
    await untilStatus(sleep, 200);
    bookinfo.mesh.renew(sleep, await authority.issue(CALLERS.sleep, EXPIRED));
    await eventually(async () => expect(await updates(sleep, "default")).toBe(2));
    expect((await callPort(bookinfo, sleep.port("reviews"))).status).toBe(200);
  });

  it("that are broken are refused, and those before stay", async () => {
    const { waypoint } = bookinfo.mesh;
    const good = await authority.issue(WAYPOINT_ID);
    bookinfo.mesh.renew(waypoint, { ...good, trustBundle: good.trustBundle.replaceAll("M", "!") });
    await eventually(async () => expect(await updates(waypoint, "ROOTCA", "rejected")).toBe(1));
    expect(await statusFor(await authority.issue(CALLERS.sleep))).toBe(200);
    bookinfo.mesh.renew(waypoint, good);
  });

  it("are checked at both ends: callers leave a waypoint whose certificate has expired, until it has a new one", async () => {
    const { waypoint } = bookinfo.mesh;
    const before = await updates(waypoint, "default");
    bookinfo.mesh.renew(waypoint, await authority.issue(WAYPOINT_ID, EXPIRED));
    await eventually(async () => expect(await updates(waypoint, "default")).toBe(before + 1));
    const sleep = await bookinfo.mesh.caller(await authority.issue(CALLERS.sleep));
    expect((await callPort(bookinfo, sleep.port("reviews"))).status).toBe(0);
    bookinfo.mesh.renew(waypoint, await authority.issue(WAYPOINT_ID));
    await untilStatus(sleep, 200);
  });

  it("can be those of another authority, from then on the only one: nobody is turned away on the way there", async () => {
    const { mesh } = bookinfo;
    const next = await CertificateAuthority.create("cluster.local");
    const both = authority.certificate + next.certificate;
    const steps: ((id: string) => Promise<WorkloadIdentity>)[] = [
      async (id) => ({ ...(await authority.issue(id)), trustBundle: both }),
      async (id) => ({ ...(await next.issue(id)), trustBundle: both }),
      (id) => next.issue(id),
    ];
    for (const step of steps) {
      for (const [envoy, id] of [[mesh.pods, POD_ID] as const, [mesh.waypoint, WAYPOINT_ID] as const]) {
        const before = await updates(envoy, "default");
        mesh.renew(envoy, await step(id));
        await eventually(async () => expect(await updates(envoy, "default")).toBe(before + 1));
      }
      expect(await statusFor(await step(CALLERS.sleep))).toBe(200);
    }
    const old = { ...(await authority.issue(CALLERS.sleep)), trustBundle: both };
    await eventually(() => expect(statusFor(old)).rejects.toThrow());
  });

  /** What a caller with this identity gets on a new connection. Rejects when it is not let in. */
  async function statusFor(identity: WorkloadIdentity): Promise<number> {
    const { trustBundle } = identity;
    const client = await TunnelClient.open({ port: bookinfo.waypoint.port(CONNECT_TERMINATE), trustBundle, identity });
    try {
      return await client.getThrough(REVIEWS, "/reviews/1");
    } finally {
      client.close();
    }
  }

  /** Waits until a caller's requests get this status. */
  async function untilStatus(caller: EnvoyProcess, status: number): Promise<void> {
    await eventually(async () => expect((await callPort(bookinfo, caller.port("reviews"))).status).toBe(status));
  }
});

describe("endpoints", () => {
  let bookinfo: Bookinfo;
  const pods: Pod[] = [];

  beforeAll(async () => {
    bookinfo = await Bookinfo.start({ hasMovingEndpoints: true });
  });
  afterEach(() => Promise.all(pods.splice(0).map((pod) => pod.stop())));
  afterAll(() => bookinfo.stop());

  it("that move are followed, behind tunnels and outside of the mesh, and all else stays", async () => {
    expect(await podsOf("reviews-v1")).toBe("reviews-v1");
    const ratings = await Pod.start({ service: "ratings", version: "v2", name: "ratings-moved" });
    pods.push(ratings);
    const { addresses } = bookinfo;
    const moved = { ...addresses, "reviews-v1": addresses["reviews-v3"], "ratings-v1": [addressOf(ratings)] };
    bookinfo.mesh.moveEndpoints(bookinfoServices(moved));
    await eventually(async () => expect(await podsOf("reviews-v1")).toBe("reviews-v3"));
    await eventually(async () => expect(await podsOf("ratings")).toBe("ratings-moved"));
    expect(await podsOf("details")).toBe("details-v1");
  });

  it("that are gone leave a service without any: 503, until they are back", async () => {
    bookinfo.mesh.moveEndpoints(bookinfoServices({ ...bookinfo.addresses, "details-v1": [] }));
    const status = async () => (await call(bookinfo, "sleep", "details")).status;
    await eventually(async () => expect(await status()).toBe(503));
    bookinfo.mesh.moveEndpoints(bookinfoServices(bookinfo.addresses));
    await eventually(async () => expect(await status()).toBe(200));
  });

  it("that are static cannot move, and say so", async () => {
    await using fixed = await Bookinfo.start();
    const { mesh, addresses } = fixed;
    expect(() => mesh.moveEndpoints(bookinfoServices(addresses))).toThrow(/reviews.* come from no file/);
  });

  /** The pod that a service's request went to. */
  async function podsOf(service: "reviews-v1" | "ratings" | "details"): Promise<string | undefined> {
    return (await call(bookinfo, "productpage", service)).header("x-pod");
  }
});

/** Waits until this holds: Envoy takes a file as soon as its main thread comes to it. */
function eventually(holds: () => unknown): Promise<unknown> {
  return vi.waitFor(holds, { timeout: 20_000 });
}

/** How often an Envoy has taken, or refused, a secret. */
async function updates(envoy: EnvoyProcess, secret: string, outcome = "success"): Promise<number> {
  const counters = await envoy.admin.counters(`^sds\\.${secret}\\.update_${outcome}$`);
  return [...counters.values()].reduce((sum, value) => sum + value, 0);
}

function addressOf({ port }: Pod) {
  return { host: "127.0.0.1", port };
}
