/** Envoy's admin interface. */
import http from "node:http";

/** Counters and gauges by full name (`cluster.x.upstream_rq_total`), in the values of one moment. */
export type Stats = ReadonlyMap<string, number>;

/** One histogram: its quantiles since the start, by number (0.5, 0.99, …). */
export interface Histogram {
  name: string;
  quantiles: ReadonlyMap<number, number>;
}

interface StatsAnswer {
  stats: { name?: string; value?: number; histograms?: HistogramsAnswer }[];
}

interface HistogramsAnswer {
  /** Only with `histogram_buckets=detailed`. */
  details?: { name: string; totals: { count: number }[] }[];
  supported_quantiles: number[];
  computed_quantiles: { name: string; values: { cumulative: number | null }[] }[];
}

interface ListenersAnswer {
  listener_statuses?: { name: string; local_address: { socket_address?: { port_value: number } } }[];
}

/** An answer takes longer only when Envoy's main thread does not come to it any more. */
const ANSWER_TIMEOUT = 15_000;

export class Admin {
  /** `127.0.0.1:port` */
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }

  /** Whether Envoy is live: its listeners are warm and its workers run. */
  async isReady(): Promise<boolean> {
    return (await this.#request("GET", "/ready")).status === 200;
  }

  /** Ports of the TCP listeners by name, as the system chose them. */
  async ports(): Promise<Map<string, number>> {
    const { listener_statuses = [] } = (await this.getJson("/listeners?format=json")) as ListenersAnswer;
    return new Map(
      listener_statuses.flatMap(({ name, local_address }) => {
        const port = local_address.socket_address?.port_value;
        return port === undefined ? [] : [[name, port] as const];
      }),
    );
  }

  /**
   * Counters and gauges.
   *
   * @param filter  a regular expression (RE2) that names must contain a match of
   */
  async stats(filter?: string): Promise<Stats> {
    return new Map([...(await this.counters(filter)), ...(await this.gauges(filter))]);
  }

  /** @param filter  as of `stats` */
  async counters(filter?: string): Promise<Stats> {
    return this.#numbers(statsPath(filter, "type=Counters"));
  }

  /** @param filter  as of `stats` */
  async gauges(filter?: string): Promise<Stats> {
    return this.#numbers(statsPath(filter, "type=Gauges"));
  }

  /**
   * How many values each histogram has got until now. Only of an Envoy with `stats_flush_on_admin`.
   *
   * @param filter  as of `stats`
   */
  async histogramCounts(filter?: string): Promise<Stats> {
    await this.#flush();
    const path = statsPath(filter, "type=Histograms&histogram_buckets=detailed");
    const { stats } = (await this.getJson(path)) as StatsAnswer;
    const details = stats.flatMap(({ histograms }) => histograms?.details ?? []);
    return new Map(
      details.map(({ name, totals }) => [name, totals.reduce((sum, { count }) => sum + count, 0)] as const),
    );
  }

  /**
   * How many configurations of a filter Envoy took and refused by ECDS. (Its configuration dump shows the last one that
   * came, also if it was refused.)
   */
  async ecdsUpdates(filter: string): Promise<{ accepted: number; refused: number }> {
    const prefix = `extension_config_discovery.http_filter.${filter}.`;
    const stats = await this.stats("^extension_config_discovery");
    const count = (name: string) => stats.get(prefix + name) ?? 0;
    return { accepted: count("update_success"), refused: count("update_rejected") };
  }

  /** Histograms; a quantile without a value is left out. */
  async histograms(filter?: string): Promise<Histogram[]> {
    const { stats } = (await this.getJson(statsPath(filter, "type=Histograms"))) as StatsAnswer;
    return stats.flatMap(({ histograms }) => (histograms === undefined ? [] : histogramsOf(histograms)));
  }

  /** What a Prometheus server would read. */
  async prometheus(): Promise<string> {
    return this.get("/stats/prometheus");
  }

  /** @param query  without `?`: `resource=ecds_filters` */
  async configDump(query = "include_eds"): Promise<{ configs: Record<string, unknown>[] }> {
    return (await this.getJson(`/config_dump?${query}`)) as { configs: Record<string, unknown>[] };
  }

  async setLogLevel(component: string, level: string): Promise<void> {
    await this.#mustBeOk("POST", `/logging?${component}=${level}`);
  }

  async get(path: string): Promise<string> {
    return this.#mustBeOk("GET", path);
  }

  async getJson(path: string): Promise<unknown> {
    return JSON.parse(await this.get(path));
  }

  async #mustBeOk(method: string, path: string): Promise<string> {
    const { status, body } = await this.#request(method, path);
    if (status !== 200) throw new Error(`Envoy's admin interface answers ${status} to ${method} ${path}: ${body}`);
    return body;
  }

  /**
   * Each question for statistics begins a flush, which brings together what the workers have recorded, and is answered
   * before that is done. While one is on its way no other begins, which is counted: so a question that does not add to
   * that count began one, and the second such question came when the first one's flush was done.
   */
  async #flush(): Promise<void> {
    const name = "server.dropped_stat_flushes";
    const dropped = async () => (await this.counters(`^${name}$`)).get(name);
    let before = await dropped();
    for (let begun = 0; begun < 2;) {
      const now = await dropped();
      if (now === before) begun++;
      before = now;
    }
  }

  async #numbers(path: string): Promise<Stats> {
    const { stats } = (await this.getJson(path)) as StatsAnswer;
    return new Map(stats.map(({ name = "", value = 0 }) => [name, value] as const));
  }

  #request(method: string, path: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const request = http.request(`http://${this.address}${path}`, { method, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        response.on("error", reject);
      });
      request.on("error", reject);
      // The timer of `timeout` would begin anew with each byte.
      const late = new Error(`waited ${ANSWER_TIMEOUT / 1_000} s for Envoy's admin interface: ${method} ${path}`);
      const timer = setTimeout(() => request.destroy(late), ANSWER_TIMEOUT);
      request.on("close", () => clearTimeout(timer));
      request.end();
    });
  }
}

function statsPath(filter: string | undefined, query: string): string {
  return `/stats?format=json&${query}${filter === undefined ? "" : `&filter=${encodeURIComponent(filter)}`}`;
}

function histogramsOf({ supported_quantiles, computed_quantiles }: HistogramsAnswer): Histogram[] {
  return computed_quantiles.map(({ name, values }) => ({
    name,
    quantiles: new Map(
      values.flatMap(({ cumulative }, index) => {
        const quantile = supported_quantiles[index];
        return cumulative === null || quantile === undefined ? [] : [[quantile / 100, cumulative] as const];
      }),
    ),
  }));
}
