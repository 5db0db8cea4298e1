import type { Program } from "./assemblyscript";

/** Base class of compiler transforms; the compiler sets the fields. See `assemblyscript.d.ts`. */
export declare class Transform {
  program: Program;
}
