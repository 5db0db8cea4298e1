/** WASI as Envoy has it: standard output and error go to the log, there are no files and no sockets. */
import type { Vm } from "../vm.ts";
import { toBuffer } from "../bytes.ts";
import type { Hostcalls } from "./imports.ts";

const Errno = { Success: 0, BadF: 8, Fault: 21, Inval: 28, NoEnt: 44, NoSys: 52, NotDir: 20, NotSup: 58 } as const;
const STDOUT = 1;
const STDERR = 2;
const MAX_RANDOM_BYTES = 64 * 1024;
const RIGHTS_FD_WRITE = 64n;

export function wasiCalls(vm: Vm): Hostcalls {
  const isStandard = (fd: number): boolean => fd === STDOUT || fd === STDERR;
  const onStandard = (fd: number): number => (isStandard(fd) ? Errno.Success : Errno.BadF);
  const written = (ok: boolean): number => (ok ? Errno.Success : Errno.Fault);
  const environment = (): Buffer[] => Object.entries(vm.options.environment).map(([k, v]) => toBuffer(`${k}=${v}\0`));
  const constant = (errno: number) => (): number => errno;

  /** Writes a log line of what the vectors hold; the number of bytes, or an error below 0. */
  function write(fd: number, vectors: number, count: number): number {
    if (!isStandard(fd)) return -Errno.BadF;
    const parts: Buffer[] = [];
    for (let i = 0; i < count >>> 0; i++) {
      const pointer = vm.memory.readU32(vectors + i * 8);
      const length = vm.memory.readU32(vectors + i * 8 + 4);
      const part = pointer === undefined || length === undefined ? undefined : vm.memory.read(pointer, length);
      if (part === undefined) return -Errno.Fault;
      parts.push(part);
    }
    const text = Buffer.concat(parts);
    const message = text.toString("utf8").replace(/\n$/, "");
    const plugin = vm.thread.context.plugin?.options.name;
    if (text.length > 0) vm.host.log.write(fd === STDOUT ? "info" : "error", message, plugin);
    return text.length;
  }

  function writeTo(fd: number, vectors: number, count: number, sizeOut: number): number {
    const result = write(fd, vectors, count);
    return result < 0 ? -result : written(vm.memory.writeU32(sizeOut, result));
  }

  return {
    fd_write: writeTo,
    fd_pwrite: (fd: number, vectors: number, count: number, _offset: bigint, sizeOut: number) =>
      writeTo(fd, vectors, count, sizeOut),

    fd_fdstat_get(fd: number, out: number) {
      if (!isStandard(fd)) return Errno.BadF;
      vm.memory.writeU64(out, 0n);
      vm.memory.writeU64(out + 8, RIGHTS_FD_WRITE);
      vm.memory.writeU64(out + 16, 0n);
      return Errno.Success;
    },

    environ_sizes_get(countOut: number, sizeOut: number) {
      const entries = environment();
      const size = entries.reduce((sum, entry) => sum + entry.length, 0);
      return written(vm.memory.writeU32(countOut, entries.length) && vm.memory.writeU32(sizeOut, size));
    },

    environ_get(pointers: number, buffer: number) {
      let [pointer, position] = [pointers, buffer];
      for (const entry of environment()) {
        if (!vm.memory.writeU32(pointer, position) || !vm.memory.write(position, entry)) return Errno.Fault;
        pointer += 4;
        position += entry.length;
      }
      return Errno.Success;
    },

    args_sizes_get: (countOut: number, sizeOut: number) =>
      written(vm.memory.writeU32(countOut, 0) && vm.memory.writeU32(sizeOut, 0)),
    args_get: constant(Errno.Success),

    clock_time_get(id: number, _precision: bigint, out: number) {
      return id > 1 ? Errno.NotSup : written(vm.memory.writeU64(out, vm.host.clock.nanoseconds));
    },
    clock_res_get: (id: number, out: number) => (id > 1 ? Errno.NotSup : written(vm.memory.writeU64(out, 1n))),

    random_get(out: number, length: number) {
      if (length >>> 0 > MAX_RANDOM_BYTES) return Errno.Inval;
      return written(vm.memory.write(out, vm.host.random.bytes(length >>> 0)));
    },

    /** Does not end anything: the guest goes on behind the call. */
    proc_exit() {},
    sched_yield: constant(Errno.Success),
    poll_oneoff: (_in: number, _out: number, _count: number, eventsOut: number) =>
      written(vm.memory.writeU32(eventsOut, 0)),

    fd_read: constant(Errno.NoSys),
    fd_pread: constant(Errno.NoSys),
    fd_seek: constant(Errno.Success),
    fd_close: constant(Errno.Success),
    fd_advise: constant(Errno.Success),
    fd_allocate: onStandard,
    fd_datasync: onStandard,
    fd_sync: onStandard,
    fd_fdstat_set_flags: constant(Errno.NoSys),
    fd_fdstat_set_rights: onStandard,
    fd_filestat_get: constant(Errno.BadF),
    fd_filestat_set_size: onStandard,
    fd_filestat_set_times: onStandard,
    fd_prestat_get: constant(Errno.BadF),
    fd_prestat_dir_name: constant(Errno.NoSys),
    fd_readdir(_fd: number, _buffer: number, _length: number, _cookie: bigint, sizeOut: number) {
      return vm.memory.writeU32(sizeOut, 0) ? Errno.NotDir : Errno.Fault;
    },
    fd_renumber: (from: number, to: number) => (isStandard(from) && isStandard(to) ? Errno.NotSup : Errno.BadF),
    fd_tell: (fd: number, out: number) => (isStandard(fd) ? written(vm.memory.writeU64(out, 0n)) : Errno.BadF),

    path_open: constant(Errno.NoEnt),
    path_create_directory: constant(Errno.NotSup),
    path_filestat_get: constant(Errno.NotSup),
    path_filestat_set_times: constant(Errno.NotSup),
    path_link: constant(Errno.NotSup),
    path_readlink: constant(Errno.NotSup),
    path_remove_directory: constant(Errno.NotSup),
    path_rename: constant(Errno.NotSup),
    path_symlink: constant(Errno.NotSup),
    path_unlink_file: constant(Errno.NotSup),
    sock_accept: constant(Errno.NotSup),
    sock_recv: constant(Errno.NotSup),
    sock_send: constant(Errno.NotSup),
    sock_shutdown: constant(Errno.NotSup),
  };
}
