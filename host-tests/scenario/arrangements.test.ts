import { describe, expect, it } from "vitest";
import { pluginsOf, testsOf } from "./arrangements.ts";
import type { Scenario } from "./format.ts";

const PIPELINE: Scenario = {
  name: "pipeline",
  pipeline: { headerRouter: { routes: [] }, jwtAuth: { jwtRules: [] }, authz: { policies: [] } },
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
      { module: "jwt-auth", rootId: "r", name: "default.r", configuration: '{"mode":"SHADOW"}', vmConfiguration: "" },
    ]);
  });

  it("arranges a pipeline, in the order of the chain", () => {
    expect(summary(PIPELINE)).toEqual(["waypoint waypoint default.waypoint"]);
    expect(summary(PIPELINE, "one VM")).toEqual([
      "waypoint jwt-auth default.jwt-auth",
      "waypoint authz default.authz",
      "waypoint header-router default.header-router",
    ]);
    expect(summary(PIPELINE, "modules")).toEqual([
      "jwt-auth  default.jwt-auth",
      "authz  default.authz",
      "header-router  default.header-router",
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
    ]);
    const plugins = [{ module: "a", name: "team.a" }, { module: "b" }];
    expect(summary({ name: "n", pluginName: "team.all", plugins })).toEqual(["a  team.a", "b  team.all"]);
  });
});
