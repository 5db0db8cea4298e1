/** The dashboard as it stands in its file. */
import { format, resolveConfig } from "prettier";
import { dashboard } from "./dashboard.ts";

/** @param file  where it goes: its folder says how it is formatted */
export async function dashboardText(file: string): Promise<string> {
  return format(JSON.stringify(dashboard()), { ...(await resolveConfig(file)), filepath: file });
}
