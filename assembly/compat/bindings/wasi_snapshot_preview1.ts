/**
 * The part of WASI that the stock runtime needs. The name of this file is the module it is imported from. It takes one
 * argument, the exit code, and does not return.
 */
export declare function proc_exit(code: u32): void;
