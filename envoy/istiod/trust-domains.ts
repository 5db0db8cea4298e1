/** Trust domains that stand for the same mesh (`pilot/pkg/security/trustdomain`): the mesh's own first, then its aliases. */
export type TrustDomains = readonly string[];

/** In policies this always means the mesh's own trust domain. */
export const LOCAL_TRUST_DOMAIN = "cluster.local";

/** Parts of `<trust domain>/ns/<namespace>/sa/<service account>` */
const PARTS = 5;

/** Principals that name one of the trust domains, for each of them; others as they are. */
export function principalsOfAliases(principals: readonly string[], domains: TrustDomains): string[] {
  return principals.flatMap((principal) => {
    const [domain, ...rest] = principal.split("/");
    if (domain === undefined || rest.length + 1 !== PARTS || domain === "*") return [principal];
    if (domain !== LOCAL_TRUST_DOMAIN && !domains.some((known) => areAlike(domain, known))) return [principal];
    // A pattern that fits a trust domain already is left, and stands for all that it fits.
    return unique(domains.map((known) => (endsLike(known, domain) ? principal : [known, ...rest].join("/"))));
  });
}

/** Values of `trustDomains`: one of the trust domains becomes all of them. */
export function domainsOfAliases(values: readonly string[], domains: TrustDomains): string[] {
  return unique(values.flatMap((value) => (domains.includes(value) ? domains : [value])));
}

/** Either may be the pattern. */
function areAlike(one: string, other: string): boolean {
  if (one === other || other === "*") return true;
  return beginsLike(one, other) || beginsLike(other, one) || endsLike(one, other) || endsLike(other, one);
}

function beginsLike(text: string, pattern: string): boolean {
  return pattern.endsWith("*") && text.startsWith(pattern.slice(0, -1));
}

function endsLike(text: string, pattern: string): boolean {
  return pattern.startsWith("*") && text.endsWith(pattern.slice(1));
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
