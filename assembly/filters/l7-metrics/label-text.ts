import { Bytes, ByteWriter } from "../../sdk";
import * as ascii from "../../text/ascii";

/** Who has the say over a value, and so what it may hold. */
export enum Origin {
  /** Clients: a header, a claim, what an expression makes of a request. */
  Client,
  /** The mesh: hosts, identities, workloads. */
  Mesh,
}

/** Longest values of labels, in bytes. */
const MAX_CLIENT_LENGTH: i32 = 64;
const MAX_MESH_LENGTH: i32 = 256;

/** What becomes of a byte that could end the label, or be taken for another one. */
const REPLACEMENT: u8 = ascii.UNDERSCORE;

const UNKNOWN = Bytes.constant("unknown");

/**
 * Writes a value of a label so that no byte of it can have a meaning in the name of a metric: labels are found there by
 * patterns with dots, semicolons and equal signs (`docs/l7-metrics.md`). `unknown` when it is empty.
 */
export function writeLabelText(writer: ByteWriter, value: Bytes, origin: Origin): void {
  if (value.length == 0) {
    writer.bytes(UNKNOWN);
    return;
  }
  const length = min(value.length, origin == Origin.Client ? MAX_CLIENT_LENGTH : MAX_MESH_LENGTH);
  let target = writer.extend(length);
  for (let i = 0; i < length; i++) {
    const byte = value.at(i);
    store<u8>(target, isAllowed(byte, origin) ? byte : REPLACEMENT);
    target += 1;
  }
}

function isAllowed(byte: u8, origin: Origin): bool {
  if (ascii.isAlphanumeric(byte) || byte == ascii.MINUS || byte == ascii.SLASH) return true;
  if (origin == Origin.Client) return false;
  return byte > ascii.SPACE && byte < ascii.DELETE && byte != ascii.SEMICOLON && byte != ascii.EQUALS;
}
