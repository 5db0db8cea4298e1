/** Messages of gRPC in a body: gRPC over HTTP/2, Length-Prefixed-Message. */
import { toBuffer, type BytesLike } from "./bytes.ts";

/** A flag, then the length of the message. */
export const GRPC_FRAME_HEADER_LENGTH = 5;

/** A message with what stands in front of it, not compressed. */
export function grpcFrame(message: BytesLike): Buffer {
  const data = toBuffer(message);
  const frame = Buffer.alloc(GRPC_FRAME_HEADER_LENGTH + data.length);
  frame.writeUInt32BE(data.length, 1);
  data.copy(frame, GRPC_FRAME_HEADER_LENGTH);
  return frame;
}
