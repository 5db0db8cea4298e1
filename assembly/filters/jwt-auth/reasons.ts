import { JwtStatus, reason } from "../../jose/status";
import { Bytes } from "../../sdk";

const STATUS_COUNT = <i32>JwtStatus.SignatureInvalid + 1;

const REASONS = reasons();

/** `reason` as bytes that live as long as the VM: what notes it for the end of the stream need not copy it. */
export function reasonBytes(status: JwtStatus): Bytes {
  // eslint-disable-next-line waypost/no-index -- one for each status
  return unchecked(REASONS[status]);
}

function reasons(): StaticArray<Bytes> {
  const byWord = new Map<string, Bytes>();
  const all = new StaticArray<Bytes>(STATUS_COUNT);
  for (let status = 0; status < STATUS_COUNT; status++) {
    const word = reason(status);
    if (!byWord.has(word)) byWord.set(word, Bytes.constant(word));
    // eslint-disable-next-line waypost/no-index -- the loop ends with the last status
    unchecked((all[status] = byWord.get(word)));
  }
  return all;
}
