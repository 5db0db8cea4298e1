/** Configurations of splits: good ones, bad ones, and those of which only the reader knows that they are bad. */
import type { ReaderRule } from "./agreement.ts";

type Fields = Record<string, unknown>;

export const LANES = [
  { name: "stable", weight: 90 },
  { name: "canary", weight: 10 },
];
export const START = "2026-11-21T08:00:00Z";
export const SOURCES = [{ namespaces: ["qa"] }];

/** A configuration with a split of these fields. */
export const split = (fields: Fields) => ({
  routes: [{ name: "r", split: { by: { header: "x-user" }, lanes: LANES, ...fields } }],
});
export const lane = (fields: Fields) => split({ lanes: [...LANES, { name: "b", weight: 1, ...fields }] });
export const ramp = (fields: Fields) =>
  lane({ weight: null, ramp: { to: 5, start: START, duration: "1h", ...fields } });
export const cookie = (fields: Fields) => split({ issueCookie: { name: "key", ...fields } });
export const override = (fields: Fields) => split({ override: { sources: SOURCES, ...fields } });

export const GOOD: Record<string, unknown> = {
  "by a header": split({}),
  "by a cookie": split({ by: { cookie: "uid", header: null }, issueCookie: {} }),
  "by a claim": split({ by: { claim: "[https://example.com/tenant][id]" }, salt: "x" }),
  "by the source": split({ by: { source: "principal" }, disabled: true }),
  "by chance": split({ by: { random: {} }, salt: null, issueCookie: null, override: null, disabled: null }),
  "a weight of nothing, a small and a large one": split({
    lanes: [
      { name: "a", weight: 0 },
      { name: "b", weight: 0.000001 },
      { name: "c", weight: 1e6 },
    ],
  }),
  "headers of a lane": lane({ headers: { request: { set: { "x-a": "b" } }, response: null } }),
  "a ramp with a weight": lane({ weight: 5, ramp: { start: START, duration: "1.5h" } }),
  "a ramp down": ramp({ from: 5, to: 0, start: "2026-11-21t09:00:00.5+01:00" }),
  "a cookie": cookie({ ttl: "90s", path: "/a/b c" }),
  "an override by source": override({ header: "x-lane" }),
  "an override by claim": override({ sources: null, claims: { groups: { exact: "testers" } } }),
};

export const BAD: Record<string, unknown> = {
  "no key": split({ by: null }),
  "two keys": split({ by: { header: "a", cookie: "b" } }),
  "no lanes": split({ lanes: [] }),
  "too many lanes": split({ lanes: Array.from({ length: 65 }, (_, i) => ({ name: `l${i}`, weight: 1 })) }),
  "a name that is none": lane({ name: "a/b" }),
  "no weight": lane({ weight: null }),
  "a weight that is too small": lane({ weight: 1e-7 }),
  "a weight that is too large": lane({ weight: 1_000_001 }),
  "a ramp that starts at no time": ramp({ start: "2026-11-21" }),
  "a ramp that does not start": ramp({ start: null }),
  "a ramp without end": ramp({ duration: null }),
  "a cookie with more attributes": cookie({ path: "/; Domain=example.com" }),
  "an override of nobody": override({ sources: [] }),
  "an override by no claim": override({ claims: {} }),
  "an override of everybody": override({ sources: null, header: "x-lane" }),
};

export const READER_ONLY: readonly ReaderRule[] = [
  {
    rule: "names of lanes are unique",
    message: /^another lane has this name$/,
    cases: { "the same twice": split({ lanes: [...LANES, ...LANES] }) },
  },
  {
    rule: "some lane has a weight at every moment",
    message: /^must have a weight that is not 0 at every moment$/,
    cases: { "all are 0": split({ lanes: [{ name: "a", weight: 0 }] }) },
  },
  {
    rule: "a weight beside a ramp is that to which it goes",
    message: /^must be that to which the ramp goes, or absent$|^missing: a number is needed$/,
    cases: {
      "it is another one": lane({ ramp: { to: 2, start: START, duration: "1h" } }),
      neither: ramp({ to: null }),
    },
  },
  {
    rule: "days are days of their month",
    message: /^must be a time such as/,
    cases: { "30 February": ramp({ start: "2026-02-30T08:00:00Z" }) },
  },
  {
    rule: "durations have limits",
    message: /^must be from \w+ to \w+$|^must be a duration such as/,
    cases: {
      "a ramp of no time": ramp({ duration: "0s" }),
      "a cookie for years": cookie({ ttl: "9601h" }),
      "more digits than anybody means": cookie({ ttl: "0000000000001s" }),
    },
  },
  {
    rule: "an issued cookie has a name",
    message: /^missing: a string is needed$/,
    cases: { "neither its own nor that of the key": cookie({ name: null }) },
  },
  {
    rule: "no cookie is issued where it would be no key",
    message: /^has no use where each request has a key of its own$/,
    cases: { "lanes by chance": split({ by: { random: {} }, issueCookie: { name: "key" } }) },
  },
];
