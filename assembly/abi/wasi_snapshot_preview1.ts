/**
 * Functions of WASI (snapshot preview 1) that proxies offer beside proxy-wasm's hostcalls. The name of this file is the module
 * they are imported from.
 */

/** Fills `size` bytes at `ptr`, at most 64 KiB, from the host's random generator; 0 when it did. */
export declare function random_get(ptr: usize, size: usize): u32;
