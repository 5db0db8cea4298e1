import { Property } from "../../sdk";
import * as ascii from "../../text/ascii";

/** What Envoy's grpc_stats filter counted, when it emits filter state: `<request messages>,<response messages>`. */
const GRPC_STATS = new Property(["filter_state", "envoy.filters.http.grpc_stats"]);

/** Messages of a gRPC stream, in each direction. One object, used again and again. */
@final
export class GrpcMessages {
  ofRequest: u64 = 0;
  ofResponse: u64 = 0;

  /** Reads those of the stream at hand. Nobody has counted any when there is no filter state. */
  read(): void {
    this.ofRequest = 0;
    this.ofResponse = 0;
    const counts = GRPC_STATS.bytes();
    if (counts === null) return;
    let value: u64 = 0;
    for (let i = 0; i < counts.length; i++) {
      const byte = counts.at(i);
      if (ascii.isDigit(byte)) {
        value = value * 10 + <u64>(byte - ascii.ZERO);
      } else {
        this.ofRequest = value;
        value = 0;
      }
    }
    this.ofResponse = value;
  }
}
