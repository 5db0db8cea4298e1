/** A client in a container that knocks at the waypoint's port for tunnels without being of the mesh. */
import type { WorkloadIdentity } from "../mesh/index.ts";
import type { ComposeProject } from "./project.ts";

/** What it sees of the waypoint. */
export interface Seen {
  /** Serial number of the waypoint's certificate. */
  serial: string;
  /** The name in that: `URI:spiffe://…`. */
  name: string;
  /** Bytes inside of TLS; somebody who is let in gets HTTP/2's settings unasked. */
  bytes: number;
  /** Why the connection ended. */
  error: string;
}

/** Runs in the container: the image has Node, and no other client that speaks TLS. */
const PROGRAM = `
const { host, ...options } = JSON.parse(process.argv[1]);
const seen = { bytes: 0, error: "" };
const socket = require("node:tls").connect({ host, port: 15008, ALPNProtocols: ["h2"], rejectUnauthorized: false, ...options });
socket.on("secureConnect", () => {
  const { serialNumber, subjectaltname } = socket.getPeerCertificate();
  Object.assign(seen, { serial: serialNumber, name: subjectaltname });
});
socket.on("data", (chunk) => { seen.bytes += chunk.length; });
socket.on("error", ({ code }) => { seen.error = code; });
socket.on("close", () => console.log(JSON.stringify(seen)));
setTimeout(() => socket.destroy(), 5000).unref();
`;

/** @param identity  a certificate to show; default: none */
export async function knock(project: ComposeProject, identity?: WorkloadIdentity): Promise<Seen> {
  const shown = identity && { cert: identity.certificate, key: identity.privateKey };
  const args = ["node", "-e", PROGRAM, JSON.stringify({ host: "waypoint", ...shown })];
  return JSON.parse(await project.exec("issuer", args)) as Seen;
}
