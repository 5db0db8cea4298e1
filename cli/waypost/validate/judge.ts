/** What a module says of a configuration, asked in the Node host, which loads modules as Envoy does. */
import { ConfigurationRefused, EnvoyHost, type FilterModule } from "../../../host-tests/host/index.ts";

export interface PluginSettings {
  /** `<namespace>.<name>`, as Istio calls plugins. */
  name: string;
  /** `pluginName`. */
  rootId: string;
  /** The configuration's JSON text; empty: none. */
  configuration: string;
  /** `vmConfig.env` with inline values. */
  environment?: Readonly<Record<string, string>>;
}

/** Why a configuration would be refused. Both empty: it loads. */
export interface Refusal {
  /** What the configuration's reader says, each as `path: problem`, 20 at most and then how many more. */
  problems: string[];
  /** Other errors: of a module that does not load, or breaks off while it reads. */
  failures: string[];
}

/** In front of each problem that `Configuration` of the SDK logs. */
const PREFIX = "configuration: ";

/** Loads a module with a configuration. */
export function judge(module: FilterModule, { name, rootId, configuration, environment }: PluginSettings): Refusal {
  const host = new EnvoyHost({ workers: 0, now: Date.now() });
  try {
    host.addFilter({ name, module, rootId, configuration, ...(environment && { environment }) }).remove();
    return { problems: [], failures: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationRefused)) return { problems: [], failures: [(error as Error).message] };
    return refusal(error);
  }
}

function refusal({ logs }: ConfigurationRefused): Refusal {
  const errors = logs.filter(({ level }) => level === "error");
  const [own, hosts] = [true, false].map((isGuest) =>
    errors.filter(({ plugin }) => (plugin !== undefined) === isGuest).map(({ message }) => message),
  ) as [string[], string[]];
  const problems = own.filter((message) => message.startsWith(PREFIX)).map((message) => message.slice(PREFIX.length));
  const failures = own.filter((message) => !message.startsWith(PREFIX));
  // The host's lines say no more than that there is an error, unless the module itself says nothing.
  return { problems, failures: own.length > 0 ? failures : hosts };
}
