/**
 * The module that @solo-io/proxy-runtime 0.1.8 takes `__retain` and `__release` from. It is written for the reference
 * counting of AssemblyScript before 0.18; today's garbage collector has pins for what the host holds on to.
 *
 * Found by the compiler through `--lib assembly/compat`.
 */
export function __retain(ptr: usize): usize {
  return __pin(ptr);
}

export function __release(ptr: usize): void {
  __unpin(ptr);
}
