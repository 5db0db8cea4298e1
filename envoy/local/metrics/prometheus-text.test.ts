import fc from "fast-check";
import { expect, it } from "vitest";
import { parsePrometheusText } from "./prometheus-text.ts";

/** Samples with their labels as pairs. */
function read(text: string) {
  return parsePrometheusText(text).map(({ name, labels, value }) => ({ name, labels: [...labels], value }));
}

it("reads names, labels and values, and nothing of comments, empty lines and times", () => {
  const text = [
    "# HELP waypost_requests_rq",
    "# TYPE waypost_requests_rq counter",
    'waypost_requests_rq{response_code="200",cache="default/reviews"} 12',
    'a:b_c{ x = "1" , y="2", } \t 1.5e+03 1700000000000',
    "",
    "  # indented",
    "plain 0",
    "empty{} -3",
    'bucket{le="+Inf"} +Inf',
    "none NaN",
    "least -Inf\n",
  ].join("\n");
  expect(read(text)).toEqual([
    {
      name: "waypost_requests_rq",
      labels: [
        ["response_code", "200"],
        ["cache", "default/reviews"],
      ],
      value: 12,
    },
    {
      name: "a:b_c",
      labels: [
        ["x", "1"],
        ["y", "2"],
      ],
      value: 1_500,
    },
    { name: "plain", labels: [], value: 0 },
    { name: "empty", labels: [], value: -3 },
    { name: "bucket", labels: [["le", "+Inf"]], value: Infinity },
    { name: "none", labels: [], value: NaN },
    { name: "least", labels: [], value: -Infinity },
  ]);
  expect(read("")).toEqual([]);
});

it("keeps every series of a histogram with its labels", () => {
  const text = 'h_bucket{op="a",le="1"} 1\nh_bucket{op="a",le="+Inf"} 2\nh_bucket{op="b",le="1"} 3\n';
  expect(read(text).map(({ value }) => value)).toEqual([1, 2, 3]);
});

it("reads values of labels back as they were, whatever is in them", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom('"} 5', "\\n", '\\"', "a\nb 1\n", 'x="y"', "\u001b[2J", "__proto__"),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4 }), (values) => {
      const escaped = values.map((text) => text.replace(/[\\"\n]/g, (c) => (c === "\n" ? "\\n" : `\\${c}`)));
      const labels = escaped.map((text, index) => `l${index}="${text}"`).join(",");
      expect(read(`m{${labels}} 1\n`)).toEqual([
        { name: "m", labels: values.map((text, index) => [`l${index}`, text]), value: 1 },
      ]);
    }),
  );
});

it.each([
  ["no value", "requests"],
  ["no value behind labels", 'requests{a="b"}'],
  ["a word for a value", "requests many"],
  ["half a number", "requests 1x"],
  ["a hexadecimal number", "requests 0x10"],
  ["more than a time behind the value", "requests 1 2 3"],
  ["a name that is none", "1requests 1"],
  ["no name", '{a="b"} 1'],
  ["labels without an end", 'requests{a="b" 1'],
  ["a value of a label without an end", 'requests{a="b} 1'],
  ["an unknown escape", String.raw`requests{a="\t"} 1`],
  ["a label twice", 'requests{a="b",a="c"} 1'],
  ["a label without a value", "requests{a} 1"],
  ["labels without a comma", 'requests{a="b"c="d"} 1'],
  ["no space before the value", "requests1"],
])("refuses %s", (_what, line) => {
  expect(() => parsePrometheusText(`good 1\n${line}\n`)).toThrow(`line 2 of Prometheus text is no sample: "`);
});

it("refuses text that broke off, even where the rest would be a number", () => {
  expect(() => parsePrometheusText("requests 12")).toThrow("broke off");
});
