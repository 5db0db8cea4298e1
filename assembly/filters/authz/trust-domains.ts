/**
 * Trust domains that stand for one another, as istiod has them (`pilot/pkg/security/trustdomain`): in a mesh with
 * `trustDomainAliases` a principal of one of them is the same principal in each.
 */

/** What policies call the mesh's own trust domain, whatever its name. */
const LOCAL = "cluster.local";

/** Parts of `<trust domain>/ns/<namespace>/sa/<service account>`. */
const PRINCIPAL_PARTS = 5;

@final
export class TrustDomains {
  /** `domains`: the mesh's trust domain, then its aliases. */
  constructor(private readonly domains: string[]) {}

  /**
   * The principals that a value of `principals` stands for. One of another trust domain, or that does not say which, stands for
   * itself.
   */
  ofPrincipal(value: string): string[] {
    if (value.split("/").length != PRINCIPAL_PARTS) return [value];
    const domain = value.substring(0, value.indexOf("/"));
    if (domain == "*" || !(domain == LOCAL || this.knows(domain))) return [value];
    const rest = value.substring(domain.length);
    const principals: string[] = [];
    for (let i = 0; i < this.domains.length; i++) {
      const alias = unchecked(this.domains[i]);
      // `*-td` is that of `old-td` and `new-td` already.
      const principal = hasSuffix(alias, domain) ? value : alias + rest;
      if (!principals.includes(principal)) principals.push(principal);
    }
    return principals;
  }

  /** The trust domains that a value of `trustDomains` stands for. */
  ofTrustDomain(value: string): string[] {
    return this.domains.includes(value) ? this.domains : [value];
  }

  /** Whether `domain`, which may have a `*` at an end, is one of the mesh. */
  private knows(domain: string): bool {
    for (let i = 0; i < this.domains.length; i++) {
      const known = unchecked(this.domains[i]);
      if (domain == known || hasPrefix(known, domain) || hasSuffix(known, domain)) return true;
    }
    return false;
  }
}

/** Whether `pattern` is `x*`, and `text` starts with `x`. */
function hasPrefix(text: string, pattern: string): bool {
  return pattern.endsWith("*") && text.startsWith(pattern.substring(0, pattern.length - 1));
}

/** Whether `pattern` is `*x`, and `text` ends with `x`. */
function hasSuffix(text: string, pattern: string): bool {
  return pattern.startsWith("*") && text.endsWith(pattern.substring(1));
}
