/** A mesh put together by hand, as docker compose has it: fixed ports, and other addresses than those of `startMesh`. */
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { bookinfoServices, CALLERS, NAMESPACE, Pod, TRUST_DOMAIN, WAYPOINT_ID } from "../bookinfo/index.ts";
import type { Bootstrap } from "../config/index.ts";
import { EnvoyProcess } from "../harness/index.ts";
import { CertificateAuthority, IdentityFiles, outboundZtunnel, waypoint } from "../mesh/index.ts";

const ANY = "0.0.0.0";
/** Linux has all of 127.0.0.0/8 on the loopback interface. */
const ELSEWHERE = "127.0.0.2";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

it("is at the addresses and ports that it is told", async () => {
  const authority = await CertificateAuthority.create(TRUST_DOMAIN);
  const start = async (id: string, config: (identity: IdentityFiles) => Bootstrap) => {
    const issued = await authority.issue(id);
    const envoy = await EnvoyProcess.start({
      config(folder) {
        const identity = new IdentityFiles(path.join(folder, "identity"));
        identity.publish(issued);
        return config(identity);
      },
    });
    stops.push(() => envoy.stop());
    return envoy;
  };
  const pod = await Pod.start({ service: "ratings", version: "v1" });
  stops.push(() => pod.stop());
  const none = { "reviews-v1": [], "reviews-v2": [], "reviews-v3": [], "details-v1": [] };
  const services = bookinfoServices({ ...none, "ratings-v1": [{ host: "127.0.0.1", port: pod.port }] });

  const port = await freePort();
  const proxy = await start(WAYPOINT_ID, (identity) =>
    waypoint({ identity, services, trustDomain: TRUST_DOMAIN, namespace: NAMESPACE, host: ANY, port }),
  );
  expect(await proxy.admin.get("/listeners")).toContain(`connect_terminate::${ANY}:${port}\n`);

  const ports = { ratings: await freePort() };
  const at = { host: ELSEWHERE, port };
  await start(CALLERS.sleep, (identity) =>
    outboundZtunnel({ identity, services, waypoint: at, waypointId: WAYPOINT_ID, host: ELSEWHERE, ports }),
  );
  const response = await fetch(`http://${ELSEWHERE}:${ports.ratings}/ratings/1`);
  expect([response.status, response.headers.get("x-pod")]).toEqual([200, "ratings-v1"]);
});

/** A port that nobody has, as far as that can be known. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, ANY, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
