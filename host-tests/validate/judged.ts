/** What `waypost validate` says of texts, without a process around it. */
import pc from "picocolors";
import { Modules } from "../../cli/waypost/validate/modules.ts";
import { formatted, summaryOf } from "../../cli/waypost/validate/output.ts";
import { validate, type FileReport, type Input } from "../../cli/waypost/validate/validate.ts";
import type { FilterName } from "../../cli/waypost/validate/filters.ts";

const ours = await Modules.open([]);

export interface Given extends Partial<Pick<Input, "file" | "isFound">> {
  filter?: FilterName;
  modules?: Modules;
}

/** What is said of a text, as of the file `plugin.yaml`. */
export function judged(text: string, { file = "plugin.yaml", isFound = false, filter, modules = ours }: Given = {}) {
  return validate({ file, text, isFound }, modules, filter);
}

/** The same as lines that people read, without the one that sums up. */
export async function lines(text: string, given?: Given): Promise<string[]> {
  const report = await judged(text, given);
  return linesOf(report);
}

export function linesOf({ problems, counts }: FileReport): string[] {
  const report = { problems, unreadable: [], summary: summaryOf(problems, counts) };
  return formatted(report, "text", pc.createColors(false)).split("\n").slice(0, -2);
}

/** The manifest of a plugin of ours that nothing is wrong with, but for `spec`: lines of it that are other, or more. */
export function manifest(spec: Record<string, string>, metadata = "{ name: main, namespace: shop }"): string {
  const fields = {
    targetRefs: "[{ group: gateway.networking.k8s.io, kind: Gateway, name: waypoint }]",
    phase: "AUTHZ",
    url: "oci://registry.example.com/waypost/authz:0.1.0",
    pluginConfig: "{ policies: [{ name: all, action: ALLOW, rules: [{}] }] }",
    ...spec,
  };
  const given = Object.entries(fields).filter(([, value]) => value !== "");
  const head = ["apiVersion: extensions.istio.io/v1alpha1", "kind: WasmPlugin", `metadata: ${metadata}`, "spec:"];
  return [...head, ...given.map(([name, value]) => `  ${name}: ${value}`), ""].join("\n");
}
