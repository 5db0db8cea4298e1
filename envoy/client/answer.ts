/** What a client got back. */
export interface Answer {
  /** 0: the connection ended before the response's headers. */
  status: number;
  /** In order, duplicates kept; no pseudo-headers. */
  headers: [string, string][];
  /** As UTF-8. */
  body: string;
  trailers: [string, string][];
  /** The response broke off. */
  broken: boolean;
}

/** A request, byte by byte as it goes out. */
export interface Request {
  method: string;
  /** With the query. */
  path: string;
  authority: string;
  headers?: readonly (readonly [string, string])[];
  /** The body in one piece. */
  body?: string;
  /** The body in pieces, sent apart from each other. */
  chunks?: readonly (string | Buffer)[];
  trailers?: readonly (readonly [string, string])[];
  /** Milliseconds between pieces of the body; default CHUNK_PAUSE. */
  chunkPause?: number;
  /** The end of the request is never sent. */
  unfinished?: boolean;
  /** The client goes away after so many milliseconds: HTTP/1.1 closes the connection, HTTP/2 resets the stream. */
  abortAfter?: number;
  /** The client gives up, with an Error, after so many milliseconds; default ANSWER_TIMEOUT. */
  timeout?: number;
}

/** Nothing came back. */
export const NO_ANSWER: Readonly<Answer> = { status: 0, headers: [], body: "", trailers: [], broken: true };

/** Clients give up on an answer that is not whole after so many milliseconds. */
export const ANSWER_TIMEOUT = 30_000;

/** Pieces of a body this far apart (milliseconds) reach Envoy apart. */
export const CHUNK_PAUSE = 10;
