/** One of Bookinfo's applications in a container, and what makes it fail on demand. */
import { rm } from "node:fs/promises";
import http from "node:http";
import { type AppName, Pod } from "../../bookinfo/pod.ts";
import { parseFault } from "../../bookinfo/pod-fault.ts";
import { SERVICE_PORT } from "../../bookinfo/topology.ts";
import { bodyOf } from "../../services/echo.ts";
import { CONTROL_SOCKET } from "./addresses.ts";
import type { Service } from "./service.ts";

/** Requests that a pod remembers: nobody asks it, and it must not grow. */
const REMEMBERED = 100;

/** Others are found by their names, on the port of all services; in a calling pod they lead to its ztunnel. */
const origin = (service: AppName) => `http://${service}:${SERVICE_PORT}`;

/** @param address  `host:port` to listen on */
export async function startPod([service = "", version = "", address = ""]: readonly string[]): Promise<Service> {
  if (!isApp(service)) throw new Error(`${service}: expected productpage, reviews, ratings or details`);
  const [host = "", port = ""] = address.split(":");
  const calls = { reviews: origin("reviews"), ratings: origin("ratings"), details: origin("details") };
  const pod = await Pod.start({ service, version, host, port: Number(port), calls, remembers: REMEMBERED });
  const control = await listenForFaults(pod);
  console.log(`${pod.name} listens on ${address}`);
  return {
    async stop() {
      control.close();
      await pod.stop();
    },
  };
}

/** Reads (GET) and sets (PUT) the fault of a pod, or of the pod of this container. Rejects with what is wrong with `fault`. */
export async function faultOf(fault?: string): Promise<string> {
  const method = fault === undefined ? "GET" : "PUT";
  const [status, body] = await new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
    const request = http.request({ socketPath: CONTROL_SOCKET, method }, (response) => {
      void bodyOf(response).then((text) => resolve([response.statusCode, text]));
    });
    request.on("error", reject).end(fault);
  });
  if (status !== 200) throw new Error(body);
  return body ?? "";
}

/** A socket in the file system, which nobody else has, rather than a port, which pods of one network would share. */
async function listenForFaults(pod: Pod): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    void bodyOf(request).then((body = "") => {
      try {
        if (request.method === "PUT") pod.fault = parseFault(body);
        response.end(`${pod.name}: ${JSON.stringify(pod.fault)}\n`);
      } catch (error) {
        response.writeHead(400).end((error as Error).message);
      }
    });
  });
  // A container that was killed leaves it.
  await rm(CONTROL_SOCKET, { force: true });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(CONTROL_SOCKET, resolve));
  return server;
}

function isApp(name: string): name is AppName {
  return ["productpage", "reviews", "ratings", "details"].includes(name);
}
