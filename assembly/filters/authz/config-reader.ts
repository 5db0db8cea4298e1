import { RequestFacts } from "../../matching/request-facts";
import { ConfigObject } from "../../sdk";
import { AttributeReader } from "./attribute-reader";
import { AuthzConfig } from "./config";
import { AuthzMetrics } from "./metrics";
import { Action, Mode, Policy } from "./policy";
import { Rule } from "./rule";
import { readRule } from "./rule-reader";
import { TrustDomains } from "./trust-domains";

const MODES = ["ENFORCE", "SHADOW"];
const ACTIONS = ["ALLOW", "DENY", "AUDIT"];

const MAX_POLICIES = 1000;
/** Of one policy. */
const MAX_RULES = 10_000;

/** Lengths of what Kubernetes names. */
const MAX_NAME_LENGTH = 253;
const MAX_NAMESPACE_LENGTH = 63;

/** Fields of an AuthorizationPolicy that say where it applies: that is the WasmPlugin's. */
const PLACE_FIELDS = ["selector", "targetRef", "targetRefs"];

/** Reads the configuration of authz. `pluginNamespace`: of policies that do not name theirs. */
export function readConfig(
  root: ConfigObject,
  facts: RequestFacts,
  pluginNamespace: string,
  metrics: AuthzMetrics,
): AuthzConfig {
  const config = new AuthzConfig();
  const mode = <Mode>root.choice("mode", MODES, Mode.ENFORCE);
  config.publishesAllowed = root.bool("publishDecision", false);
  const domains = [readTrustDomain(root)].concat(readAliases(root));
  const attributes = new AttributeReader(config.kept, facts, new TrustDomains(domains));
  const policies = root.objects("policies", MAX_POLICIES);
  if (policies.length == 0) root.problem("policies", "at least one policy is needed");
  for (let i = 0; i < policies.length; i++)
    new PolicyReader(config, metrics, attributes, mode).read(unchecked(policies[i]), pluginNamespace);
  config.compile();
  return config;
}

function readTrustDomain(root: ConfigObject): string {
  const domain = root.string("trustDomain", "cluster.local");
  checkDomain(root, "trustDomain", domain);
  return domain;
}

function readAliases(root: ConfigObject): string[] {
  const aliases = root.strings("trustDomainAliases");
  for (let i = 0; i < aliases.length; i++)
    checkDomain(root, "trustDomainAliases[" + i.toString() + "]", unchecked(aliases[i]));
  return aliases;
}

function checkDomain(root: ConfigObject, field: string, domain: string): void {
  if (domain.length == 0 || domain.includes("/") || domain.includes("*"))
    root.problem(field, "must be a trust domain, such as cluster.local");
}

@final
class PolicyReader {
  constructor(
    private readonly config: AuthzConfig,
    private readonly metrics: AuthzMetrics,
    private readonly attributes: AttributeReader,
    /** Of the whole filter. */
    private readonly mode: Mode,
  ) {}

  read(object: ConfigObject, pluginNamespace: string): void {
    const name = object.requiredString("name");
    if (name.length > 0 && !isKubernetesName(name, MAX_NAME_LENGTH, true))
      object.problem("name", "must be a name as Kubernetes has them: a-z, 0-9, - and .");
    const namespace = this.readNamespace(object, pluginNamespace);
    const action = this.readAction(object);
    const own = <Mode>object.choice("mode", MODES, Mode.ENFORCE);
    const mode = this.mode == Mode.SHADOW ? Mode.SHADOW : own;
    this.checkUnique(object, namespace, name);
    this.checkPlace(object);
    const policy = new Policy(namespace, name, action, mode, this.metrics.ofPolicy(namespace, name, action, mode));
    this.config.policies.push(policy);
    this.attributes.namespace = namespace;
    const rules = object.objects("rules", MAX_RULES);
    if (rules.length == 0 && action == Action.DENY)
      object.problem("rules", "at least one is needed to DENY anything: {} matches every request");
    for (let i = 0; i < rules.length; i++) {
      const rule = new Rule(policy, i, this.config.kept);
      readRule(unchecked(rules[i]), rule, this.attributes);
      this.config.add(rule);
    }
  }

  private readNamespace(object: ConfigObject, pluginNamespace: string): string {
    const namespace = object.string("namespace", pluginNamespace);
    if (namespace.length == 0 && !object.has("namespace"))
      object.problem("namespace", "missing: the plugin's name does not begin with one, as in <namespace>.<name>");
    else if (!isKubernetesName(namespace, MAX_NAMESPACE_LENGTH, false))
      object.problem("namespace", "must be a namespace as Kubernetes has them: a-z, 0-9 and -");
    return namespace;
  }

  private readAction(object: ConfigObject): Action {
    if (object.string("action") == "CUSTOM") {
      object.problem("action", "CUSTOM is not supported: it needs an extension provider, which native policies have");
      return Action.ALLOW;
    }
    return <Action>object.choice("action", ACTIONS, Action.ALLOW);
  }

  private checkUnique(object: ConfigObject, namespace: string, name: string): void {
    const id = namespace + "/" + name;
    if (this.config.policyIds.has(id)) object.problem("name", "another policy has this name");
    this.config.policyIds.add(id);
  }

  private checkPlace(object: ConfigObject): void {
    for (let i = 0; i < PLACE_FIELDS.length; i++)
      object.refuse(
        unchecked(PLACE_FIELDS[i]),
        "must be absent: the targetRefs of the WasmPlugin say where policies apply",
      );
    object.refuse("provider", "must be absent: it belongs to CUSTOM, which is not supported");
  }
}

/** Whether `text` is an RFC 1123 label, or with `dots` a name of several. */
function isKubernetesName(text: string, maxLength: i32, dots: bool): bool {
  if (text.length == 0 || text.length > maxLength) return false;
  const labels = text.split(".");
  if (labels.length > 1 && !dots) return false;
  for (let i = 0; i < labels.length; i++) {
    const label = unchecked(labels[i]);
    if (label.length == 0 || label.startsWith("-") || label.endsWith("-") || !isLabelText(label)) return false;
  }
  return true;
}

function isLabelText(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (!(unit >= 0x61 && unit <= 0x7a) && !(unit >= 0x30 && unit <= 0x39) && unit != 0x2d) return false;
  }
  return true;
}
