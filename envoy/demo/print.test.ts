/** What a reader of the terminal sees. */
import { stripVTControlCharacters } from "node:util";
import { beforeEach, describe, expect, it } from "vitest";
import type { Exchange } from "./journal.ts";
import { PrintedJournal } from "./print.ts";

let lines: string[];
let journal: PrintedJournal;

beforeEach(() => {
  lines = [];
  journal = new PrintedJournal((line) => lines.push(stripVTControlCharacters(line)));
});

function exchange(
  { headers = {}, pod, body = "", status = 200 }: Partial<Exchange["reply"]>,
  path = "/reviews/1",
): Exchange {
  const request = { service: "reviews" as const, method: "GET", path, headers };
  return {
    from: "sleep",
    request,
    reply: { id: "1", status, headers: {}, body, milliseconds: 1, ...(pod && { pod }) },
  };
}

describe("requests", () => {
  it("that are alike share a line, with what came of them, in front of what is said next", () => {
    journal.sent(exchange({ pod: "reviews-v1" }));
    journal.sent(exchange({ pod: "reviews-v2" }));
    journal.sent(exchange({ pod: "reviews-v1" }));
    expect(lines).toEqual([]);
    journal.said("Next.");
    expect(lines).toEqual(["  → sleep: GET reviews /reviews/1 ×3: 200 reviews-v1 ×2, 200 reviews-v2", "Next."]);
  });

  it("say what the waypoint answered, and their headers: values that differ, and long ones, not whole", () => {
    journal.sent(exchange({ headers: { a: "1", b: "x".repeat(50) }, status: 403, body: "RBAC: access denied" }));
    journal.sent(exchange({ headers: { a: "2", b: "x".repeat(50) }, status: 503 }));
    journal.said("");
    const headers = `(a, b: ${"x".repeat(32)}…)`;
    const answers = "403 by the waypoint, RBAC: access denied, 503 by the waypoint";
    expect(lines[0]).toBe(`  → sleep: GET reviews /reviews/1 ${headers} ×2: ${answers}`);
  });

  it("have paths that fit on a line", () => {
    journal.sent(exchange({ pod: "p" }, `/${"x".repeat(99)}`));
    journal.said("");
    expect(lines[0]).toBe(`  → sleep: GET reviews /${"x".repeat(59)}…: 200 p`);
  });
});

describe("checks", () => {
  it("have a tick, or a cross with what was expected, and are counted", () => {
    journal.checked({ what: "a", holds: true, got: "1", expected: "1" });
    journal.checked({ what: "b", holds: false, got: "1", expected: "2" });
    journal.checked({ what: "c", holds: false, got: "3 of 4" });
    expect(lines).toEqual(["  ✓ a: 1", "  ✗ b: 1; expected 2", "  ✗ c: 3 of 4"]);
    expect([journal.checks, journal.failed]).toEqual([3, 2]);
  });

  it("count a demo that breaks off as one that fails", () => {
    journal.ended(new Error("no answer"));
    expect(lines).toEqual(["  ✗ no answer"]);
    expect([journal.checks, journal.failed]).toEqual([1, 1]);
  });
});
