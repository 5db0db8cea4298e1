import path from "node:path";
import { configDefaults, defineConfig } from "vitest/config";

/** Two workers: what a small CI machine has, and as many Envoys at once as it carries. */
const maxWorkers = 2;

export default defineConfig({
  // The package exports what `npm pack` builds; here it is the source.
  resolve: { alias: { "waypost/host": path.resolve("host-tests/host/index.ts") } },
  test: {
    // A missing module is a failure, never a skip.
    globalSetup: "cli/test/modules.mjs",
    maxWorkers,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["host-tests/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: [...configDefaults.exclude, "**/*.e2e.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          globalSetup: "envoy/e2e/setup.ts",
          include: ["envoy/**/*.test.ts", "examples/**/*.e2e.test.ts"],
          exclude: [...configDefaults.exclude, "**/*.docker.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: "docker", include: ["envoy/**/*.docker.test.ts"], testTimeout: 60_000 },
      },
    ],
  },
});
