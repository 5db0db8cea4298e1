import { Property } from "../../sdk";

const PLUGIN_NAME = new Property(["plugin_name"]);

/** The namespace of the WasmPlugin: Istio calls plugins `<namespace>.<name>`. Empty when the plugin has another name. */
export function pluginNamespace(): string {
  const name = PLUGIN_NAME.string();
  const dot = name === null ? -1 : name.indexOf(".");
  return name === null || dot < 0 ? "" : name.substring(0, dot);
}
