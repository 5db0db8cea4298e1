import { scenariosInEnvoy } from "./scenarios-in-envoy.ts";

scenariosInEnvoy((folder) => folder === "jwt-auth");
