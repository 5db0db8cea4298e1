import { ClaimPath } from "../../jose/claim-lookup";
import { IpBlock } from "../../matching/ip-block";
import { KeptBytes } from "../../matching/kept-bytes";
import { PathTemplate } from "../../matching/path-template";
import { readPathPattern, readPattern } from "../../matching/policy-pattern";
import { RequestFacts } from "../../matching/request-facts";
import { StringMatch, TextMatch, TextMatchKind } from "../../matching/string-match";
import { Bytes, ConfigObject } from "../../sdk";
import { parseUnsigned } from "../../text/decimal";
import { CheckGroup, Indexed } from "./check-group";
import { AddressCheck, HeaderCheck, PathCheck, PortCheck, PrincipalCheck } from "./checks";
import { ClaimCheck, RequestPrincipal, RequestPrincipalCheck } from "./claim-checks";
import {
  AnyText,
  AnyValue,
  NamespaceMatch,
  PrincipalSuffix,
  ServiceAccountMatch,
  TrustDomainMatch,
} from "./identity-match";
import { MatchList } from "./match-list";
import { MetadataCheck } from "./metadata-check";
import { TrustDomains } from "./trust-domains";

const SCHEME = "spiffe://";
const MAX_PORT = 65_535;

/** As istiod's validation has it. */
const MAX_SERVICE_ACCOUNTS = 16;
const MAX_SERVICE_ACCOUNT_LENGTH = 320;

/**
 * Reads what an attribute of requests is compared with, wherever it stands: `principals`, `notPrincipals`, and `values` and
 * `notValues` of `source.principal` are one. Each method adds a check to a group, unless the field is absent or empty, and
 * compares as Envoy's RBAC does with what istiod makes of the values (`pilot/pkg/security/authz/model/generator.go`).
 */
@final
export class AttributeReader {
  /** Of the policy that is being read. */
  namespace: string = "";

  constructor(
    private readonly kept: KeptBytes,
    private readonly facts: RequestFacts,
    private readonly trustDomains: TrustDomains,
  ) {}

  hosts(object: ConfigObject, field: string, isNegated: bool, group: CheckGroup): void {
    const hosts = this.patterns(object, field, true);
    this.addPatterns(this.facts.authoritySlot, hosts, isNegated, group);
    if (!isNegated && isExact(hosts)) group.demand(Indexed.Host, hosts);
  }

  methods(object: ConfigObject, field: string, isNegated: bool, group: CheckGroup): void {
    const methods = this.patterns(object, field, false);
    this.addPatterns(this.facts.methodSlot, methods, isNegated, group);
    if (!isNegated && isExact(methods)) group.demand(Indexed.Method, methods);
  }

  paths(object: ConfigObject, field: string, isNegated: bool, group: CheckGroup): void {
    const texts = new TextList(object, field);
    const matches = new MatchList();
    const templates: PathTemplate[] = [];
    const indexed: TextMatch[] = [];
    while (texts.next()) {
      const path = readPathPattern(object, texts.field, texts.text, this.kept);
      if (path === null) continue;
      const text = path.text;
      const template = path.template;
      if (template !== null) templates.push(template);
      if (text === null) continue;
      if (text.kind == TextMatchKind.Exact) matches.exact.push(text);
      else matches.other.push(text);
      if (text.kind == TextMatchKind.Exact || text.kind == TextMatchKind.Prefix) indexed.push(text);
    }
    const count = matches.size + templates.length;
    if (count == 0) return;
    group.checks.push(new PathCheck(isNegated, matches.finish(), templates));
    if (!isNegated && indexed.length == count) group.demand(Indexed.Path, indexed);
  }

  ports(object: ConfigObject, field: string, isNegated: bool, group: CheckGroup): void {
    const texts = new TextList(object, field);
    const ports: i32[] = [];
    while (texts.next()) {
      const port = parseUnsigned(Bytes.of(texts.text), MAX_PORT);
      if (port < 0) object.problem(texts.field, "must be a port, 0 to 65535, as a string");
      else ports.push(<i32>port);
    }
    if (ports.length > 0) group.checks.push(new PortCheck(isNegated, ports));
  }

  remoteIpBlocks(object: ConfigObject, field: string, isNegated: bool, group: CheckGroup): void {
    const blocks = ipBlocks(object, field);
    if (blocks.length > 0) group.checks.push(new AddressCheck(isNegated, false, blocks));
  }

  destinationIpBlocks(object: ConfigObject, field: string, isNegated: bool, group: CheckGroup): void {
    const blocks = ipBlocks(object, field);
    if (blocks.length > 0) group.checks.push(new AddressCheck(isNegated, true, blocks));
  }

  principals(object: ConfigObject, field: string, isNegated: bool, group: CheckGroup): void {
    const texts = new TextList(object, field);
    const matches = new MatchList();
    while (texts.next()) {
      if (!texts.checkWildcard()) continue;
      const principals = this.trustDomains.ofPrincipal(texts.text);
      for (let i = 0; i < principals.length; i++) this.addPrincipalPattern(unchecked(principals[i]), matches);
    }
    this.addPrincipal(matches, isNegated, group);
    if (!isNegated && matches.size > 0 && matches.other.length == 0) group.demand(Indexed.Principal, matches.exact);
  }

  namespaces(object: ConfigObject, field: string, isNegated: bool, group: CheckGroup): void {
    const texts = new TextList(object, field);
    const matches = new MatchList();
    while (texts.next()) {
      const parts = ("/ns/" + texts.text + "/").split("*");
      const kept: Bytes[] = [];
      for (let i = 0; i < parts.length; i++) {
        if (unchecked(parts[i]).length > 0) kept.push(this.kept.keep(unchecked(parts[i])));
      }
      matches.other.push(new NamespaceMatch(kept));
    }
    this.addPrincipal(matches, isNegated, group);
  }

  serviceAccounts(object: ConfigObject, field: string, isNegated: bool, group: CheckGroup): void {
    const texts = new TextList(object, field);
    const matches = new MatchList();
    while (texts.next()) {
      const parts = texts.text.split("/");
      const isValid =
        parts.length <= 2 &&
        !parts.includes("") &&
        !texts.text.includes("*") &&
        texts.text.length <= MAX_SERVICE_ACCOUNT_LENGTH;
      if (!isValid) {
        object.problem(texts.field, 'must be "<service account>" or "<namespace>/<service account>", without *');
        continue;
      }
      const slash = texts.text.indexOf("/");
      const namespace = slash < 0 ? this.namespace : texts.text.substring(0, slash);
      const name = texts.text.substring(slash + 1);
      matches.other.push(new ServiceAccountMatch(this.kept.keep("/ns/" + namespace + "/"), this.kept.keep(name)));
    }
    if (texts.count > MAX_SERVICE_ACCOUNTS)
      object.problem(field, "must not have more than " + MAX_SERVICE_ACCOUNTS.toString() + " entries");
    this.addPrincipal(matches, isNegated, group);
  }

  trustDomainNames(object: ConfigObject, field: string, isNegated: bool, group: CheckGroup): void {
    const texts = new TextList(object, field);
    const matches = new MatchList();
    while (texts.next()) {
      if (texts.text.includes("/")) object.problem(texts.field, "must be a trust domain, without /");
      if (!texts.checkWildcard()) continue;
      const domains = this.trustDomains.ofTrustDomain(texts.text);
      for (let i = 0; i < domains.length; i++) matches.other.push(this.trustDomain(unchecked(domains[i])));
    }
    this.addPrincipal(matches, isNegated, group);
  }

  requestPrincipals(object: ConfigObject, field: string, isNegated: bool, group: CheckGroup): void {
    const texts = new TextList(object, field);
    const principals: RequestPrincipal[] = [];
    while (texts.next()) {
      if (texts.checkWildcard()) principals.push(this.requestPrincipal(texts.text));
    }
    if (principals.length > 0) group.checks.push(new RequestPrincipalCheck(isNegated, principals));
  }

  /** `claim`: `[a][b]` */
  claim(object: ConfigObject, field: string, isNegated: bool, claim: string, group: CheckGroup): void {
    const texts = new TextList(object, field);
    const matches = new MatchList();
    while (texts.next()) this.addText(texts.text, matches);
    const path: ClaimPath | null = matches.size == 0 ? null : ClaimPath.parse(Bytes.of(claim));
    if (path !== null) group.checks.push(new ClaimCheck(isNegated, path, matches.finish()));
  }

  /** `name`: in lower case. */
  header(object: ConfigObject, field: string, isNegated: bool, name: string, group: CheckGroup): void {
    const texts = new TextList(object, field);
    const matches = new MatchList();
    while (texts.next()) {
      if (texts.text == "*") matches.other.push(new AnyValue());
      else this.addText(texts.text, matches);
    }
    if (matches.size > 0) this.addHeader(this.facts.headers.add(name), matches.finish(), isNegated, group);
  }

  /** `filter`: the namespace, such as `envoy.filters.http.header_to_metadata`. */
  metadata(object: ConfigObject, field: string, isNegated: bool, filter: string, key: string, group: CheckGroup): void {
    const texts = new TextList(object, field);
    const values = new MatchList();
    const members = new MatchList();
    while (texts.next()) {
      const text = texts.text;
      if (text.startsWith("[") && text.endsWith("]")) {
        const member = withoutBrackets(text);
        if (member.length == 0) object.problem(texts.field, "must name a member between [ and ]");
        else this.addText(member, members);
      } else {
        this.addText(text, values);
      }
    }
    if (values.size + members.size == 0) return;
    group.checks.push(
      new MetadataCheck(isNegated, this.kept.keep(filter), this.kept.keep(key), values.finish(), members.finish()),
    );
  }

  /** Values of `hosts` and `methods`. */
  private patterns(object: ConfigObject, field: string, ignoresCase: bool): TextMatch[] {
    const texts = new TextList(object, field);
    const matches: TextMatch[] = [];
    while (texts.next()) {
      const match = readPattern(object, texts.field, texts.text, this.kept, ignoresCase);
      if (match !== null) matches.push(match);
    }
    return matches;
  }

  private addPatterns(slot: i32, patterns: TextMatch[], isNegated: bool, group: CheckGroup): void {
    const matches: StringMatch[] = [];
    for (let i = 0; i < patterns.length; i++) {
      const pattern = unchecked(patterns[i]);
      // There is a host, or a method, even if it is empty.
      matches.push(pattern.kind == TextMatchKind.Present ? new AnyValue() : pattern);
    }
    if (matches.length > 0) this.addHeader(slot, matches, isNegated, group);
  }

  private addHeader(slot: i32, matches: StringMatch[], isNegated: bool, group: CheckGroup): void {
    group.checks.push(new HeaderCheck(isNegated, slot, matches));
  }

  private addPrincipal(matches: MatchList, isNegated: bool, group: CheckGroup): void {
    if (matches.size > 0) group.checks.push(new PrincipalCheck(isNegated, matches.finish()));
  }

  private addPrincipalPattern(value: string, matches: MatchList): void {
    if (value == "*") matches.other.push(new AnyText());
    else if (value.startsWith("*")) matches.other.push(new PrincipalSuffix(this.kept.keep(value.substring(1))));
    else this.addText(SCHEME + value, matches);
  }

  private trustDomain(value: string): StringMatch {
    const star = value.indexOf("*");
    if (value == "*") return new TextMatch(TextMatchKind.Prefix, this.kept.keep(SCHEME));
    if (star < 0) return new TextMatch(TextMatchKind.Prefix, this.kept.keep(SCHEME + value + "/"));
    const start = this.kept.keep(SCHEME + value.substring(0, star));
    return new TrustDomainMatch(start, this.kept.keep(value.substring(star + 1) + "/"));
  }

  /** `<issuer>/<subject>`, parted by the last slash, with a `*` at the start of the issuer or the end of the subject. */
  private requestPrincipal(value: string): RequestPrincipal {
    const slash = value.lastIndexOf("/");
    if (slash >= 0)
      return new RequestPrincipal(this.text(value.substring(0, slash)), this.text(value.substring(slash + 1)));
    // Without a slash, and without a `*` either, it is an issuer; its tokens have an empty subject.
    if (value.startsWith("*")) return new RequestPrincipal(new AnyText(), this.text(value));
    return new RequestPrincipal(this.text(value), value.endsWith("*") ? new AnyText() : this.text(""));
  }

  private addText(value: string, matches: MatchList): void {
    if (value.startsWith("*") || value.endsWith("*")) matches.other.push(this.text(value));
    else matches.addExact(this.kept.keep(value));
  }

  /** `*`, `*abc`, `abc*` or `abc`. Other stars stand for themselves. */
  private text(value: string): StringMatch {
    if (value == "*") return new AnyText();
    if (value.startsWith("*")) return new TextMatch(TextMatchKind.Suffix, this.kept.keep(value.substring(1)));
    if (!value.endsWith("*")) return new TextMatch(TextMatchKind.Exact, this.kept.keep(value));
    return new TextMatch(TextMatchKind.Prefix, this.kept.keep(value.substring(0, value.length - 1)));
  }
}

/** The texts of a list, each once. */
class TextList {
  text: string = "";
  /** Where the text is, for problems. */
  field: string = "";
  private readonly texts: string[];
  private readonly seen: Set<string> = new Set<string>();
  private index: i32 = 0;

  constructor(
    private readonly object: ConfigObject,
    private readonly list: string,
  ) {
    this.texts = object.strings(list);
  }

  /** How many the list has, repetitions included. */
  get count(): i32 {
    return this.texts.length;
  }

  next(): bool {
    while (this.index < this.texts.length) {
      // eslint-disable-next-line waypost/no-index -- below the length
      this.text = unchecked(this.texts[this.index]);
      this.field = this.list + "[" + this.index.toString() + "]";
      this.index += 1;
      if (this.seen.has(this.text)) continue;
      this.seen.add(this.text);
      return true;
    }
    return false;
  }

  /** Notes a problem when the text has a `*` anywhere but at its start or its end, or more than one. */
  checkWildcard(): bool {
    const star = this.text.indexOf("*");
    const isValid = star < 0 || (star == this.text.lastIndexOf("*") && (star == 0 || star == this.text.length - 1));
    if (!isValid) this.object.problem(this.field, "must not have more than one *, at its start or end");
    return isValid;
  }
}

function ipBlocks(object: ConfigObject, field: string): IpBlock[] {
  const texts = new TextList(object, field);
  const blocks: IpBlock[] = [];
  while (texts.next()) {
    const block = IpBlock.parse(Bytes.of(texts.text));
    if (block === null) object.problem(texts.field, 'must be an IP address, or a range such as "10.0.0.0/8"');
    else blocks.push(block);
  }
  return blocks;
}

function isExact(matches: TextMatch[]): bool {
  for (let i = 0; i < matches.length; i++) {
    if (unchecked(matches[i]).kind != TextMatchKind.Exact) return false;
  }
  return matches.length > 0;
}

/** Without the brackets at both ends, however many there are. */
function withoutBrackets(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBracket(text.charCodeAt(start))) start++;
  while (end > start && isBracket(text.charCodeAt(end - 1))) end--;
  return text.substring(start, end);
}

function isBracket(unit: i32): bool {
  return unit == 0x5b || unit == 0x5d;
}
