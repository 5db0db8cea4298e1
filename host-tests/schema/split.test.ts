import { describeAgreement } from "./agreement.ts";
import * as routes from "./header-router-corpus.ts";
import { BAD, cookie, GOOD, lane, LANES, override, ramp, READER_ONLY, SOURCES, split, START } from "./split-corpus.ts";

describeAgreement("header-router", {
  good: GOOD,
  bad: BAD,
  readerOnly: READER_ONLY,
  elsewhere: routes.READER_ONLY,
  vocabulary: {
    values: [
      ...[null, true, false, 0, -1, 1, 0.01, 10, 90, 1e-7, 1e6, 1e7, 1e300],
      ...[
        "",
        "x",
        "x-user",
        "uid",
        "sub",
        "a.b",
        "a..b",
        "principal",
        "canary",
        "stable",
        "a b",
        "host",
        "/",
        "/a",
        "a",
      ],
      ...["1s", "0s", "1h", "9000h", "1d", "5", START, "2026-02-30T08:00:00Z", "2026-11-21"],
      ...[[], [null], [""], ["qa"], {}, [{}], { header: "a" }, { cookie: "b" }, { random: {} }, { name: "key" }],
      ...[SOURCES, LANES, { sources: SOURCES }, { groups: { exact: "x" } }, { to: 5, start: START, duration: "1h" }],
    ],
    names: [
      ...[
        "by",
        "salt",
        "lanes",
        "issueCookie",
        "override",
        "disabled",
        "header",
        "cookie",
        "claim",
        "source",
        "random",
      ],
      ...["name", "weight", "headers", "ramp", "from", "to", "start", "duration", "ttl", "path", "sources", "claims"],
      ...["wieght", "weights", "salts", "secure", "x-a"],
    ],
  },
  texts: [
    ["names of lanes", "aZ09-_.é/ ", (text) => lane({ name: text })],
    ["names of cookies", "aZ0-_=; é", (text) => cookie({ name: text })],
    ["paths of cookies", "/a;= \t\u0000\u007fé", (text) => cookie({ path: text })],
    ["times", "0123456789-:.TtZz+", (text) => ramp({ start: `2026-11-21T08:00:00${text}` })],
    ["dates", "0123456789", (text) => ramp({ start: `2026-${text.slice(0, 2)}-${text.slice(2, 4)}T08:00:00Z` })],
    ["durations", "00123456789..mmsh -+e", (text) => cookie({ ttl: text })],
    ["claims", "ab..[[]]/: ", (text) => split({ by: { claim: text } })],
    ["headers", "aZ0-_.!|~:( host", (text) => override({ header: text })],
  ],
});
