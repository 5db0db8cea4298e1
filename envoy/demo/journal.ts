/** What happened in a demo, as it happens: for a terminal, and for a test. */
import type { CallerName } from "../bookinfo/index.ts";
import type { DemoRequest, Reply } from "./demo.ts";

/** A request that was sent, with all defaults, and what came back. */
export interface Exchange {
  from: CallerName;
  request: Required<DemoRequest>;
  reply: Reply;
}

/** What a check found. */
export interface Check {
  what: string;
  holds: boolean;
  /** What there was, and what was expected beside a check by equality. */
  got: string;
  expected?: string;
}

/** Takes what happens. */
export interface Journal {
  said(text: string): void;
  sent(exchange: Exchange): void;
  checked(check: Check): void;
  /** Manifests beyond the demo's own file. */
  applied(names: readonly string[]): void;
}
