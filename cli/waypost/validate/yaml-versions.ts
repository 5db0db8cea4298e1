/** Where YAML 1.1, which kubectl reads, and YAML 1.2, which others read, differ on a scalar without quotes. */

const BOOLEAN_1_1 = /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/;
const OCTAL_1_1 = /^[-+]?0[0-7]+$/;
/** Of kubectl's reader, which takes more than YAML 1.1 has. */
const PREFIXED_1_1 = /^[-+]?0(?:b[01_]+|o[0-7_]+|x[0-9a-f_]+)$/i;
const PREFIXED_1_2 = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/;
const GROUPED_1_1 = /^[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]+)?$/;

/** Whether a plain scalar is one value to the one and another value to the other. */
export function isReadTwoWays(source: string): boolean {
  if (BOOLEAN_1_1.test(source)) return true;
  if (PREFIXED_1_1.test(source)) return !PREFIXED_1_2.test(source);
  if (OCTAL_1_1.test(source)) return parseInt(source, 8) !== parseInt(source, 10);
  return source.includes("_") && GROUPED_1_1.test(source);
}
