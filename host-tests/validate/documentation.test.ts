/** docs/validate.md shows what the program says. */
import pc from "picocolors";
import { expect, it } from "vitest";
import { FORMATS, formatted, summaryOf } from "../../cli/waypost/validate/output.ts";
import { page } from "../docs/pages.ts";
import { judged } from "./judged.ts";

const { blocks } = page("docs/validate.md");
const codes = (language: string) => blocks.filter((block) => block.language === language).map(({ code }) => code);

it("the example and what is said of it", async () => {
  const [manifest = ""] = codes("yml");
  const { problems, counts } = await judged(manifest, { file: "deploy/plugin.yaml" });
  const report = { problems, unreadable: [], summary: summaryOf(problems, counts) };
  const shown = FORMATS.filter((format) => format !== "json").map((format) =>
    [
      `$ npx waypost validate ${format === "text" ? "" : `--format ${format} `}deploy\n`,
      formatted(report, format, pc.createColors(false)),
    ].join(""),
  );
  expect(codes("console")).toEqual(shown);
});

it("the configuration for an editor is accepted", async () => {
  const configuration = codes("yml").find((code) => code.startsWith("# yaml-language-server")) ?? "";
  expect((await judged(configuration)).problems).toEqual([]);
});
