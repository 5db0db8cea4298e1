import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { ConfigurationRefused, EnvoyHost, loadModule } from "waypost/host";
import { parse } from "yaml";

const module = await loadModule("build/my-filter.wasm");

/** A proxy with the filter. Throws ConfigurationRefused when the filter refuses the configuration. */
function start(configuration: object): EnvoyHost {
  const host = new EnvoyHost();
  host.addFilter({ name: "default.my-filter", module, configuration: JSON.stringify(configuration) });
  return host;
}

describe("open", () => {
  it("lets requests pass, and says so in a header of the response", () => {
    const exchange = start({}).request({ method: "POST", path: "/reviews/1", body: "good" });
    expect(exchange.upstreamRequest).toMatchObject({ method: "POST", path: "/reviews/1", body: "good" });
    expect(exchange.response?.status).toBe(200);
    expect(exchange.response?.headers.get("x-my-filter")).toBe("open");
  });
});

describe("closed", () => {
  it("answers in the service's place", () => {
    const exchange = start({ mode: "CLOSED", message: "back at noon", retryAfterSeconds: 600 }).request();
    expect(exchange.upstreamRequest).toBeUndefined();
    expect(exchange.response).toMatchObject({ status: 503, body: "back at noon", details: "closed_for_maintenance" });
    expect(exchange.response?.headers.get("retry-after")).toBe("600");
    expect(exchange.response?.headers.get("x-my-filter")).toBe("closed");
  });

  it("answers gRPC requests in their own terms", () => {
    const headers = { "content-type": "application/grpc" };
    const exchange = start({ mode: "CLOSED" }).request({ method: "POST", protocol: "http2", headers });
    expect(exchange.response?.status).toBe(200);
    expect(exchange.response?.headers.get("grpc-status")).toBe("14"); // UNAVAILABLE
  });
});

describe("configurations: the module and schema.json agree", () => {
  const isValid = new Ajv2020().compile(JSON.parse(readFileSync("schema.json", "utf8")) as object);

  const accepted: object[] = [
    {},
    { mode: "OPEN" },
    { mode: "CLOSED", message: "", retryAfterSeconds: 1 },
    { retryAfterSeconds: 86_400 },
    parse(readFileSync("waypost.yaml", "utf8")) as object,
    pluginConfig("deploy/wasm-plugin.yaml"),
  ];
  it.each(accepted)("accepted: %j", (configuration) => {
    expect(isValid(configuration)).toBe(true);
    expect(() => start(configuration)).not.toThrow();
  });

  it.each([
    [{ mode: "closed" }, "mode: must be one of OPEN, CLOSED"],
    [{ message: 7 }, "message: must be a string"],
    [{ retryAfterSeconds: 0 }, "retryAfterSeconds: must be a whole number from 1 to 86400"],
    [{ retryAfterSeconds: 1.5 }, "retryAfterSeconds: must be a whole number from 1 to 86400"],
    [{ mesage: "x" }, "mesage: unknown field, did you mean message?"],
  ])("refused: %j", (configuration, problem) => {
    expect(isValid(configuration)).toBe(false);
    expect(() => start(configuration)).toThrow(ConfigurationRefused);
    expect(() => start(configuration)).toThrow(problem);
  });
});

function pluginConfig(file: string): object {
  const { spec } = parse(readFileSync(file, "utf8")) as { spec: { pluginConfig: object } };
  return spec.pluginConfig;
}
