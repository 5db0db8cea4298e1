/** The life of fetched keys, on a clock that the test moves: docs/jwks.md says what holds, and this shows it. */
import { describe as group, expect, it } from "vitest";
import { configuration, describe, JwksHost, keySet, NOW } from "./jwks-host.ts";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const KEY_NOT_FOUND = "401 Jwks doesn't have key to match kid or alg from Jwt";
const NO_KEYS = "401 Jwks remote fetch is failed";
const FORGED = "401 Jwt verification fails";
/** Keys are looked after once a second, and the first time 10 ms after the start. */
const TICK = 1_010;

const fails = () => ({ status: 500 });

/** Moves time by steps, so that what is asked in between is seen. */
function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

group("fresh keys", () => {
  it.each([
    ["nothing about it", {}, 5 * MINUTE],
    ["a shorter time", { "cache-control": "public, max-age=100" }, 100 * SECOND],
    ["a longer time", { "cache-control": "max-age=86400" }, 5 * MINUTE],
    ["a time that is half over", { "cache-control": "max-age=200", age: "100" }, 100 * SECOND],
    ["a time that is over", { "cache-control": "max-age=200", age: "300" }, 30 * SECOND],
    ["an age that is none", { "cache-control": "max-age=100", age: "-5" }, 100 * SECOND],
    ["less than is heeded", { "cache-control": "max-age=1" }, 30 * SECOND],
    ["that they are not to be stored", { "cache-control": "no-store" }, 30 * SECOND],
    ["that they are not to be used unasked", { "cache-control": "no-cache, max-age=100" }, 30 * SECOND],
    [
      "it in two lines",
      [["cache-control", "public"] as const, ["cache-control", "max-age=100"] as const],
      100 * SECOND,
    ],
    ["what nobody can read", { "cache-control": "max-age=soon" }, 30 * SECOND],
  ])("are fetched ahead of their end when the issuer says %s", (_what, headers, lifetime) => {
    const { host, fetches } = new JwksHost({ answer: () => ({ body: keySet("old"), headers }) });
    host.advance(3 * lifetime);
    for (const gap of gaps(fetches.map(({ at }) => at))) {
      expect(gap).toBeGreaterThanOrEqual(0.8 * lifetime);
      expect(gap).toBeLessThanOrEqual(0.9 * lifetime + TICK);
    }
    expect(fetches.length).toBeGreaterThanOrEqual(3);
  });

  it("are fetched more often than every 30 s where the configuration wants it", () => {
    const { host, fetches } = new JwksHost({ rule: { jwksCacheDuration: "5s" } });
    host.advance(MINUTE);
    expect(fetches.length).toBeGreaterThan(10);
  });

  it("do not come due at the same moment in every proxy", () => {
    const seconds = Array.from({ length: 20 }, (_, index) => {
      // The clock is the source of chance.
      const { host, fetches } = new JwksHost({ now: NOW + index / 1_000, rule: { jwksCacheDuration: "1h" } });
      host.advance(HOUR);
      return Math.floor((fetches[1]?.at ?? 0) / SECOND);
    });
    expect(new Set(seconds).size).toBeGreaterThan(10);
  });

  it("that are the same as before leave the token cache as it is", () => {
    const jwks = new JwksHost({ rule: { jwksCacheDuration: "10s" } });
    jwks.host.advance(SECOND);
    expect(jwks.ask("old")).toBe("200");
    jwks.host.advance(30 * SECOND);
    const hits = jwks.counter("cache_hits");
    expect(jwks.ask("old")).toBe("200");
    expect(jwks.counter("cache_hits")).toBe(hits + 1);
    expect(jwks.counter("jwks_change")).toBe(0);
    expect(jwks.fetches.length).toBeGreaterThan(2);
  });

  it("that are withdrawn stop working within one refresh, tokens of the cache included, in every worker", () => {
    const jwks = new JwksHost({ rule: { jwksCacheDuration: "10s" }, workers: 3 });
    jwks.host.advance(SECOND);
    for (const worker of [0, 1, 2]) expect(jwks.ask("old", { worker })).toBe("200");
    jwks.answer = () => ({ body: keySet("new") });
    jwks.host.advance(10 * SECOND + TICK);
    for (const worker of [0, 1, 2]) expect(jwks.ask("old", { worker })).toBe("pending");
    jwks.host.advance(SECOND);
    for (const worker of [0, 1, 2]) expect(jwks.ask("old", { worker })).toBe(KEY_NOT_FOUND);
    for (const worker of [0, 1, 2]) expect(jwks.ask("new", { worker })).toBe("200");
    expect(jwks.counter("jwks_change")).toBe(1);
  });
});

group("a token with an unknown kid", () => {
  it("has the keys fetched again, and waits for them", () => {
    const jwks = new JwksHost();
    jwks.host.advance(SECOND);
    jwks.answer = () => ({ body: keySet("old", "new"), delayMs: 300 });
    const waiting = jwks.send("new");
    expect(describe(waiting)).toBe("pending");
    expect(jwks.ask("old")).toBe("200");
    jwks.host.advance(310);
    expect(describe(waiting)).toBe("200");
    expect(jwks.fetches).toHaveLength(2);
    expect(jwks.counter("jwks_kid_fetch")).toBe(1);
    expect(jwks.counter("jwks_wait")).toBe(1);
  });

  it("has them fetched once in 30 s, whatever there are of such tokens", () => {
    const jwks = new JwksHost({ workers: 2, rule: { jwksCacheDuration: "1h" } });
    jwks.host.advance(SECOND);
    expect(jwks.fetches).toHaveLength(1);
    for (let round = 0; round < 95; round++) {
      for (const worker of [0, 1])
        jwks.send(round % 2 === 0 ? "foreign" : "new", { worker, claims: { sub: `${round}` } });
      jwks.host.advance(SECOND);
    }
    const [, ...refetches] = jwks.fetches.map(({ at }) => at);
    expect(refetches).toHaveLength(4);
    for (const gap of gaps(refetches)) expect(gap).toBeGreaterThanOrEqual(30 * SECOND);
  });

  it("is refused when no key comes, and at once the next time", () => {
    const jwks = new JwksHost({ answer: () => ({ body: keySet("old"), delayMs: 100 }) });
    jwks.host.advance(SECOND);
    const waiting = jwks.send("foreign");
    jwks.host.advance(110);
    expect(describe(waiting)).toBe(KEY_NOT_FOUND);
    expect(jwks.ask("foreign")).toBe(KEY_NOT_FOUND);
    expect(jwks.fetches).toHaveLength(2);
  });

  it("waits no longer than a fetch may take, and the others' keys stay", () => {
    const jwks = new JwksHost({ rule: { timeout: "2s" } });
    jwks.host.advance(SECOND);
    jwks.answer = () => ({ fault: "hang" });
    const waiting = jwks.send("foreign");
    jwks.host.advance(1_990);
    expect(describe(waiting)).toBe("pending");
    jwks.host.advance(20);
    expect(describe(waiting)).toBe(KEY_NOT_FOUND);
    expect(jwks.ask("old")).toBe("200");
  });

  it("waits for the fetch of another worker", () => {
    const jwks = new JwksHost({ workers: 2 });
    jwks.host.advance(SECOND);
    jwks.answer = () => ({ body: keySet("old", "new"), delayMs: 500 });
    const waiting = [0, 1, 1].map((worker) => jwks.send("new", { worker }));
    expect(waiting.map(describe)).toEqual(["pending", "pending", "pending"]);
    jwks.host.advance(550);
    expect(waiting.map(describe)).toEqual(["200", "200", "200"]);
    expect(jwks.fetches).toHaveLength(2);
  });

  it.each([
    ["its signature is wrong", "forged", {}, FORGED],
    ["it has no kid", "nameless", {}, FORGED],
    ["it is of another issuer", "foreign", { iss: "https://other.test" }, "401 Jwt issuer is not configured"],
    ["it has expired", "foreign", { exp: 1 }, "401 Jwt is expired"],
  ] as const)("is no reason to ask when %s", (_what, key, claims, answer) => {
    const jwks = new JwksHost();
    jwks.host.advance(SECOND);
    expect(jwks.ask(key, { claims })).toBe(answer);
    expect(jwks.fetches).toHaveLength(1);
  });

  it("is no reason to ask an issuer that fails before its time", () => {
    const jwks = new JwksHost({ rule: { jwksCacheDuration: "10s" } });
    jwks.host.advance(SECOND);
    jwks.answer = fails;
    jwks.host.advance(5 * MINUTE);
    const before = jwks.fetches.length;
    jwks.ask("foreign");
    jwks.ask("foreign");
    expect(jwks.fetches.length - before).toBeLessThanOrEqual(1);
    expect(jwks.ask("old")).toBe("200");
  });
});

group("while the issuer fails", () => {
  it("it is asked after ever longer times, a part of which is chance", () => {
    const jwks = new JwksHost({ workers: 3, answer: fails });
    jwks.host.advance(10 * MINUTE);
    const waits = gaps(jwks.fetches.map(({ at }) => at));
    waits.forEach((wait, index) => {
      const backoff = Math.min(SECOND * 2 ** index, MINUTE);
      expect(wait).toBeGreaterThanOrEqual(backoff / 2);
      expect(wait).toBeLessThanOrEqual(backoff + TICK);
    });
    expect(waits.length).toBeGreaterThan(12);
    expect(waits.length).toBeLessThan(26);
    expect(jwks.counter("jwks_fetch_failure")).toBe(jwks.fetches.length);
  });

  it("requests do not make it be asked more often", () => {
    const jwks = new JwksHost({ workers: 2, answer: fails });
    for (let time = 0; time < MINUTE; time += 250) {
      jwks.send("old", { worker: (time / 250) % 2 });
      jwks.host.advance(250);
    }
    expect(jwks.fetches.length).toBeLessThan(11);
  });

  it("keys stay in use for jwksStaleDuration after their end, and no longer", () => {
    const jwks = new JwksHost({ workers: 2, rule: { jwksCacheDuration: "1m", jwksStaleDuration: "1h" } });
    jwks.host.advance(SECOND);
    jwks.answer = fails;
    jwks.host.advance(HOUR + MINUTE - 2 * SECOND);
    expect([0, 1].map((worker) => jwks.ask("old", { worker }))).toEqual(["200", "200"]);
    jwks.host.advance(3 * SECOND);
    expect([0, 1].map((worker) => jwks.ask("old", { worker }))).toEqual([NO_KEYS, NO_KEYS]);
    expect(jwks.counter("jwks_drop")).toBe(1);
    jwks.answer = () => ({ body: keySet("old") });
    jwks.host.advance(MINUTE + TICK);
    expect([0, 1].map((worker) => jwks.ask("old", { worker }))).toEqual(["200", "200"]);
    expect(jwks.lines()).toEqual([
      "info are there",
      "warn not fetched, the old ones stay: no answer with status 200 but 500",
      "warn are older than jwksStaleDuration allows: tokens are refused",
      "warn are there again",
    ]);
  });

  it("a day is the default", () => {
    const jwks = new JwksHost({ rule: { jwksCacheDuration: "1h" } });
    jwks.host.advance(SECOND);
    jwks.answer = fails;
    jwks.host.advance(25 * HOUR - 5 * SECOND);
    expect(jwks.ask("old")).toBe("200");
    jwks.host.advance(10 * SECOND);
    expect(jwks.ask("old")).toBe(NO_KEYS);
  });

  it("jwksStaleDuration 0 means that keys end when they expire, and costs nothing while it works", () => {
    const jwks = new JwksHost({ rule: { jwksCacheDuration: "5s", jwksStaleDuration: "0s" } });
    jwks.host.advance(SECOND);
    for (let time = 0; time < MINUTE; time += 500) {
      expect(jwks.ask("old")).toBe("200");
      jwks.host.advance(500);
    }
    jwks.answer = fails;
    jwks.host.advance(5 * SECOND + TICK);
    expect(jwks.ask("old")).toBe(NO_KEYS);
  });

  it.each([
    ["HTML", { body: "<html>" }, "the JWK set is not a JSON object with distinct member names"],
    ["no key", { body: '{"keys":[]}' }, "the JWK set has no key that can verify a signature"],
    ["no set", { body: "{}" }, "the JWK set has no member keys"],
    ["half a set", { body: keySet("old").slice(0, -5) }, "the JWK set is not a JSON object with distinct member names"],
    ["too much", { body: `${keySet("old")}${" ".repeat(1_048_576)}` }, "the JWK set is larger than 1 MiB"],
    ["a redirection", { status: 302 }, "status 302, and redirections are not followed; configure where it leads"],
    ["nothing", { status: 204 }, "no answer with status 200 but 204"],
    ["a break", { fault: "reset-body" }, "the answer broke off"],
    ["a refused connection", { fault: "refuse" }, "no answer, or status 503"],
    ["a hang", { fault: "hang" }, "no answer, or status 504"],
  ] as const)("by %s, keys stay, and the log says once what is wrong", (_what, reply, why) => {
    const jwks = new JwksHost({ rule: { jwksCacheDuration: "10s", timeout: "1s" } });
    jwks.host.advance(SECOND);
    jwks.answer = () => reply;
    jwks.host.advance(MINUTE);
    expect(jwks.ask("old")).toBe("200");
    expect(jwks.lines()).toEqual(["info are there", `warn not fetched, the old ones stay: ${why}`]);
    jwks.answer = () => ({ body: keySet("new") });
    jwks.host.advance(MINUTE + TICK);
    expect([jwks.ask("new"), jwks.lines().at(-1)]).toEqual(["200", "warn are there again"]);
  });

  it("a cluster that comes late is found: what was never sent keeps nobody waiting", () => {
    const jwks = new JwksHost();
    jwks.host.removeCluster("issuer");
    jwks.host.advance(500);
    expect(jwks.ask("old")).toBe(NO_KEYS);
    jwks.host.advance(100);
    jwks.host.setCluster("issuer", () => ({ body: keySet("old") }));
    const first = jwks.send("old");
    jwks.host.advance(30);
    expect(describe(first)).toBe("200");
  });
});

group("the clock is set back", () => {
  it("keys are fetched again, and count as expired until then", () => {
    const jwks = new JwksHost({ rule: { jwksCacheDuration: "1m", jwksStaleDuration: "1m" } });
    jwks.host.advance(2 * SECOND);
    jwks.answer = fails;
    Object.defineProperty(jwks.host.clock, "nanoseconds", {
      get: () => BigInt(jwks.host.now - HOUR) * 1_000_000n,
    });
    jwks.host.advance(30 * SECOND);
    expect(jwks.ask("old")).toBe("200");
    jwks.host.advance(32 * SECOND);
    expect(jwks.ask("old")).toBe(NO_KEYS);
  });
});

group("a new configuration", () => {
  it("takes the keys over that are there, without a fetch", () => {
    const jwks = new JwksHost();
    jwks.host.advance(SECOND);
    jwks.answer = fails;
    jwks.filter.reconfigure(configuration({ audiences: [] }));
    expect(jwks.ask("old")).toBe("200");
    expect(jwks.fetches).toHaveLength(1);
  });

  it("takes over stale keys while the issuer fails", () => {
    const jwks = new JwksHost({ rule: { jwksCacheDuration: "1m" } });
    jwks.host.advance(SECOND);
    jwks.answer = fails;
    jwks.host.advance(HOUR);
    jwks.filter.reconfigure(configuration({ jwksCacheDuration: "1m", audiences: [] }));
    expect(jwks.ask("old")).toBe("200");
  });

  it("that comes while the keys are being fetched changes nothing for who waits, and takes them over", () => {
    const jwks = new JwksHost({ answer: () => ({ body: keySet("old"), delayMs: 2_000 }) });
    jwks.host.advance(500);
    const before = jwks.send("old");
    jwks.filter.reconfigure(configuration({ audiences: [] }));
    const after = jwks.send("old");
    jwks.host.advance(4_500);
    expect([describe(before), describe(after)]).toEqual(["200", "200"]);
    expect(jwks.fetches.length).toBeLessThanOrEqual(2);
  });
});

group("what strangers write into shared data", () => {
  const names = (jwks: JwksHost) => [...jwks.host.sharedData.entries().keys()];

  it("neither stops fetches nor makes keys", () => {
    const jwks = new JwksHost({ workers: 2 });
    jwks.host.advance(SECOND);
    for (const name of names(jwks)) {
      const { length } = jwks.host.sharedData.entries().get(name) ?? "";
      for (const byte of [0x00, 0x7f, 0xff]) {
        jwks.host.sharedData.set("", name, Buffer.alloc(length, byte), 0);
        jwks.host.advance(SECOND);
      }
      jwks.host.sharedData.set("", name, Buffer.from("x"), 0);
    }
    jwks.host.advance(5 * MINUTE);
    expect([0, 1].map((worker) => jwks.ask("old", { worker }))).toEqual(["200", "200"]);
    expect(jwks.ask("forged")).toBe(FORGED);
    expect(jwks.fetches.length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ["garbage in place of keys", "{"],
    ["no keys", ""],
  ])("keeps nobody waiting when it is %s, and seems to be new", (_what, text) => {
    const jwks = new JwksHost();
    jwks.host.advance(2 * SECOND);
    const [keysName = "", recordName = ""] = names(jwks).sort().reverse();
    const record = Buffer.from(jwks.host.sharedData.entries().get(recordName) ?? "");
    record.writeBigInt64LE(BigInt(NOW + 1_500), 16);
    jwks.host.sharedData.set("", keysName, Buffer.from(text), 0);
    jwks.host.sharedData.set("", recordName, record, 0);
    const waiting = jwks.send("foreign");
    jwks.host.advance(100);
    expect(describe(waiting)).toBe(KEY_NOT_FOUND);
    expect(jwks.ask("old")).toBe("200");
    expect(jwks.fetches).toHaveLength(2);
  });
});
