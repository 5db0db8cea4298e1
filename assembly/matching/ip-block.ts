import * as ascii from "../text/ascii";
import { Bytes } from "../text/bytes";
import { parseUnsigned } from "../text/decimal";

const IPV4_BITS = 32;
const IPV6_BITS = 128;

/** Digits of a group of an IPv6 address, and of a byte of an IPv4 address. */
const MAX_HEX_DIGITS = 4;
const MAX_DECIMAL_DIGITS = 3;

const GROUPS = 8;
const IPV6_SIZE: usize = 16;

/** An IPv6 address in the making, in network order. */
const OCTETS = memory.data(16);

/** An IP address as a number. One object, used again and again. */
@final
export class IpAddress {
  /** 32 or 128; 0 when there is no address. */
  bits: i32 = 0;
  /** The upper 64 bits of an IPv6 address; an IPv4 address is in the uppermost 32. */
  high: u64 = 0;
  low: u64 = 0;

  /** Reads `192.0.2.1` or `2001:db8::1` (RFC 4291 §2.2), without brackets, port or zone. */
  parse(text: Bytes): bool {
    this.bits = 0;
    if (text.indexOf(ascii.COLON) < 0) {
      const value = ipv4Value(text);
      if (value < 0) return false;
      this.high = (<u64>value) << 32;
      this.low = 0;
      this.bits = IPV4_BITS;
      return true;
    }
    if (!readIpv6(text)) return false;
    this.high = bswap(load<u64>(OCTETS));
    this.low = bswap(load<u64>(OCTETS, 8));
    this.bits = IPV6_BITS;
    return true;
  }

  /**
   * Reads an address as Envoy writes it with a port: `192.0.2.1:80`, `[2001:db8::1]:80`. False for any other, such as a
   * pipe.
   */
  parseWithPort(text: Bytes): bool {
    this.bits = 0;
    const colon = text.lastIndexOf(ascii.COLON);
    if (colon < 0) return false;
    if (text.at(0) != ascii.BRACKET_OPEN) {
      const address = text.slice(0, colon);
      return address.indexOf(ascii.COLON) < 0 && this.parse(address);
    }
    if (text.at(colon - 1) != ascii.BRACKET_CLOSE) return false;
    const address = text.slice(1, colon - 1);
    const zone = address.indexOf(ascii.PERCENT);
    return this.parse(zone < 0 ? address : address.slice(0, zone));
  }
}

/** A range of addresses: those whose first bits are these (CIDR, RFC 4632 §3.1). */
@final
export class IpBlock {
  private constructor(
    /** 32 or 128. */
    readonly bits: i32,
    /** As in `IpAddress`; bits that do not count are 0. */
    readonly high: u64,
    readonly low: u64,
    private readonly highMask: u64,
    private readonly lowMask: u64,
  ) {}

  /**
   * Reads an address, or a range such as `10.0.0.0/8`; bits behind the prefix do not count, as for Envoy. Null when it is none:
   * an IPv6 zone, leading zeros and a prefix that is too long are refused.
   */
  static parse(text: Bytes): IpBlock | null {
    const slash = text.indexOf(ascii.SLASH);
    if (!parsed.parse(slash < 0 ? text : text.slice(0, slash))) return null;
    const length = slash < 0 ? parsed.bits : prefixLength(text.slice(slash + 1), parsed.bits);
    if (length < 0) return null;
    const highMask = maskOf(length);
    const lowMask = maskOf(length - 64);
    return new IpBlock(parsed.bits, parsed.high & highMask, parsed.low & lowMask, highMask, lowMask);
  }

  /** Addresses of the two versions are never in each other's ranges, as for Envoy. */
  contains(address: IpAddress): bool {
    return (
      address.bits == this.bits &&
      (address.high & this.highMask) == this.high &&
      (address.low & this.lowMask) == this.low
    );
  }

  equals(other: IpBlock): bool {
    return (
      this.bits == other.bits &&
      this.high == other.high &&
      this.low == other.low &&
      this.highMask == other.highMask &&
      this.lowMask == other.lowMask
    );
  }
}

const parsed = new IpAddress();

/** The highest `count` of 64 bits; none or all when there are not as many. */
function maskOf(count: i32): u64 {
  if (count <= 0) return 0;
  return count >= 64 ? u64.MAX_VALUE : u64.MAX_VALUE << (64 - <u64>count);
}

/** -1 when it is none. */
function prefixLength(text: Bytes, most: i32): i32 {
  if (text.length > 1 && text.at(0) == ascii.ZERO) return -1;
  return <i32>parseUnsigned(text, most);
}

/** The 32 bits of `192.0.2.1`; -1 when it is no such address. */
function ipv4Value(text: Bytes): i64 {
  let value: i64 = 0;
  let start = 0;
  for (let i = 0; i < 4; i++) {
    const dot = text.indexOf(ascii.DOT, start);
    const isLast = i == 3;
    if (isLast != dot < 0) return -1;
    const part = text.slice(start, isLast ? text.length : dot);
    // A leading zero would make it octal for some programs.
    if (part.length > MAX_DECIMAL_DIGITS || (part.length > 1 && part.at(0) == ascii.ZERO)) return -1;
    const byte = parseUnsigned(part, 255);
    if (byte < 0) return -1;
    value = (value << 8) | byte;
    start = dot + 1;
  }
  return value;
}

/** Reads an IPv6 address into `OCTETS`. */
function readIpv6(text: Bytes): bool {
  let groups = 0;
  /** How many groups are in front of `::`; -1: there is none. */
  let gap = -1;
  let at = 0;
  memory.fill(OCTETS, 0, IPV6_SIZE);
  while (at < text.length) {
    if (text.at(at) == ascii.COLON) {
      // A colon where a group could begin: the second of `::`, at the very start both.
      const size = at == 0 ? 2 : 1;
      if (gap >= 0 || text.at(at + size - 1) != ascii.COLON) return false;
      gap = groups;
      at += size;
      continue;
    }
    if (groups == GROUPS) return false;
    const colon = text.indexOf(ascii.COLON, at);
    const part = text.slice(at, colon < 0 ? text.length : colon);
    const added = colon < 0 && part.indexOf(ascii.DOT) >= 0 ? putIpv4(groups, part) : putGroup(groups, part);
    if (added == 0) return false;
    groups += added;
    if (colon < 0) break;
    at = colon + 1;
    // One colon ends nothing.
    if (at == text.length) return false;
  }
  return gap < 0 ? groups == GROUPS : openGap(gap, groups);
}

/** Moves the groups behind the gap to the end. The gap stands for one group at least. */
function openGap(gap: i32, groups: i32): bool {
  if (groups == GROUPS) return false;
  const from = <usize>gap * 2;
  const size = <usize>(groups - gap) * 2;
  memory.copy(OCTETS + IPV6_SIZE - size, OCTETS + from, size);
  memory.fill(OCTETS + from, 0, IPV6_SIZE - size - from);
  return true;
}

/** Puts up to four hexadecimal digits at group `index`. Answers how many groups were put; 0: malformed. */
function putGroup(index: i32, part: Bytes): i32 {
  if (part.length == 0 || part.length > MAX_HEX_DIGITS) return 0;
  let value = 0;
  for (let i = 0; i < part.length; i++) {
    const digit = ascii.hexValue(part.at(i));
    if (digit < 0) return 0;
    value = (value << 4) | digit;
  }
  store<u16>(OCTETS + <usize>index * 2, bswap(<u16>value));
  return 1;
}

/** The last 32 bits of an IPv6 address may be written as an IPv4 address. */
function putIpv4(index: i32, part: Bytes): i32 {
  const value = ipv4Value(part);
  if (value < 0 || index > GROUPS - 2) return 0;
  store<u32>(OCTETS + <usize>index * 2, bswap(<u32>value));
  return 2;
}
