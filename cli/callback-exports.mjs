/**
 * A compiler transform that holds a module's exports against what its filters override. A proxy calls only what a module
 * exports, so a filter whose `onRequestBody` is written but whose `proxy_on_request_body` is not exported would load, run,
 * and silently do nothing with bodies. With this transform it does not compile:
 *
 * ```sh
 * asc index.ts --transform waypost/cli/callback-exports.mjs …
 * ```
 */
import path from "node:path";
import { DiagnosticCode, SourceKind } from "assemblyscript";
import { Transform } from "assemblyscript/transform";

/** Without these no filter works; a root_id that the module does not have is refused in `proxy_on_configure`. */
const ALWAYS = [
  "proxy_abi_version_0_2_1",
  "proxy_on_memory_allocate",
  "proxy_on_context_create",
  "proxy_on_configure",
  "proxy_on_delete",
];

/**
 * The classes of the SDK that filters extend.
 *
 * @type {{ [name: string]: { always: string[], overrides: { [method: string]: string } } }}
 */
const BASE_CLASSES = {
  "sdk/context/RootContext": {
    always: ALWAYS,
    overrides: {
      onVmStart: "proxy_on_vm_start",
      onConfigure: "proxy_on_configure",
      onTick: "proxy_on_tick",
      onQueueReady: "proxy_on_queue_ready",
      onForeignFunction: "proxy_on_foreign_function",
      onDone: "proxy_on_done",
      onDelete: "proxy_on_delete",
    },
  },
  "sdk/context/StreamContext": {
    always: [],
    overrides: {
      onRequestHeaders: "proxy_on_request_headers",
      onRequestBody: "proxy_on_request_body",
      onRequestTrailers: "proxy_on_request_trailers",
      onResponseHeaders: "proxy_on_response_headers",
      onResponseBody: "proxy_on_response_body",
      onResponseTrailers: "proxy_on_response_trailers",
      onDone: "proxy_on_done",
      onLog: "proxy_on_log",
      onDelete: "proxy_on_delete",
    },
  },
  "sdk/http-call/HttpCall": { always: ["proxy_on_http_call_response"], overrides: {} },
  "sdk/grpc-call/GrpcCallout": {
    always: ["proxy_on_grpc_receive", "proxy_on_grpc_close"],
    overrides: {
      onInitialMetadata: "proxy_on_grpc_receive_initial_metadata",
      onTrailingMetadata: "proxy_on_grpc_receive_trailing_metadata",
    },
  },
};

/** The compiler's name of a class of the SDK: the folder that holds the SDK, then the key in `BASE_CLASSES`. */
const SDK_CLASS = /^(|.*\/)(sdk\/[^/]+\/[^/]+)$/;

/** What the compiler puts before the names of files that come from packages, and from its own library. */
const LIBRARY = "~lib/";

/** @typedef {import("assemblyscript").ClassPrototype} ClassPrototype */
/** @typedef {{ callback: string, because: string, node: import("assemblyscript").Node, folder: string }} Requirement */

export default class CallbackExports extends Transform {
  afterCompile() {
    const entries = [...this.program.filesByName.values()].filter(({ source }) => isEntry(source));
    const isExported = (/** @type {string} */ name) => entries.some((file) => file.lookupExport(name) !== null);
    const entryPath = entries[0]?.source.normalizedPath ?? "";

    for (const requirement of requirementsOf([...this.program.managedClasses.values()])) {
      if (isExported(requirement.callback)) continue;
      this.program.error(DiagnosticCode.User_defined_0, requirement.node.range, describe(requirement, entryPath));
    }
  }
}

/** The runtime is an entry too, but not the author's. */
function isEntry(/** @type {import("assemblyscript").Source} */ { sourceKind, normalizedPath }) {
  return sourceKind === SourceKind.UserEntry && !normalizedPath.startsWith(LIBRARY);
}

/**
 * What the compiled classes ask of the module, each callback at most once a class.
 *
 * @param {import("assemblyscript").Class[]} classes
 * @returns {Requirement[]}
 */
function requirementsOf(classes) {
  // A generic class is compiled once for each of its arguments.
  const prototypes = new Set(classes.map(({ prototype }) => prototype));
  return [...prototypes].flatMap(requirementsOfClass);
}

/** @returns {Requirement[]} */
function requirementsOfClass(/** @type {ClassPrototype} */ prototype) {
  const found = baseInSdk(prototype);
  if (found === null) return [];
  const { base, folder, name: baseName } = found;
  // Classes of the SDK itself ask for nothing until a filter extends them.
  if (prototype.internalName.startsWith(`${folder}sdk/`)) return [];
  const name = prototype.name;

  const always = base.always.map((callback) => ({
    callback,
    because: `'${name}', a '${baseName}', needs '${callback}'`,
    node: prototype.identifierNode,
    folder,
  }));
  const overrides = Object.entries(base.overrides).flatMap(([method, callback]) => {
    const member = prototype.instanceMembers?.get(method);
    if (member === undefined) return [];
    return [{ callback, because: `'${name}.${method}' runs in '${callback}'`, node: member.identifierNode, folder }];
  });
  return [...always, ...overrides];
}

/** The nearest class of the SDK that `prototype` extends; null when that is none that callbacks belong to. */
function baseInSdk(/** @type {ClassPrototype} */ prototype) {
  for (let ancestor = prototype.basePrototype; ancestor !== null; ancestor = ancestor.basePrototype) {
    const found = sdkClass(ancestor);
    if (found !== null) return found;
  }
  return null;
}

/** What callbacks belong to a class, when it is one of `BASE_CLASSES`. */
function sdkClass(/** @type {ClassPrototype} */ { internalName, name }) {
  const [, folder, key] = SDK_CLASS.exec(internalName) ?? [];
  const base = key === undefined ? undefined : BASE_CLASSES[key];
  return base === undefined || folder === undefined ? null : { base, folder, name };
}

function describe(/** @type {Requirement} */ { because, callback, folder }, /** @type {string} */ entryPath) {
  const line = `export { ${callback} } from "${importPath(entryPath, `${folder}abi/callbacks`)}";`;
  return `${because}, which the module does not export. Add to ${entryPath}: ${line}`;
}

/** How the entry file names another file: relative, or by package. */
function importPath(/** @type {string} */ from, /** @type {string} */ to) {
  if (to.startsWith(LIBRARY)) return to.slice(LIBRARY.length);
  const relative = path.posix.relative(path.posix.dirname(from), to);
  return relative.startsWith(".") ? relative : `./${relative}`;
}
