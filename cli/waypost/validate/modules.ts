/** The modules that judge: those of the package, and those that the command line names. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { loadModule, type FilterModule } from "../../../host-tests/host/index.ts";
import { modulePath } from "../package-files.ts";
import { filterOfImage, type FilterName } from "./filters.ts";

/** A module, by a name that can be told to people. */
export interface NamedModule {
  name: string;
  /** Undefined: one of one's own. */
  filter: FilterName | undefined;
  module: FilterModule;
}

/** A file that cannot be used: the message says which, and what to do. */
export class UnusableModule extends Error {}

/** Reads each module once, when the first configuration for it comes. */
export class Modules {
  private readonly loaded = new Map<string, Promise<FilterModule>>();

  private constructor(private readonly own: ReadonlyMap<string, string>) {}

  /**
   * @param given  values of `--module`: `<file.wasm>`, for plugins whose image is called as the file, or `<image>=<file.wasm>`
   * @throws {UnusableModule}
   */
  static async open(given: readonly string[]): Promise<Modules> {
    const own = given.map((value): [string, string] => {
      const [, image, file = ""] = /^(?:([^=/]+)=)?(.+)$/.exec(value) ?? [];
      return [image ?? path.basename(file, ".wasm"), file];
    });
    const modules = new Modules(new Map(own));
    await Promise.all(own.map(([, file]) => modules.load(file)));
    return modules;
  }

  /** The module for an image; undefined: none of ours, and none that was named. */
  async ofImage(image: string): Promise<NamedModule | undefined> {
    const file = this.own.get(image) ?? this.own.get(image.replace(/\.wasm$/, ""));
    if (file !== undefined) return { name: image, filter: undefined, module: await this.load(file) };
    const filter = filterOfImage(image);
    return filter === undefined ? undefined : this.ofFilter(filter);
  }

  async ofFilter(filter: FilterName): Promise<NamedModule> {
    return { name: filter, filter, module: await this.load(modulePath(filter)) };
  }

  private load(file: string): Promise<FilterModule> {
    const known = this.loaded.get(file);
    if (known !== undefined) return known;
    const loading = read(file);
    this.loaded.set(file, loading);
    return loading;
  }
}

async function read(file: string): Promise<FilterModule> {
  try {
    return await loadModule(await readFile(file));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : (error as Error).message;
    throw new UnusableModule(`${file}: not a module that can be loaded: ${why}`);
  }
}
