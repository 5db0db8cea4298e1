import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { type Input, PureModule } from "./pure-module.ts";
import { check, mutated } from "./property.ts";

const pure = new PureModule();
const { exports } = pure;

const decodeUrl = (text: Input) => pure.everywhere([text], (view) => pure.read(exports.decodeBase64url(view)));
const encodeUrl = (bytes: Input) => pure.everywhere([bytes], (view) => pure.text(exports.encodeBase64url(view)));
const isUrl = (text: Input) => pure.everywhere([text], (view) => exports.isBase64url(view)) === 1;
const decode = (text: Input) => pure.everywhere([text], (view) => pure.read(exports.decodeBase64(view)));
const encode = (bytes: Input) => pure.everywhere([bytes], (view) => pure.text(exports.encodeBase64(view)));

/** Node decodes anything; a text is strict when encoding what it stands for gives the text again. */
function judge(text: Uint8Array, encoding: "base64" | "base64url"): Buffer | null {
  const characters = Buffer.from(text).toString("latin1");
  const bytes = Buffer.from(characters, encoding);
  return bytes.toString(encoding) === characters ? bytes : null;
}

const bytes = fc.uint8Array({ maxLength: 60 });
const encoded = (encoding: "base64" | "base64url") =>
  mutated(
    bytes.map((plain) => Buffer.from(Buffer.from(plain).toString(encoding))),
    "ABYZabyz0189+/-_= \n.",
  );

describe("base64url", () => {
  test("encodes as Node does", () => {
    check(1000, [bytes], (plain) => expect(encodeUrl(plain)).toBe(Buffer.from(plain).toString("base64url")));
  });

  test("decodes what is strictly well-formed, and nothing else", () => {
    check(5000, [encoded("base64url")], (text) => {
      const expected = judge(text, "base64url");
      expect(decodeUrl(text)).toEqual(expected);
      expect(isUrl(text)).toBe(expected !== null);
    });
  });

  test("every byte at every place of a group, and at every place of what is left over", () => {
    for (const length of [2, 3, 4, 6, 7, 8]) {
      for (let place = 0; place < length; place++) {
        for (let byte = 0; byte < 256; byte++) {
          const text = Buffer.from("AAAAAAAA".slice(0, length));
          text[place] = byte;
          const decoded = pure.call(() => pure.read(exports.decodeBase64url(pure.bytes(text))));
          expect(decoded).toEqual(judge(text, "base64url"));
        }
      }
    }
  });

  test.each([
    ["padding", "QQ=="],
    ["padding behind a whole group", "QUJD="],
    ["a lone character", "Q"],
    ["a lone character behind a group", "QUJDQ"],
    ["a bit that no byte takes", "QR"],
    ["bits that no byte takes", "QUK"],
    ["the other alphabet", "+/+/"],
    ["white space", "QU JD"],
    ["a line break at the end", "QUJD\n"],
    ["a character outside ASCII", "QUJé"],
    ["NUL", "QUJ\0"],
  ])("refuses %s", (_, text) => {
    expect(decodeUrl(text)).toBeNull();
    expect(isUrl(text)).toBe(false);
  });

  test("nothing stands for nothing", () => {
    expect(decodeUrl("")).toEqual(Buffer.alloc(0));
    expect(isUrl("")).toBe(true);
    expect(encodeUrl("")).toBe("");
  });

  test("vectors of RFC 4648 §10 and RFC 7515 appendix C", () => {
    for (const [plain, text] of [
      ["f", "Zg"],
      ["fo", "Zm8"],
      ["foo", "Zm9v"],
      ["foob", "Zm9vYg"],
      ["fooba", "Zm9vYmE"],
      ["foobar", "Zm9vYmFy"],
    ] as const) {
      expect(encodeUrl(plain)).toBe(text);
      expect(decodeUrl(text)?.toString()).toBe(plain);
    }
    expect(encodeUrl(Uint8Array.of(3, 236, 255, 224, 193))).toBe("A-z_4ME");
  });

  test("a text larger than the arena's chunk", () => {
    const plain = Buffer.alloc(200_000, "waypost");
    expect(decodeUrl(plain.toString("base64url"))?.equals(plain)).toBe(true);
  });
});

describe("base64", () => {
  test("encodes as Node does", () => {
    check(1000, [bytes], (plain) => expect(encode(plain)).toBe(Buffer.from(plain).toString("base64")));
  });

  test("decodes what is strictly well-formed, and nothing else", () => {
    check(5000, [encoded("base64")], (text) => expect(decode(text)).toEqual(judge(text, "base64")));
  });

  test.each(["Zg", "Zg=", "Zg===", "=", "==", "====", "Z===", "Zh==", "Zm9=", "Zm-_", "Zg==Zg==", "Z=g=", " Zg=="])(
    "refuses %j",
    (text) => expect(decode(text)).toBeNull(),
  );
});
