import { describe, expect, it } from "vitest";
import { pluginsOf, testsOf } from "./arrangements.ts";
import type { Scenario } from "./format.ts";

const PIPELINE: Scenario = {
  name: "pipeline",
  pipeline: {
    l7Metrics: { maxSeries: 10 },
    headerRouter: { routes: [] },
    jwtAuth: { jwtRules: [] },
    authz: { policies: [] },
  },
};

describe("testsOf", () => {
  it("runs a pipeline in each arrangement, all else once", () => {
    expect(testsOf(PIPELINE).map(({ title }) => title)).toEqual([
      "pipeline (one context)",
      "pipeline (one VM)",
      "pipeline (modules)",
    ]);
    expect(testsOf({ name: "plugin", module: "m" }).map(({ title }) => title)).toEqual(["plugin"]);
  });

  it("wants a wrong configuration of a pipeline refused as a whole only", () => {
    expect(testsOf({ ...PIPELINE, refused: ["wrong"] })).toEqual([{ title: "pipeline", arrangement: "one context" }]);
  });
});

describe("pluginsOf", () => {
  const summary = (scenario: Scenario, arrangement: Parameters<typeof pluginsOf>[1] = "one context") =>
    pluginsOf(scenario, arrangement).map(({ module, rootId, name }) => `${module} ${rootId} ${name}`);

  it("gives the one plugin of the short form", () => {
    expect(
      pluginsOf({ name: "n", module: "jwt-auth", rootId: "r", config: { mode: "SHADOW" } }, "one context"),
    ).toEqual([
      {
        module: "jwt-auth",
        rootId: "r",
        name: "default.r",
        configuration: '{"mode":"SHADOW"}',
        vmConfiguration: "",
        phase: "AUTHN",
      },
    ]);
  });

  it("puts l7-metrics behind all others, and those behind RequestAuthentication where there is one", () => {
    const phases = (scenario: Scenario) =>
      pluginsOf(scenario, "one context").map(({ module, phase }) => `${module} ${phase}`);
    const plugins: Scenario["plugins"] = [
      { module: "l7-metrics" },
      { module: "waypoint", rootId: "l7-metrics" },
      { module: "authz" },
    ];
    expect(phases({ name: "n", plugins })).toEqual(["authz AUTHN", "l7-metrics STATS", "waypoint STATS"]);
    expect(phases({ name: "n", plugins, nativeAuthentication: {} })[0]).toBe("authz AUTHZ");
    expect(phases({ name: "n", plugins: [{ module: "l7-metrics", phase: "AUTHN" }] })).toEqual(["l7-metrics AUTHN"]);
  });

  it("arranges a pipeline, in the order of the chain", () => {
    expect(summary(PIPELINE)).toEqual(["waypoint waypoint default.waypoint"]);
    expect(summary(PIPELINE, "one VM")).toEqual([
      "waypoint jwt-auth default.jwt-auth",
      "waypoint authz default.authz",
      "waypoint header-router default.header-router",
      "waypoint l7-metrics default.l7-metrics",
    ]);
    expect(summary(PIPELINE, "modules")).toEqual([
      "jwt-auth  default.jwt-auth",
      "authz  default.authz",
      "header-router  default.header-router",
      "l7-metrics  default.l7-metrics",
    ]);
  });

  it("lets jwt-auth publish for those that are not in its context", () => {
    const configurations = (arrangement: Parameters<typeof pluginsOf>[1]) =>
      pluginsOf(PIPELINE, arrangement).map(({ configuration }) => JSON.parse(configuration) as object);
    expect(configurations("one context")).toEqual([PIPELINE.pipeline]);
    for (const arrangement of ["one VM", "modules"] as const) {
      expect(configurations(arrangement)).toEqual([
        { jwtRules: [], publishPayload: true },
        { policies: [] },
        { routes: [] },
        { maxSeries: 10 },
      ]);
    }
  });

  it("leaves out what has no section", () => {
    expect(summary({ name: "n", pipeline: { authz: {} } }, "modules")).toEqual(["authz  default.authz"]);
  });

  it("takes names as they are given", () => {
    expect(summary({ ...PIPELINE, pluginName: "team.policies" }, "one VM")).toEqual([
      "waypoint jwt-auth team.policies",
      "waypoint authz team.policies",
      "waypoint header-router team.policies",
      "waypoint l7-metrics team.policies",
    ]);
    const plugins = [{ module: "a", name: "team.a" }, { module: "b" }];
    expect(summary({ name: "n", pluginName: "team.all", plugins })).toEqual(["a  team.a", "b  team.all"]);
  });
});
