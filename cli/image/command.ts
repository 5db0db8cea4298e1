/** `npm run image`: writes OCI images of the modules that are built, and prints their digests. See docs/images.md. */
import process from "node:process";
import { Command } from "commander";
import { format, kib } from "../build/report.mjs";
import { readModules } from "./modules.ts";
import { readProvenance } from "./provenance.ts";
import { writeImages, type Written } from "./write.ts";

interface Options {
  out: string;
  source?: string;
}

await new Command("npm run image --")
  .description("Writes each module as two OCI image layouts, with SBOM and checksums. SOURCE_DATE_EPOCH: their time.")
  .option("--out <folder>", "where to; what an earlier run wrote there is replaced", "build/images")
  .option("--source <url>", "where the source is, for the label; default: `repository` of package.json")
  .action(run)
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`image: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });

async function run({ out, source }: Options): Promise<void> {
  const provenance = readProvenance(process.env, source);
  const written = await writeImages(readModules(), provenance, out);
  process.stdout.write(`${table(written)}\n\n${out}/SHA256SUMS\n`);
  if (provenance.source === undefined) {
    process.stderr.write("No label says where the source is: package.json has no repository; --source names one.\n");
  }
  if (provenance.revision?.endsWith("-dirty") === true) {
    process.stderr.write("The checkout has changes that are not committed: the label of the revision says -dirty.\n");
  }
}

function table(written: readonly Written[]): string {
  const rows = written.map(({ module, what, sha256, size }) => [`${module} ${what}`, sha256, kib(size)]);
  return format([["what", "sha256", "size"], ...rows]);
}
