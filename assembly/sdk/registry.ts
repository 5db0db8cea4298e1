import { HeadersStatus, LogLevel } from "../abi/types";
import { IdTable } from "../memory/id-table";
import { Bytes } from "../text/bytes";
import { ByteWriter } from "../text/writer";
import { Callout } from "./callout";
import { Context, RootContext, StreamContext } from "./context";
import { log } from "./log";
import { Property } from "./property";

/**
 * Offers a filter in this module. `rootId` is Envoy's root_id, Istio's `pluginName`. A module with one filter uses it
 * whatever the root_id; in one with several, an empty root_id means the one that was registered first.
 *
 * ```ts
 * registerFilter("hello", () => new HelloRoot());
 * export * from "waypost/assembly/abi/callbacks/required";
 * export { proxy_on_request_headers } from "waypost/assembly/abi/callbacks";
 * ```
 */
export function registerFilter(rootId: string, create: () => RootContext): void {
  filters.push(new FilterEntry(rootId, create));
}

class FilterEntry {
  constructor(
    readonly rootId: string,
    readonly create: () => RootContext,
  ) {}
}

const filters: FilterEntry[] = [];
const roots = new IdTable<RootContext>();
const streams = new IdTable<StreamContext>();
const rootIdProperty = new Property(["plugin_root_id"]);

export function createContext(id: u32, parentId: u32): void {
  if (parentId == 0) {
    const root = createRoot();
    root.id = id;
    roots.set(id, root);
    return;
  }
  const root = roots.get(parentId);
  if (root === null) return;
  const stream = root.takeStream();
  stream.id = id;
  streams.set(id, stream);
  stream.onCreate();
}

/** The root with whose callback the host enters. */
export function findRoot(id: u32): RootContext | null {
  Context.effective = id;
  return roots.get(id);
}

/** The stream with whose callback the host enters. */
export function findStream(id: u32): StreamContext | null {
  Context.effective = id;
  return streams.get(id);
}

/** The stream whose response the host is at. */
export function findResponding(id: u32): StreamContext | null {
  const stream = findStream(id);
  if (stream !== null) stream.responseBegan = true;
  return stream;
}

export function findContext(id: u32): Context | null {
  const stream = streams.get(id);
  return stream !== null ? stream : roots.get(id);
}

/** The host forgets the context: so does everything here, and a stream's object may go back to its root's pool. */
export function deleteContext(id: u32): void {
  const stream = streams.remove(id);
  const context: Context | null = stream !== null ? stream : roots.remove(id);
  if (context === null) return;
  if (stream !== null) Callout.abandonAll(context);
  else Callout.endAll(context);
  context.onDelete();
  if (stream !== null) stream.giveBack();
}

function createRoot(): RootContext {
  const property = rootIdProperty.string();
  const rootId = property === null ? "" : property;
  for (let i = 0; i < filters.length; i++) {
    const filter = unchecked(filters[i]);
    if (filters.length == 1 || rootId.length == 0 || filter.rootId == rootId) return filter.create();
  }
  return new UnknownRoot();
}

/** Stands for a root_id that the module does not have: it refuses to be configured, and says what there is. */
class UnknownRoot extends RootContext {
  onConfigure(configuration: Bytes): bool {
    const names = ByteWriter.create();
    for (let i = 0; i < filters.length; i++) {
      if (i > 0) names.text(", ");
      names.text(unchecked(filters[i]).rootId);
    }
    log
      .line(LogLevel.Error)
      .text("root_id (Istio: pluginName): unknown, expected one of: ")
      .bytes(names.finish())
      .send();
    return false;
  }

  createStream(): StreamContext {
    return new ClosedStream();
  }
}

/** Never lets anything through. It is not reached: the host opens no stream on a plugin that refused to be configured. */
class ClosedStream extends StreamContext {
  onRequestHeaders(endOfStream: bool): HeadersStatus {
    return HeadersStatus.StopAllIterationAndWatermark;
  }
}
