/** VMs, threads, configurations: what lives when. */
import { beforeAll, describe, expect, it } from "vitest";
import { ConfigurationRefused, EnvoyHost, loadModule, type FilterModule } from "./index.ts";

let probe: FilterModule;

beforeAll(async () => {
  probe = await loadModule("build/test/host-probe.wasm");
});

const messages = (host: EnvoyHost): string[] => host.logs.splice(0).map(({ message }) => message);

describe("threads", () => {
  it("configures a plugin in a canary, on the main thread and on each worker", () => {
    const host = new EnvoyHost({ workers: 3 });
    host.addFilter({ name: "p", module: probe, configuration: "on_configure" });
    expect(messages(host)).toHaveLength(5);
  });

  it("ticks on the main thread and on each worker, not in the canary", () => {
    const host = new EnvoyHost({ workers: 2 });
    host.addFilter({ name: "p", module: probe, configuration: "on_configure\n tick 1000\non_tick" });
    messages(host);
    host.advance(999);
    expect(messages(host)).toEqual([]);
    host.advance(1);
    expect(messages(host)).toEqual(["on_tick", "on_tick", "on_tick"]);
    host.advance(2000);
    expect(messages(host)).toHaveLength(6);
  });

  it("gives each worker its own VM, and all of them one map of shared data", () => {
    const host = new EnvoyHost({ workers: 2 });
    host.addFilter({ name: "p", module: probe, configuration: "on_request_headers\n sharedget k\n sharedset k v 0" });
    host.request({ worker: 0 });
    host.request({ worker: 1 });
    expect(messages(host)).toEqual([
      "on_request_headers 1",
      "sharedget k => 1",
      "sharedset k v 0 => 0",
      "on_request_headers 1",
      "sharedget k => 0 v",
      "sharedset k v 0 => 0",
    ]);
    expect(host.sharedData.entries().get("k")?.toString()).toBe("v");
  });

  it("throws the canary away with the calls that it made", () => {
    const calls: (number | undefined)[] = [];
    const host = new EnvoyHost({ workers: 1, clusters: { s: (call) => (calls.push(call.worker), {}) } });
    host.addFilter({
      name: "p",
      module: probe,
      configuration: "on_configure\n http s 100 - :method=GET :path=/ :authority=a",
    });
    expect(calls).toEqual([undefined, 0]);
  });
});

describe("VMs", () => {
  it("are shared by plugins with one module and vm_id", () => {
    const host = new EnvoyHost();
    const [a, b, c] = ["", "", "other"].map((vmId, index) =>
      host.addFilter({ name: `p${index}`, module: probe, vmId, configuration: `on_request_headers\n say 2 ${index}` }),
    );
    expect(a?.contextCount()).toBe(3);
    expect(b?.contextCount()).toBe(3);
    expect(c?.contextCount()).toBe(2);
  });

  it("share a root context too when the configurations are equal", () => {
    const host = new EnvoyHost();
    const options = { name: "p", module: probe, configuration: "on_request_headers" };
    host.addFilter(options);
    expect(host.addFilter(options).contextCount()).toBe(2);
    host.request();
    expect(messages(host)).toEqual(["on_request_headers 1", "on_request_headers 1"]);
  });

  it("forget their shared data when the last plugin of the vm_id is gone", () => {
    const host = new EnvoyHost();
    const filter = host.addFilter({
      name: "p",
      module: probe,
      vmId: "v",
      configuration: "on_configure\n sharedset k v 0",
    });
    expect(host.sharedData.entries("v").size).toBe(1);
    filter.remove();
    expect(host.sharedData.entries("v").size).toBe(0);
  });

  it("keep no context of a stream that is over", () => {
    const host = new EnvoyHost();
    const filter = host.addFilter({ name: "p", module: probe, configuration: "" });
    for (let i = 0; i < 100; i++) host.request();
    expect(filter.contextCount()).toBe(2);
    const paused = host.addFilter({ name: "q", module: probe, configuration: "on_request_headers\n return 4" });
    const exchange = host.request();
    expect(paused.contextCount()).toBe(5);
    exchange.reset();
    expect(paused.contextCount()).toBe(3);
  });
});

describe("a new configuration", () => {
  const configuration = (text: string): string =>
    `on_request_headers\n say 2 ${text}\n http s 0 - :method=GET :path=/ :authority=a\n return 4\n` +
    `on_http_call_response\n say 2 ${text}-answer\n effective $stream\n continue 0\non_root_done\non_root_delete`;

  it("serves new streams; those that began before finish on the old one, which then ends", () => {
    const host = new EnvoyHost({ clusters: { s: { delayMs: 100 } } });
    const filter = host.addFilter({ name: "p", module: probe, configuration: configuration("old") });
    const old = host.request();
    messages(host);
    filter.reconfigure(configuration("new"));
    const fresh = host.request();
    const said = messages(host).filter((line) => line.startsWith("say") || line.startsWith("on_root"));
    // On the main thread nothing holds the old configuration.
    expect(said).toEqual(["on_root_done", "on_root_delete", "say 2 new => 0"]);
    host.advance(100);
    expect(messages(host).filter((line) => line.startsWith("say") || line.startsWith("on_root"))).toEqual([
      "say 2 old-answer => 0",
      "say 2 new-answer => 0",
      "on_root_done",
      "on_root_delete",
    ]);
    expect([old.response?.status, fresh.response?.status]).toEqual([200, 200]);
  });

  it("that is refused leaves the old one in place", () => {
    const host = new EnvoyHost();
    const filter = host.addFilter({ name: "p", module: probe, configuration: "on_request_headers\n say 2 old" });
    messages(host);
    expect(() => filter.reconfigure("on_configure\n say 4 no-good\n return 0")).toThrow(ConfigurationRefused);
    messages(host);
    host.request();
    expect(messages(host)).toContain("say 2 old => 0");
  });

  it("of a removed filter does not matter to running streams", () => {
    const host = new EnvoyHost({ clusters: { s: { delayMs: 100 } } });
    const filter = host.addFilter({ name: "p", module: probe, configuration: configuration("old") });
    const exchange = host.request();
    filter.remove();
    expect(host.request().response?.status).toBe(200);
    host.advance(100);
    expect(exchange.response?.status).toBe(200);
  });

  it("waits with the end of a root context until proxy_done", () => {
    const host = new EnvoyHost();
    const filter = host.addFilter({
      name: "p",
      module: probe,
      configuration: "on_configure\n tick 50\non_tick\n done\non_root_done\n return 0\non_root_delete",
    });
    messages(host);
    filter.remove();
    expect(messages(host)).toEqual(["on_root_done", "on_root_done"]);
    host.advance(50);
    expect(messages(host)).toEqual([
      "on_tick",
      "done => 0",
      "on_root_delete",
      "on_tick",
      "done => 0",
      "on_root_delete",
    ]);
    host.advance(500);
    expect(messages(host)).toEqual([]);
  });
});

describe("FAIL_RELOAD", () => {
  it("builds a new VM for a later stream, but not within the backoff", () => {
    const host = new EnvoyHost();
    const filter = host.addFilter({
      name: "p",
      module: probe,
      failurePolicy: "FAIL_RELOAD",
      configuration: "on_request_body\n trap",
    });
    host.advance(2000);
    expect(host.request({ method: "POST", body: "x" }).response?.status).toBe(503);
    expect(filter.failed()).toBe(true);
    expect(host.request().response?.status).toBe(200);
    expect(filter.failed()).toBe(false);
    expect(host.request({ method: "POST", body: "x" }).response?.status).toBe(503);
    expect(host.request().response?.status).toBe(503);
    host.advance(1500);
    expect(host.request().response?.status).toBe(200);
  });

  it("is not the default: a VM that trapped stays dead", () => {
    const host = new EnvoyHost();
    host.addFilter({ name: "p", module: probe, configuration: "on_request_body\n trap" });
    host.request({ method: "POST", body: "x" });
    host.advance(3_600_000);
    const { response, details } = host.request();
    expect([response?.status, details]).toEqual([503, "wasm_fail_stream"]);
  });

  it("leaves the other workers alone", () => {
    const host = new EnvoyHost({ workers: 2 });
    host.addFilter({ name: "p", module: probe, configuration: "on_request_body\n trap" });
    host.request({ method: "POST", body: "x", worker: 0 });
    expect([host.request({ worker: 0 }).response?.status, host.request({ worker: 1 }).response?.status]).toEqual([
      503, 200,
    ]);
  });
});
