/** Metrics by name and labels, as queries of Prometheus select them: l7-metrics with labels TAGGED has names too long to read. */

/** A label in the name of a metric (docs/l7-metrics.md), and in a selector. */
const TAG = /(\w+)=\.=(.*?);\.;/gs;
const MATCHER = /(\w+)="([^"]*)"/g;

/**
 * The value of the metric called `name`; where that is a selector, `<metric>{<label>="<value>",…}`, the sum of those metrics
 * that have these labels, whatever others they have. Undefined: there is none.
 *
 * @throws Error  for a selector that is none
 */
export function select(metrics: Readonly<Record<string, number>>, name: string): number | undefined {
  const [, metric, inner] = /^(\w+)\{(.*)\}$/.exec(name) ?? [];
  if (metric === undefined || inner === undefined) return metrics[name];
  const wanted = [...inner.matchAll(MATCHER)];
  if (wanted.map(([text]) => text).join(",") !== inner)
    throw new Error(`${name}: not a selector: <metric>{<label>="<value>",…} is expected`);
  const found = Object.entries(metrics).flatMap(([full, value]) => {
    const labels = new Map([...full.matchAll(TAG)].map(([, label = "", text = ""]) => [label, text]));
    const isIt = full.replace(TAG, "") === metric && wanted.every(([, label = "", text]) => labels.get(label) === text);
    return isIt ? [value] : [];
  });
  return found.length === 0 ? undefined : found.reduce((sum, value) => sum + value, 0);
}
