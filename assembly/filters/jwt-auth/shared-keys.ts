import { hash64 } from "../../text/hash";
import { Bytes, ByteWriter, Status, nowNanoseconds, sharedData } from "../../sdk";

/**
 * Key sets and the right to fetch them, shared by all VMs of a proxy: its workers, its main thread, and those of a new
 * configuration or a new version of this module.
 *
 * Every plugin of the proxy whose vm_id is the same can write here (on Istio: all of them), so a key set read back is
 * parsed as strictly as one from the network, and the names say whose they are and what determines the value:
 *
 * ```
 *  waypost/1/jwt-auth/jwks/<hash of cluster and URI>    fetched at (8, milliseconds) │ key set (JSON)
 *  waypost/1/jwt-auth/lease/<same hash>                 ends at (8, milliseconds) │ holder (8)
 * ```
 */
@final
export class SharedKeys {
  /** When the key set that `newer` read was fetched, in milliseconds since 1970. */
  fetchedAt: i64 = 0;

  private readonly keysName: Bytes;
  private readonly leaseName: Bytes;
  /** Tells this VM's lease from others'. */
  private readonly holder: u64 = nowNanoseconds();

  constructor(cluster: string, authority: string, path: string) {
    const source = Bytes.of(cluster + "\n" + authority + "\n" + path);
    const hash = hash64(source).toString(16);
    this.keysName = Bytes.constant("waypost/1/jwt-auth/jwks/" + hash);
    this.leaseName = Bytes.constant("waypost/1/jwt-auth/lease/" + hash);
  }

  /** Frees the names. */
  release(): void {
    this.keysName.release();
    this.leaseName.release();
  }

  /** The key set, if somebody fetched one after `since`. */
  newer(since: i64): Bytes | null {
    const value = sharedData.get(this.keysName);
    if (value === null || value.length <= HEAD_SIZE) return null;
    this.fetchedAt = load<i64>(value.ptr);
    return this.fetchedAt > since ? value.slice(HEAD_SIZE) : null;
  }

  /** Gives the others what was fetched. */
  publish(fetchedAt: i64, keys: Bytes): void {
    const value = ByteWriter.create(HEAD_SIZE + keys.length);
    writeNumber(value, fetchedAt);
    value.bytes(keys);
    sharedData.set(this.keysName, value.finish());
  }

  /**
   * Takes the right to fetch, for `milliseconds`; false while another VM has it. Two VMs can both succeed only the very
   * first time, when there is nothing yet to compare with: they fetch twice then.
   */
  lease(now: i64, milliseconds: i64): bool {
    const held = sharedData.get(this.leaseName);
    if (held !== null && held.length == LEASE_SIZE && load<i64>(held.ptr) > now) {
      // A lease that ends later than any can was not written by us: it must not stop us from ever fetching.
      const ours = load<u64>(held.ptr, 8) == this.holder;
      if (!ours && load<i64>(held.ptr) <= now + MAX_LEASE) return false;
    }
    return this.writeLease(now + milliseconds) == Status.Ok;
  }

  /** Keeps the others from fetching for so long: the issuer is not to be asked again sooner. */
  extend(now: i64, milliseconds: i64): void {
    sharedData.get(this.leaseName);
    this.writeLease(now + milliseconds);
  }

  private writeLease(end: i64): Status {
    const value = ByteWriter.create(LEASE_SIZE);
    writeNumber(value, end);
    writeNumber(value, <i64>this.holder);
    return sharedData.replace(this.leaseName, value.finish());
  }
}

/** A number of milliseconds. */
const HEAD_SIZE = 8;
const LEASE_SIZE = 16;

/** No lease is longer, in milliseconds. */
export const MAX_LEASE: i64 = 120_000;

function writeNumber(writer: ByteWriter, value: i64): void {
  writer.u32le(<u32>value);
  writer.u32le(<u32>(value >>> 32));
}
