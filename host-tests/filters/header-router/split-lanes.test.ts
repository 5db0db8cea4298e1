/** Which lane a key gets: shares, stability, and which keys move when weights change. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { page } from "../../docs/pages.ts";
import { check } from "../../pure/property.ts";
import { lanesOf, sharesAt, type LaneDescription } from "./split-model.ts";
import { SplitModule } from "./split-module.ts";

const KEYS = 1_000_000;
const split = new SplitModule();

/** Keys as people have them: short numbers, and long names that differ in their last digits. */
const PREFIXES = ["", "spiffe://cluster.local/ns/default/sa/worker-"];

const CANARY: LaneDescription[] = [
  { name: "stable", weight: 90 },
  { name: "canary", weight: 10 },
];

function counts(chosen: Uint8Array, lanes: number): number[] {
  const found = Array.from({ length: lanes }, () => 0);
  for (const lane of chosen) found[lane] = (found[lane] ?? 0) + 1;
  return found;
}

/** How many keys of each pair of lanes moved from the first to the second: `from>to`. */
function moves(before: Uint8Array, after: Uint8Array, nameBefore: string[], nameAfter: string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (let i = 0; i < before.length; i++) {
    const from = nameBefore[before[i] ?? 255] ?? "none";
    const to = nameAfter[after[i] ?? 255] ?? "none";
    if (from !== to) found.set(`${from}>${to}`, (found.get(`${from}>${to}`) ?? 0) + 1);
  }
  return found;
}

/** So many of `total` are within five standard deviations of `share`. */
function expectShare(count: number, share: number, total = KEYS): void {
  const deviation = Math.sqrt(total * share * (1 - share));
  expect(Math.abs(count - total * share)).toBeLessThanOrEqual(5 * deviation);
}

const names = (lanes: readonly LaneDescription[]) => lanes.map(({ name }) => name);

/** The lanes of a million keys before and after, and how many moved between which. */
function movement(before: LaneDescription[], after: LaneDescription[], now = [0, 0]): Map<string, number> {
  const first = split.lanes(before).chooseMany("user-", KEYS, "salt", now[0]);
  const second = split.lanes(after).chooseMany("user-", KEYS, "salt", now[1]);
  return moves(first, second, names(before), names(after));
}

describe("shares of a million keys", () => {
  const weights = {
    "90/10": [90, 10],
    "equal thirds": [1, 1, 1],
    "0.01 % and 0.02 %": [99.97, 0.02, 0.01],
    "fractions that sum to 1": [0.5, 0.25, 0.125, 0.0625, 0.0625],
    "large numbers": [999_900, 100],
    "a weight of 0": [3, 0, 1],
  };
  for (const [name, parts] of Object.entries(weights)) {
    test(`${name}: within five standard deviations`, () => {
      const lanes = parts.map((weight, i) => ({ name: `lane-${i}`, weight }));
      const total = parts.reduce((sum, part) => sum + part, 0);
      for (const prefix of PREFIXES) {
        const found = counts(split.lanes(lanes).chooseMany(prefix, KEYS), lanes.length);
        parts.forEach((part, i) => expectShare(found[i] ?? 0, part / total));
      }
    });
  }

  /** What Pearson's test gives for 16 lanes of one weight; 15 degrees of freedom pass 60 once in four million times. */
  const sixteen = Array.from({ length: 16 }, (_, i) => ({ name: i.toString(16), weight: 1 }));
  const chiSquare = (found: number[]): number => {
    const expected = found.reduce((sum, count) => sum + count, 0) / found.length;
    return found.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  };

  test("short names and salts, by chi-square", () => {
    split.lanes(sixteen);
    for (const salt of ["", "a", "b", "0", "00"]) {
      expect(chiSquare(counts(split.chooseMany("", KEYS, salt), 16))).toBeLessThan(60);
    }
  });

  test("every key of one and two bytes, by chi-square", () => {
    split.lanes(sixteen);
    const found = new Map(names(sixteen).map((name) => [name, 0]));
    for (let i = 0; i < 65_536 + 256; i++) {
      const lane = split.choose(Uint8Array.from(i < 256 ? [i] : [i & 255, (i - 256) >> 8])) ?? "";
      found.set(lane, (found.get(lane) ?? 0) + 1);
    }
    expect(chiSquare([...found.values()])).toBeLessThan(60);
  });

  test("the keys of one lane are spread over the others when it goes, by chi-square", () => {
    const before = split.lanes(sixteen).chooseMany("user-", KEYS);
    const after = split.lanes(sixteen.slice(1)).chooseMany("user-", KEYS);
    const moved = counts(
      after.filter((_, key) => before[key] === 0),
      15,
    );
    expect(chiSquare(moved)).toBeLessThan(60);
  });

  test("the lane of a key says nothing about that of the next one", () => {
    const chosen = split.lanes(CANARY).chooseMany("user-", KEYS);
    let both = 0;
    for (let i = 1; i < KEYS; i++) both += chosen[i] === 1 && chosen[i - 1] === 1 ? 1 : 0;
    expectShare(both, 0.01);
  });

  test("splits with different salts choose independently", () => {
    const first = split.lanes(CANARY).chooseMany("user-", KEYS, "checkout");
    const second = split.chooseMany("user-", KEYS, "search");
    let both = 0;
    for (let i = 0; i < KEYS; i++) both += first[i] === 1 && second[i] === 1 ? 1 : 0;
    expectShare(both, 0.01);
  });
});

describe("stability", () => {
  test("keys get the lanes that docs/traffic-split.md promises", () => {
    const rows = [...page("docs/traffic-split.md").prose.matchAll(/^\| `([^`]+)` +\| `(stable|canary|beta)` +\|$/gm)];
    expect(rows.length).toBeGreaterThan(5);
    split.lanes([
      { name: "stable", weight: 50 },
      { name: "canary", weight: 30 },
      { name: "beta", weight: 20 },
    ]);
    for (const [, key = "", lane] of rows) expect(split.choose(key, "checkout")).toBe(lane);
  });

  test("neither the order of lanes nor the unit of weights matters", () => {
    const lanes = ["a", "b", "c", "d"].map((name, i) => ({ name, weight: i + 0.5 }));
    const turned = [...lanes].reverse().map(({ name, weight }) => ({ name, weight: weight * 4 }));
    expect(movement(lanes, turned)).toEqual(new Map());
  });

  test("a module instance that saw other lanes and keys before chooses the same", () => {
    const other = new SplitModule();
    other.lanes([{ name: "x", weight: 1 }]).chooseMany("y", 1000);
    expect(other.lanes(CANARY).chooseMany("user-", 10_000)).toEqual(split.lanes(CANARY).chooseMany("user-", 10_000));
  });

  test("all weights 0: no lane", () => {
    expect(split.lanes([{ name: "a", weight: 0 }]).choose("key")).toBeNull();
    expect(split.lanes([]).choose("key")).toBeNull();
  });
});

describe("movement when weights change", () => {
  const three = (a: number, b: number, c: number) => [
    { name: "a", weight: a },
    { name: "b", weight: b },
    { name: "c", weight: c },
  ];

  test("a lane that grows only gets keys, as many as it must, from each other lane in proportion", () => {
    const moved = movement(three(60, 30, 10), three(60, 30, 30));
    // c has 10 % before and 25 % after: a sixth of a's and b's keys move.
    expect([...moved.keys()].sort()).toEqual(["a>c", "b>c"]);
    expectShare(moved.get("a>c") ?? 0, 0.6 - 0.5);
    expectShare(moved.get("b>c") ?? 0, 0.3 - 0.25);
  });

  test("a lane that shrinks only gives keys", () => {
    const moved = movement(three(60, 30, 30), three(60, 30, 10));
    expect([...moved.keys()].sort()).toEqual(["c>a", "c>b"]);
  });

  test("a lane that is added gets its share, and nothing else moves", () => {
    const moved = movement(three(60, 30, 10).slice(0, 2), three(60, 30, 10));
    expect([...moved.keys()].sort()).toEqual(["a>c", "b>c"]);
    expectShare((moved.get("a>c") ?? 0) + (moved.get("b>c") ?? 0), 0.1);
  });

  test("a lane that is removed, or set to 0, gives its keys to the others, and nothing else moves", () => {
    const removed = movement(three(60, 30, 10), three(60, 30, 10).slice(0, 2));
    expect([...removed.keys()].sort()).toEqual(["c>a", "c>b"]);
    expect(movement(three(60, 30, 10), three(60, 30, 0))).toEqual(removed);
  });

  test("from 10 % to 0.01 % less and back", () => {
    const moved = movement(three(90, 10, 0), three(90.01, 9.99, 0));
    expect([...moved.keys()]).toEqual(["b>a"]);
    expectShare(moved.get("b>a") ?? 0, 0.0001);
  });
});

describe("ramps", () => {
  const HOUR = 3_600_000;
  const START = Date.UTC(2026, 10, 21, 8);
  const canary: LaneDescription[] = [
    { name: "stable", weight: 90 },
    { name: "canary", ramp: { from: 0, to: 10, start: START, duration: 10 * HOUR } },
  ];
  const at = (lanes: LaneDescription[], now: number) => split.lanes(lanes).chooseMany("user-", KEYS, "", now);

  test("the share grows in a straight line from start to end, and stays", () => {
    const moments = { [START - HOUR]: 0, [START]: 0, [START + HOUR]: 0.01, [START + 5 * HOUR]: 0.05 };
    const later = { [START + 10 * HOUR]: 0.1, [START + 100 * HOUR]: 0.1 };
    for (const [now, share] of Object.entries({ ...moments, ...later })) {
      expectShare(counts(at(canary, Number(now)), 2)[1] ?? 0, share);
    }
  });

  test("at its end it is what the same weights are without a ramp", () => {
    expect(Buffer.compare(at(canary, START + 10 * HOUR), at(CANARY, 0))).toBe(0);
  });

  test("while it goes up keys only move into the lane", () => {
    const stages = [0, 0.001, 1, 4, 9.999, 10].map((hours) => at(canary, START + hours * HOUR));
    for (let i = 1; i < stages.length; i++) {
      const [before, after] = [stages[i - 1], stages[i]];
      if (before === undefined || after === undefined) throw new Error("no stage");
      expect([...moves(before, after, names(canary), names(canary)).keys()]).toEqual(["stable>canary"]);
    }
  });

  test("lanes without a ramp keep their proportion, and a ramp down gives back what it has", () => {
    const lanes: LaneDescription[] = [
      { name: "a", weight: 40 },
      { name: "b", weight: 20 },
      { name: "old", ramp: { from: 40, to: 0, start: START, duration: HOUR } },
    ];
    [0, 0.5, 1].forEach((progress) => {
      const found = counts(at(lanes, START + progress * HOUR), 3);
      const old = 0.4 * (1 - progress);
      expectShare(found[2] ?? 0, old);
      expectShare(found[0] ?? 0, (1 - old) * (2 / 3));
    });
  });

  test("everything from one lane to another", () => {
    const lanes: LaneDescription[] = [
      { name: "blue", ramp: { from: 100, to: 0, start: START, duration: HOUR } },
      { name: "green", ramp: { from: 0, to: 100, start: START, duration: HOUR } },
    ];
    [0, 0.25, 1].forEach((progress) => {
      expectShare(counts(at(lanes, START + progress * HOUR), 2)[1] ?? 0, progress);
    });
  });

  test("whether some lane has weight", () => {
    const ramp = { from: 0, to: 1, start: START, duration: HOUR };
    split.lanes([{ name: "a", ramp }]);
    expect(split.hasWeightAt(START)).toBe(false);
    expect(split.hasWeightAt(START + 1)).toBe(true);
    expect(split.lanes(CANARY).hasWeightAt(0)).toBe(true);
  });
});

describe("judged by a model on random configurations", () => {
  const weight = fc.oneof(
    fc.integer({ min: 0, max: 100 }),
    fc.double({ min: 0.000_001, max: 1_000_000, noNaN: true }),
    fc.constantFrom(0, 0.000_001, 0.01, 1_000_000),
  );
  const moment = fc.integer({ min: -1_000, max: 11_000 });
  const ramp = fc.record({ from: weight, to: weight, start: moment, duration: fc.integer({ min: 1, max: 10_000 }) });
  const name = fc.stringMatching(/^[A-Za-z0-9][-_.A-Za-z0-9]{0,20}$/);
  const lane: fc.Arbitrary<LaneDescription> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ name, weight }) },
    { weight: 1, arbitrary: fc.record({ name, ramp }) },
  );
  const lanes = fc.uniqueArray(lane, { minLength: 1, maxLength: 8, selector: ({ name }) => name });
  const key = fc.uint8Array({ minLength: 1, maxLength: 80 });

  test("the same lane", () => {
    check(
      3_000,
      [lanes, fc.array(key, { minLength: 5, maxLength: 5 }), fc.string(), moment],
      (lanes, keys, salt, now) => {
        split.lanes(lanes);
        for (const key of keys) {
          const chosen = split.choose(key, salt, now);
          const allowed = lanesOf(lanes, key, salt, now);
          if (allowed.length === 0) expect(chosen).toBeNull();
          else expect(allowed).toContain(chosen);
        }
      },
    );
  });

  test("the shares of its lanes, by many keys", () => {
    check(30, [lanes, moment], (lanes, now) => {
      const keys = 20_000;
      const found = counts(split.lanes(lanes).chooseMany("k", keys, "", now), lanes.length);
      const shares = sharesAt(lanes, now);
      if (shares.every((share) => share === 0)) return;
      // Rare lanes are as often none as one: a bound for large numbers would refuse either.
      shares.forEach((share, i) => {
        const deviation = Math.sqrt(keys * share * (1 - share));
        expect(Math.abs((found[i] ?? 0) - keys * share)).toBeLessThanOrEqual(5 * deviation + 5);
      });
    });
  });
});
