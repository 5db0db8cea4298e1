import { ByteWriter } from "../../sdk";
import * as ascii from "../../text/ascii";

/** Short names of `StreamInfo::CoreResponseFlag`, by bit, as access logs print them. */
const NAMES: string[] = [
  "LH",
  "UH",
  "UT",
  "LR",
  "UR",
  "UF",
  "UC",
  "UO",
  "NR",
  "DI",
  "FI",
  "RL",
  "UAEX",
  "RLSE",
  "DC",
  "URX",
  "SI",
  "IH",
  "DPE",
  "UMSDR",
  "RFCF",
  "NFCF",
  "DT",
  "UPE",
  "NC",
  "OM",
  "DF",
  "DO",
  "DR",
  "UDO",
];

/** Envoy prints flags in the order in which they were set, and a retry that did not help is noted before its last attempt. */
const RETRY_LIMIT_EXCEEDED = 15;

/** Writes the flags as `%RESPONSE_FLAGS%` does: short names with commas, `-` when there is none. */
export function writeResponseFlags(writer: ByteWriter, flags: u64): void {
  const start = writer.length;
  if (has(flags, RETRY_LIMIT_EXCEEDED)) writeName(writer, start, RETRY_LIMIT_EXCEEDED);
  for (let bit = 0; bit < NAMES.length; bit++) {
    if (bit != RETRY_LIMIT_EXCEEDED && has(flags, bit)) writeName(writer, start, bit);
  }
  if (writer.length == start) writer.put(ascii.MINUS);
}

function has(flags: u64, bit: i32): bool {
  return (flags & ((<u64>1) << (<u64>bit))) != 0;
}

function writeName(writer: ByteWriter, start: i32, bit: i32): void {
  if (writer.length > start) writer.put(ascii.COMMA);
  // eslint-disable-next-line waypost/no-index -- below the number of names
  writer.text(unchecked(NAMES[bit]));
}
