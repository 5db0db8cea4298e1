import { describe, expect, it } from "vitest";
import { resultsOf, type Script } from "./script.ts";

const HOLD = ["return", "4"];

/** `reply STATUS BODY DETAILS GRPC-STATUS NAME VALUE…`, and holds the request. */
function reply(...words: string[]): Script {
  return { onRequestHeaders: [["reply", ...words], HOLD] };
}

describe("a local reply", () => {
  it("answers in the upstream's place", () => {
    const { results, exchange } = resultsOf(reply("418", "short and stout", "a reason", "", "x-pot", "tea"));
    expect(results[0]?.[1]).toBe("0");
    expect(exchange.response).toMatchObject({ status: 418, body: "short and stout", details: "a_reason" });
    expect(exchange.response?.headers.toObject()).toMatchObject({ "x-pot": "tea", "content-type": "text/plain" });
    expect(exchange.upstreamRequest).toBeUndefined();
  });

  it("may have several values of a header, and its own content type", () => {
    const headers = ["set-cookie", "a=1", "set-cookie", "b=2", "content-type", "application/json"];
    const { exchange } = resultsOf(reply("200", "{}", "", "", ...headers));
    expect(exchange.response?.headers.all("set-cookie")).toEqual(["a=1", "b=2"]);
    expect(exchange.response?.headers.get("content-type")).toBe("application/json");
  });

  it("may be empty", () => {
    const { exchange } = resultsOf(reply("204", ""));
    expect(exchange.response).toMatchObject({ status: 204, body: "" });
  });

  it.each([
    ["line break", "x-a", "1\r\nset-cookie: a=b"],
    ["NUL", "x-a", "\0"],
    ["pseudo-header", ":status", "200"],
  ])("with a %s in its headers is not sent", (_, name, value) => {
    const { results, exchange } = resultsOf(reply("403", "no", "", "", "x-fine", "1", name, value));
    expect(results[0]?.[1]).toBe("2");
    expect(exchange.state).toBe("pending");
  });

  it("passes through the response path of its own filter", () => {
    const script = { ...reply("403", "no"), onResponseHeaders: [["set", "response", "x-seen", "yes"]] };
    expect(resultsOf(script).exchange.response?.headers.get("x-seen")).toBe("yes");
  });

  it("can take the place of a response", () => {
    const script = { onResponseHeaders: [["reply", "502", "bad upstream"], HOLD] };
    expect(resultsOf(script).exchange.response).toMatchObject({ status: 502, body: "bad upstream" });
  });
});

describe("to a gRPC request", () => {
  const request = { protocol: "http2", method: "POST", headers: { "content-type": "application/grpc" } } as const;

  it.each([
    ["its own status", "7", "7"],
    ["OK", "0", "0"],
    ["one from the HTTP status", "", "16"],
  ])("it has %s", (_, given, expected) => {
    const { exchange } = resultsOf(reply("401", "who?", "", given), request);
    expect(exchange.response?.status).toBe(200);
    const headers = exchange.response?.headers.toObject();
    expect(headers).toMatchObject({ "grpc-status": expected, "content-type": "application/grpc" });
    expect(headers).toMatchObject({ "grpc-message": "who?" });
  });
});

describe("a stream that is broken off", () => {
  it("leaves the client without the rest", () => {
    const script = { onResponseBody: [["stream.reset"], ["return", "3"]] };
    const { exchange } = resultsOf(script, {}, { upstream: () => ({ chunks: ["half ", "of it"] }) });
    expect(exchange.state).toBe("reset");
    expect(exchange.response).toBeUndefined();
  });

  it("on the way in never reaches the upstream", () => {
    const { exchange } = resultsOf({ onRequestHeaders: [["stream.reset"], HOLD] });
    expect(exchange.state).toBe("reset");
    expect(exchange.upstreamRequest).toBeUndefined();
  });
});
