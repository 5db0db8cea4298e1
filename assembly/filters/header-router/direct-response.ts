import { Bytes, LocalReply } from "../../sdk";

const DETAILS = Bytes.constant("direct_response");

/** Answers requests in the upstream's place: HTTPDirectResponse of VirtualService. */
@final
export class DirectResponse {
  constructor(
    private readonly status: u32,
    /** On the heap, to be released. */
    private readonly body: Bytes,
  ) {}

  release(): void {
    this.body.release();
  }

  send(): void {
    LocalReply.ofBytes(this.status, this.body).detailsBytes(DETAILS).send();
  }
}
