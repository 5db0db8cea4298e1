import { proxy_call_foreign_function } from "../abi/hostcalls";
import { Status } from "../abi/types";
import { Bytes } from "../text/bytes";
import { resultPtr, resultSize } from "./result";

/** A function that this proxy offers beyond the ABI. Those of Envoy that filters need most are in `envoy.ts`. */
@final
export class ForeignFunction {
  private readonly name: Bytes;
  /** What the last call came to; `Status.NotFound` when the proxy does not have the function. */
  status: Status = Status.Ok;

  constructor(name: string) {
    this.name = Bytes.constant(name);
  }

  /** Calls it and gives its result (perhaps empty); null when `status` is not `Ok`. */
  call(args: Bytes): Bytes | null {
    // A function without a result leaves the cells alone.
    store<usize>(resultPtr, 0);
    store<usize>(resultSize, 0);
    this.status = proxy_call_foreign_function(
      this.name.ptr,
      this.name.length,
      args.ptr,
      args.length,
      resultPtr,
      resultSize,
    );
    return this.status == Status.Ok ? Bytes.view(load<usize>(resultPtr), load<i32>(resultSize)) : null;
  }
}
