/** Where YAML 1.1, which kubectl reads, and YAML 1.2, which others read, differ on a scalar without quotes. */

const BOOLEAN_1_1 = /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)$/;
const OCTAL_1_1 = /^[-+]?0[0-7]+$/;
const BINARY_1_1 = /^[-+]?0b[01_]+$/;
const GROUPED_1_1 = /^[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?$/;

/** Whether a plain scalar is one value to the one and another value to the other. */
export function isReadTwoWays(source: string): boolean {
  if (BOOLEAN_1_1.test(source) || BINARY_1_1.test(source)) return true;
  if (OCTAL_1_1.test(source)) return parseInt(source, 8) !== parseInt(source, 10);
  return source.includes("_") && GROUPED_1_1.test(source);
}
