/** Two minutes in the life of a service: a canary grows, fails and is cut back, and somebody tries doors. */
import { setTimeout as sleep } from "node:timers/promises";
import type { DemoMesh, HttpRequest } from "../demo-mesh.ts";

/** Seconds. */
export const DURATION = 120;
const CANARY = { starts: 25, grows: 45, fails: 65, isCutBack: 90 };
const INTRUDER = { from: 75, until: 100 };

/** Requests of each kind leave so often, in milliseconds. */
const TICK = 100;

/** What is sent in one tick. */
type Send = (mesh: DemoMesh) => Promise<unknown>;

/** Sends the traffic. The rates do not depend on how fast the answers come. */
export async function sendTraffic(mesh: DemoMesh): Promise<void> {
  const started = performance.now();
  const answers: Promise<unknown>[] = [];
  for (let tick = 1; ; tick += 1) {
    const elapsed = (performance.now() - started) / 1_000;
    if (elapsed >= DURATION) break;
    answers.push(...requestsAt(elapsed).map((send) => send(mesh)));
    await sleep(Math.max(0, started + tick * TICK - performance.now()));
  }
  await Promise.all(answers);
}

function requestsAt(second: number): Send[] {
  const wave = 1 + 0.25 * Math.sin(second / 9);
  const isIntruded = second > INTRUDER.from && second < INTRUDER.until;
  return [
    ...gets(4 * wave, () => ({ path: "/reviews", delay: between(4, 20) })),
    ...gets(2.5 * wave, () => ({ path: `/reviews/${between(1, 99)}`, token: "valid", delay: between(8, 45) })),
    ...gets(0.1, () => ({ path: "/reviews/404", status: 404 })),
    ...gets(0.3, () => ({ path: "/reviews/7", token: "expired" })),
    ...gets(isIntruded ? 1.2 : 0.05, () => ({ path: "/admin" })),
    ...gets(canaryRate(second), () => canaryRequest(second)),
    ...calls(1.5),
    ...calls(isFailing(second) ? 0.4 : 0.02, { fails: true }),
  ];
}

/** Requests of the canary in a tick. */
function canaryRate(second: number): number {
  if (second < CANARY.starts) return 0;
  return second > CANARY.grows && second < CANARY.isCutBack ? 1.5 : 0.4;
}

function canaryRequest(second: number): HttpRequest {
  const request = { path: "/reviews/9", lane: "v2" } as const;
  if (!isFailing(second)) return { ...request, delay: between(10, 60) };
  const fails = Math.random() < Math.min(0.3, (second - CANARY.fails) / 40);
  return { ...request, delay: between(60, 420), ...(fails && { status: 503 }) };
}

function isFailing(second: number): boolean {
  return second > CANARY.fails && second < CANARY.isCutBack;
}

function gets(count: number, request: () => HttpRequest): Send[] {
  return times(count, () => {
    const made = request();
    return (mesh) => mesh.get(made);
  });
}

function calls(count: number, options = {}): Send[] {
  return times(count, () => (mesh) => mesh.call(options));
}

/** So many of them on average: 2.5 are two, and every other time three. */
function times(count: number, make: () => Send): Send[] {
  const whole = Math.floor(count) + (Math.random() < count % 1 ? 1 : 0);
  return Array.from({ length: whole }, make);
}

function between(low: number, high: number): number {
  return Math.round(low + Math.random() * (high - low));
}
