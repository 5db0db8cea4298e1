/** Bookinfo's applications as their clients see them. */
import { afterEach, describe, expect, it } from "vitest";
import { type Fault, Pod, type PodOptions } from "./pod.ts";
import { parseFault } from "./pod-fault.ts";

let pods: Pod[] = [];

afterEach(async () => {
  await Promise.all(pods.map((pod) => pod.stop()));
  pods = [];
});

async function start(service: PodOptions["service"], version = "v1", more: Partial<PodOptions> = {}): Promise<Pod> {
  const pod = await Pod.start({ service, version, ...more });
  pods.push(pod);
  return pod;
}

const originOf = ({ port }: Pod) => `http://127.0.0.1:${port}`;

async function json(pod: Pod, path: string, headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
  return (await (await fetch(originOf(pod) + path, { headers })).json()) as Record<string, unknown>;
}

/** Statuses of so many requests, one after the other; `reset` for a connection that breaks off. */
async function statuses(pod: Pod, count: number): Promise<(number | "reset")[]> {
  const got: (number | "reset")[] = [];
  for (let index = 0; index < count; index += 1) {
    const answer = await fetch(`${originOf(pod)}/reviews/1`).catch(() => undefined);
    got.push(answer?.status ?? "reset");
  }
  return got;
}

describe("what they say", () => {
  it("has no stars in reviews v1, which asks nobody", async () => {
    const ratings = await start("ratings");
    const reviews = await start("reviews", "v1", { calls: { ratings: originOf(ratings) } });
    const said = await json(reviews, "/reviews/7");
    expect(said).toMatchObject({
      pod: "reviews-v1",
      id: 7,
      reviews: [{ reviewer: "Reviewer1" }, { reviewer: "Reviewer2" }],
    });
    expect(JSON.stringify(said)).not.toContain("stars");
    expect(ratings.requests).toEqual([]);
  });

  it.each([
    ["v2", "black"],
    ["v3", "red"],
  ])("has stars from ratings in reviews %s, in %s", async (version, color) => {
    const ratings = await start("ratings");
    const reviews = await start("reviews", version, { calls: { ratings: originOf(ratings) } });
    const rated = [{ rating: { stars: 5, color } }, { rating: { stars: 4, color } }];
    expect(await json(reviews, "/reviews/7")).toMatchObject({ reviews: rated });
    expect(ratings.requests.map(({ path }) => path)).toEqual(["/ratings/7"]);
  });

  it("says so when ratings has none to give", async () => {
    const ratings = await start("ratings");
    const reviews = await start("reviews", "v2", { calls: { ratings: originOf(ratings) } });
    const error = async () => JSON.stringify((await json(reviews, "/reviews/1"))["reviews"]);
    ratings.fault = { status: 503 };
    expect(await error()).toContain("ratings is not available: it answers 503");
    await ratings.stop();
    expect(await error()).toMatch(/ratings is not available: .*ECONNREFUSED/);
    reviews.calls = {};
    expect(await error()).toContain("ratings is not available: this pod knows no address of it");
  });

  it("is a page in productpage, of what details and reviews say", async () => {
    const [details, ratings] = await Promise.all([start("details"), start("ratings")]);
    const reviews = await start("reviews", "v3", { calls: { ratings: originOf(ratings) } });
    const calls = { details: originOf(details), reviews: originOf(reviews) };
    const product = await start("productpage", "v1", { calls });
    const response = await fetch(`${originOf(product)}/productpage`);
    expect(response.headers.get("content-type")).toContain("text/html");
    const text = await response.text();
    for (const part of [
      "William Shakespeare",
      "from details-v1",
      "from reviews-v3",
      '<span class="red">★★★★★</span>',
    ]) {
      expect(text).toContain(part);
    }
    reviews.fault = { reset: true };
    expect(await (await fetch(originOf(product))).text()).toContain("reviews is not available");
  });
});

describe("requests", () => {
  it("are told as they came, and remembered, whatever path and method", async () => {
    const pod = await start("details", "v1", { name: "details-v1-a", remembers: 2 });
    const id = "4d9a1d5e-0000-4000-8000-000000000001";
    const sent = { method: "DELETE", headers: { "x-request-id": id, "x-one": "1" }, body: "text" };
    const response = await fetch(`${originOf(pod)}/anything?a=b`, sent);
    expect([response.status, response.headers.get("x-pod")]).toEqual([200, "details-v1-a"]);
    const { request } = (await response.json()) as { request: unknown };
    expect(request).toMatchObject({ protocol: "http1", method: "DELETE", path: "/anything?a=b", body: "text" });
    expect(pod.request(id)).toEqual(request);
    for (const path of ["/a", "/b"]) await json(pod, path);
    expect(pod.requests.map(({ path }) => path)).toEqual(["/a", "/b"]);
    expect(pod.request(id)).toBe(undefined);
  });

  it("pass on their trace and their user, and nothing else", async () => {
    const ratings = await start("ratings");
    const reviews = await start("reviews", "v2", { calls: { ratings: originOf(ratings) } });
    const passed = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "a=b",
      "x-request-id": "4d9a1d5e-0000-4000-8000-000000000002",
      authorization: "Bearer x",
      "end-user": "jason",
    };
    await json(reviews, "/reviews/1", { ...passed, "x-own": "1", cookie: "a=b" });
    const got = new Map(ratings.requests[0]?.headers);
    for (const [name, value] of Object.entries(passed)) expect(got.get(name)).toBe(value);
    expect([got.has("x-own"), got.has("cookie")]).toEqual([false, false]);
  });
});

describe("faults", () => {
  it("befall every request until they are taken away", async () => {
    const pod = await start("reviews");
    pod.fault = { status: 503 };
    expect(await statuses(pod, 2)).toEqual([503, 503]);
    pod.fault = { reset: true };
    expect(await statuses(pod, 2)).toEqual(["reset", "reset"]);
    pod.fault = {};
    expect(await statuses(pod, 1)).toEqual([200]);
    expect(pod.requests).toHaveLength(5);
  });

  it("befall an exact share, and end after so many times", async () => {
    const pod = await start("reviews");
    pod.fault = { status: 500, share: 0.25 };
    expect(await statuses(pod, 8)).toEqual([200, 200, 200, 500, 200, 200, 200, 500]);
    pod.fault = { status: 500, share: 0.29 };
    expect((await statuses(pod, 100)).filter((status) => status === 500)).toHaveLength(29);
    pod.fault = { status: 500, times: 2 };
    expect(await statuses(pod, 4)).toEqual([500, 500, 200, 200]);
    pod.fault = { status: 500, times: 1, share: 0.5 };
    expect(await statuses(pod, 4)).toEqual([200, 500, 200, 200]);
  });

  it("delay an answer", async () => {
    const pod = await start("reviews");
    pod.fault = { delay: 150 };
    const before = performance.now();
    expect(await statuses(pod, 1)).toEqual([200]);
    // A timer may fire a little early.
    expect(performance.now() - before).toBeGreaterThan(140);
  });

  it("can come with a request, and then count for it alone", async () => {
    const pod = await start("reviews");
    const ask = (headers: Record<string, string>) => fetch(originOf(pod), { headers });
    expect((await ask({ "x-fault-status": "418" })).status).toBe(418);
    await expect(ask({ "x-fault-reset": "true" })).rejects.toThrow();
    const before = performance.now();
    expect((await ask({ "x-fault-delay": "150" })).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(140);
    expect((await ask({ "x-fault-status": "many" })).status).toBe(200);
    pod.fault = { status: 503 };
    expect((await ask({ "x-fault-status": "200" })).status).toBe(200);
  });

  it("spare health checks, which are not remembered", async () => {
    const pod = await start("reviews");
    pod.fault = { status: 503 };
    expect((await fetch(`${originOf(pod)}/health`)).status).toBe(200);
    expect(pod.requests).toEqual([]);
  });

  it("are read from JSON, or refused by name", () => {
    const fault: Fault = { status: 503, share: 0.5 };
    expect(parseFault(JSON.stringify(fault))).toEqual(fault);
    expect(() => parseFault('{"state":503}')).toThrow("state: a fault has delay, status, reset, share, times");
    expect(() => parseFault('{"status":99}')).toThrow("status: expected a status, 200 to 599; this is 99");
    expect(() => parseFault('{"toString":1}')).toThrow("toString: a fault has");
    for (const other of ["[]", "null", "status=503"]) {
      expect(() => parseFault(other)).toThrow(
        `a fault is an object such as {"status":503,"share":0.5}; this is: ${other}`,
      );
    }
  });
});
