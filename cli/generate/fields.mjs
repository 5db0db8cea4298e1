/** `npm run generate`: field arithmetic, `assembly/crypto/field/*.ts`, with bounds that are checked as it is written. */
import { format } from "prettier";
import { MODULI } from "./fields/moduli.mjs";
import { printField } from "./fields/print.mjs";

const STYLE = /** @type {const} */ ({ parser: "typescript", printWidth: 120 });

/** The files and what they should contain. @returns {Promise<Map<string, string>>} */
export async function generate() {
  const files = new Map();
  for (const modulus of MODULI) {
    files.set(`assembly/crypto/field/${modulus.file}.ts`, await format(printField(modulus), STYLE));
  }
  return files;
}
