/** Everything that is generated. */
import { generate as fields } from "./fields.mjs";
import { generate as sha2 } from "./sha2.mjs";
import { generate as unicode } from "./unicode.mjs";

/** The files, by path from the checkout's folder, and what they should contain. @returns {Promise<Map<string, string>>} */
export async function generateAll() {
  return new Map([...(await sha2()), ...(await fields()), ...(await unicode())]);
}
