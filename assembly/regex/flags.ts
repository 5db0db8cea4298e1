/** What `(?imsU)` switches, as bits. */
export namespace Flag {
  /** `i` */
  export const IGNORE_CASE: u32 = 1;
  /** `m`: `^` and `$` match at line breaks too. */
  export const MULTI_LINE: u32 = 2;
  /** `s`: `.` matches line breaks too. */
  export const DOT_ALL: u32 = 4;
  /** `U`: repetitions prefer few, and with `?` many. */
  export const UNGREEDY: u32 = 8;
}
