/**
 * The module that @solo-io/proxy-runtime 0.1.8 takes `proc_exit` from; AssemblyScript no longer carries it.
 *
 * Found by the compiler through `--lib assembly/compat`.
 */
export { proc_exit } from "./wasi_snapshot_preview1";
