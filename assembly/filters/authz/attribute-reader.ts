import { ClaimPath } from "../../jose/claim-lookup";
import { IpBlock } from "../../matching/ip-block";
import { KeptBytes } from "../../matching/kept-bytes";
import { PathTemplate } from "../../matching/path-template";
import { readPathPattern, readPattern } from "../../matching/policy-pattern";
import { RequestFacts } from "../../matching/request-facts";
import { StringMatch, TextMatch, TextMatchKind } from "../../matching/string-match";
import { Bytes } from "../../sdk";
import { parseUnsigned } from "../../text/decimal";
import { Indexed } from "./check-group";
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
import { ValueList } from "./value-list";

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

  hosts(values: ValueList): void {
    const hosts = this.patterns(values, true);
    this.addPatterns(this.facts.authoritySlot, hosts, values);
    if (!values.isNegated && isExact(hosts)) values.group.demand(Indexed.Host, hosts);
  }

  methods(values: ValueList): void {
    const methods = this.patterns(values, false);
    this.addPatterns(this.facts.methodSlot, methods, values);
    if (!values.isNegated && isExact(methods)) values.group.demand(Indexed.Method, methods);
  }

  paths(values: ValueList): void {
    const matches = new MatchList();
    const templates: PathTemplate[] = [];
    const indexed: TextMatch[] = [];
    while (values.next()) {
      const path = readPathPattern(values.object, values.field, values.text, this.kept);
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
    values.group.checks.push(new PathCheck(values.isNegated, matches.finish(), templates));
    if (!values.isNegated && indexed.length == count) values.group.demand(Indexed.Path, indexed);
  }

  ports(values: ValueList): void {
    const ports: i32[] = [];
    while (values.next()) {
      const port = parseUnsigned(Bytes.of(values.text), MAX_PORT);
      if (port < 0) values.problem("must be a port, 0 to 65535, as a string");
      else ports.push(<i32>port);
    }
    if (ports.length > 0) values.group.checks.push(new PortCheck(values.isNegated, ports));
  }

  remoteIpBlocks(values: ValueList): void {
    const blocks = ipBlocks(values);
    if (blocks.length > 0) values.group.checks.push(new AddressCheck(values.isNegated, false, blocks));
  }

  destinationIpBlocks(values: ValueList): void {
    const blocks = ipBlocks(values);
    if (blocks.length > 0) values.group.checks.push(new AddressCheck(values.isNegated, true, blocks));
  }

  principals(values: ValueList): void {
    const matches = new MatchList();
    while (values.next()) {
      if (!values.checkWildcard()) continue;
      const principals = this.trustDomains.ofPrincipal(values.text);
      for (let i = 0; i < principals.length; i++) this.addPrincipalPattern(unchecked(principals[i]), matches);
    }
    this.addPrincipal(matches, values);
    if (!values.isNegated && matches.size > 0 && matches.other.length == 0)
      values.group.demand(Indexed.Principal, matches.exact);
  }

  namespaces(values: ValueList): void {
    const matches = new MatchList();
    while (values.next()) {
      const parts = ("/ns/" + values.text + "/").split("*");
      const kept: Bytes[] = [];
      for (let i = 0; i < parts.length; i++) {
        if (unchecked(parts[i]).length > 0) kept.push(this.kept.keep(unchecked(parts[i])));
      }
      matches.other.push(new NamespaceMatch(kept));
    }
    this.addPrincipal(matches, values);
  }

  serviceAccounts(values: ValueList): void {
    const matches = new MatchList();
    while (values.next()) {
      const parts = values.text.split("/");
      const isValid =
        parts.length <= 2 &&
        !parts.includes("") &&
        !values.text.includes("*") &&
        values.text.length <= MAX_SERVICE_ACCOUNT_LENGTH;
      if (!isValid) {
        values.problem('must be "<service account>" or "<namespace>/<service account>", without *');
        continue;
      }
      const slash = values.text.indexOf("/");
      const namespace = slash < 0 ? this.namespace : values.text.substring(0, slash);
      const name = values.text.substring(slash + 1);
      matches.other.push(new ServiceAccountMatch(this.kept.keep("/ns/" + namespace + "/"), this.kept.keep(name)));
    }
    if (values.count > MAX_SERVICE_ACCOUNTS)
      values.problemOfList("must not have more than " + MAX_SERVICE_ACCOUNTS.toString() + " entries");
    this.addPrincipal(matches, values);
  }

  trustDomainNames(values: ValueList): void {
    const matches = new MatchList();
    while (values.next()) {
      if (values.text.includes("/")) values.problem("must be a trust domain, without /");
      if (!values.checkWildcard()) continue;
      const domains = this.trustDomains.ofTrustDomain(values.text);
      for (let i = 0; i < domains.length; i++) matches.other.push(this.trustDomain(unchecked(domains[i])));
    }
    this.addPrincipal(matches, values);
  }

  requestPrincipals(values: ValueList): void {
    const principals: RequestPrincipal[] = [];
    while (values.next()) {
      if (values.checkWildcard()) principals.push(this.requestPrincipal(values.text));
    }
    if (principals.length == 0) return;
    const claims = this.facts.claims;
    values.group.checks.push(
      new RequestPrincipalCheck(values.isNegated, claims.addMember("iss"), claims.addMember("sub"), principals),
    );
  }

  /** `claim`: `[a][b]` */
  claim(values: ValueList, claim: string): void {
    const matches = new MatchList();
    while (values.next()) this.addText(values.text, matches);
    const path: ClaimPath | null = matches.size == 0 ? null : ClaimPath.parse(Bytes.of(claim));
    if (path === null) return;
    const claims = this.facts.claims;
    values.group.checks.push(new ClaimCheck(values.isNegated, claims, claims.add(path), matches.finish()));
  }

  /** `name`: in lower case. */
  header(values: ValueList, name: string): void {
    const matches = new MatchList();
    while (values.next()) {
      if (values.text == "*") matches.other.push(new AnyValue());
      else this.addText(values.text, matches);
    }
    if (matches.size > 0) this.addHeader(this.facts.headers.add(name), matches.finish(), values);
  }

  /** `filter`: the namespace, such as `envoy.filters.http.header_to_metadata`. */
  metadata(values: ValueList, filter: string, key: string): void {
    const texts = new MatchList();
    const members = new MatchList();
    while (values.next()) {
      const text = values.text;
      if (text.startsWith("[") && text.endsWith("]")) {
        const member = withoutBrackets(text);
        if (member.length == 0) values.problem("must name a member between [ and ]");
        else this.addText(member, members);
      } else {
        this.addText(text, texts);
      }
    }
    if (texts.size + members.size == 0) return;
    const name = this.kept.keep(filter);
    values.group.checks.push(
      new MetadataCheck(values.isNegated, name, this.kept.keep(key), texts.finish(), members.finish()),
    );
  }

  /** Values of `hosts` and `methods`. */
  private patterns(values: ValueList, ignoresCase: bool): TextMatch[] {
    const matches: TextMatch[] = [];
    while (values.next()) {
      const match = readPattern(values.object, values.field, values.text, this.kept, ignoresCase);
      if (match !== null) matches.push(match);
    }
    return matches;
  }

  private addPatterns(slot: i32, patterns: TextMatch[], values: ValueList): void {
    const matches: StringMatch[] = [];
    for (let i = 0; i < patterns.length; i++) {
      const pattern = unchecked(patterns[i]);
      // There is a host, or a method, even if it is empty.
      matches.push(pattern.kind == TextMatchKind.Present ? new AnyValue() : pattern);
    }
    if (matches.length > 0) this.addHeader(slot, matches, values);
  }

  private addHeader(slot: i32, matches: StringMatch[], values: ValueList): void {
    values.group.checks.push(new HeaderCheck(values.isNegated, slot, matches));
  }

  private addPrincipal(matches: MatchList, values: ValueList): void {
    if (matches.size > 0) values.group.checks.push(new PrincipalCheck(values.isNegated, matches.finish()));
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

function ipBlocks(values: ValueList): IpBlock[] {
  const blocks: IpBlock[] = [];
  while (values.next()) {
    const block = IpBlock.parse(Bytes.of(values.text));
    if (block === null) values.problem('must be an IP address, or a range such as "10.0.0.0/8"');
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
