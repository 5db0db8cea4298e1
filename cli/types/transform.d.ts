import type { Program } from "./assemblyscript.d.ts";

/** Base class of compiler transforms; the compiler sets the fields. See `assemblyscript.d.ts`. */
export declare class Transform {
  program: Program;
}
