import { expect, test } from "vitest";
import * as fc from "fast-check";
import { type Input, PureModule } from "./pure-module.ts";
import { check } from "./property.ts";

const pure = new PureModule();

const write = (text: Input) => pure.everywhere([text], (view) => pure.text(pure.exports.jsonString(view))) ?? "";

test("writes text as JSON.stringify does", () => {
  check(2000, [fc.string({ unit: "binary" })], (text) => expect(write(text)).toBe(JSON.stringify(text)));
  for (let byte = 0; byte < 128; byte++) {
    const text = String.fromCharCode(byte);
    expect(write(text)).toBe(JSON.stringify(text));
  }
});

test("writes valid JSON whatever the bytes are", () => {
  const merged = (text: string) => text.replaceAll(/\ufffd+/g, "\ufffd");
  check(3000, [fc.uint8Array({ maxLength: 30 })], (bytes) => {
    const parsed = JSON.parse(write(bytes)) as string;
    expect(merged(parsed)).toBe(merged(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)));
  });
});
