/**
 * Which part of the project may import from which. A part is a folder, or a file without its extension; a path belongs to
 * the longest one that it starts with. `*` stands for one name. Everything may import from its own part.
 */

const BYTES = ["assembly/memory", "assembly/text"];
const SYNTAX = ["assembly/encoding", "assembly/json", "assembly/http"];
const TOKENS = ["assembly/crypto", "assembly/jose"];
const PURE = [...BYTES, ...SYNTAX, ...TOKENS, "assembly/regex"];

/** The numbers of the ABI, which filters name too; everything else of it is behind the SDK. */
const ABI_TYPES = "assembly/abi/types";

/** What filters have in common as parts of a stream context: what they are, what they keep, what they tell each other. */
const STAGE = "assembly/filters/stage";
const KEPT_VALUES = "assembly/filters/kept-values";
const STREAM_NOTES = "assembly/filters/stream-notes";
const OF_ALL_FILTERS = [STAGE, KEPT_VALUES, STREAM_NOTES];

/** The filter that runs the others in one stream context. */
const ALL_FILTERS = "assembly/filters/waypoint";

/** @type {{ [part: string]: string[] }} */
const LAYERS = {
  "assembly/memory": [],
  "assembly/text": ["assembly/memory"],
  "assembly/encoding": BYTES,
  "assembly/json": [...BYTES, "assembly/encoding"],
  "assembly/http": [...BYTES, "assembly/encoding"],
  "assembly/crypto": [...BYTES, "assembly/encoding"],
  "assembly/jose": [...BYTES, "assembly/encoding", "assembly/json", "assembly/crypto"],
  "assembly/regex": [...BYTES, "assembly/encoding"],
  "assembly/abi": [ABI_TYPES],
  [ABI_TYPES]: [],
  "assembly/abi/callbacks": ["assembly/memory", "assembly/sdk", "assembly/abi", ABI_TYPES],
  "assembly/sdk": [...PURE, "assembly/abi", ABI_TYPES],
  "assembly/matching": [...PURE, "assembly/sdk"],
  [STAGE]: ["assembly/matching", "assembly/sdk"],
  [KEPT_VALUES]: ["assembly/sdk"],
  [STREAM_NOTES]: ["assembly/sdk", KEPT_VALUES],
  "assembly/filters/*": [...PURE, "assembly/matching", ...OF_ALL_FILTERS, "assembly/sdk", ABI_TYPES],
  [ALL_FILTERS]: ["assembly/matching", ...OF_ALL_FILTERS, "assembly/filters/*", "assembly/sdk", ABI_TYPES],
  "assembly/modules": ["assembly/filters/*", ALL_FILTERS, "assembly/sdk", "assembly/abi", "assembly/abi/callbacks"],
  "assembly/test": [
    ...PURE,
    "assembly/matching",
    "assembly/filters/*",
    "assembly/abi",
    "assembly/sdk",
    "assembly/abi/callbacks",
    ABI_TYPES,
  ],
  "assembly/compat": [],

  "host-tests/host": [],
  "host-tests/scenario": ["host-tests/host"],
  "host-tests/bench": ["bench"],
  "host-tests": ["host-tests/host", "host-tests/scenario", "cli", "cli/waypost"],
  envoy: ["host-tests/host", "host-tests/scenario", "cli"],
  "envoy/package": ["cli", "host-tests"],
  "envoy/validate": ["envoy", "cli/waypost", "host-tests"],
  bench: ["host-tests/host", "host-tests/scenario", "envoy", "cli"],
  examples: [
    ...PURE,
    "assembly/sdk",
    "assembly/abi/callbacks",
    ABI_TYPES,
    "host-tests/host",
    "host-tests/scenario",
    "envoy",
  ],
  cli: [],
  "cli/waypost": ["cli", "envoy", "host-tests/host"],
};

/** Files that only `assembly/abi` imports, without extension. */
export const ONLY_IN_ABI = new Set(["assembly/abi/env"]);

/** Parts with `*` as expressions, longest first. */
const PARTS = Object.keys(LAYERS)
  .sort((a, b) => b.length - a.length)
  .map((part) => ({ part, pattern: new RegExp(`^${part.replace("*", "([^/]+)")}(?:/|\\.[a-z]+$|$)`) }));

/**
 * The part that a file belongs to; two filters are two parts. Null: none.
 *
 * @returns {string | null}
 */
export function layerOf(/** @type {string} */ file) {
  for (const { part, pattern } of PARTS) {
    const match = pattern.exec(file);
    if (match !== null) return match[1] === undefined ? part : part.replace("*", match[1]);
  }
  return null;
}

/** Whether code of one part may import from another. */
export function mayImport(/** @type {string} */ from, /** @type {string} */ to) {
  return from === to || (LAYERS[general(from)] ?? []).some((part) => part === general(to));
}

/** `assembly/filters/jwt-auth` as `assembly/filters/*`. */
function general(/** @type {string} */ part) {
  return PARTS.find(({ pattern }) => pattern.test(part))?.part ?? part;
}
