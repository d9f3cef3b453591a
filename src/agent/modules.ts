// Tells probes of npm packages when they have been loaded: of each copy once, whoever loads it and however (require, import
// of CommonJS, require of an ES module), and at once of those that were loaded before. Not seen: ES modules that are imported.
// Two functions of Node's loader are replaced, `_resolveFilename` and `_nodeModulePaths`. Both have returned when a module's
// own code runs, so nothing of ours stands in the stack of a module that is being loaded. The first says which file may be
// loaded next; when the second is called its module object is there; and the loader says that it is done by setting that
// object's `loaded`, which is an accessor for as long as that takes.
import { Module } from "node:module";
import { types } from "node:util";
import type { Guest } from "./guest.js";
import { dataProperty, isObject } from "./own-data.js";
import { type PackageCopy, PackageCopies, packageFileFrom } from "./package-files.js";
import { givingResult, replaceWithoutFrame, together } from "./patch.js";

/** Changes what a module exports, which may be a function; what it returns puts that back. */
export type PatchModule = (exports: object, copy: PackageCopy) => () => void;

/** `name` is a package, by which its main module is meant, or one file of it: "pg", "@redis/client", "pino/lib/tools.js". */
export type OnModule = (guest: Guest, name: string, patch: PatchModule) => () => void;

interface Wanted {
  readonly packageName: string;
  /** Below the package's folder; undefined: the main module. */
  readonly file: string | undefined;
  readonly guest: Guest;
  readonly patch: PatchModule;
  readonly patched: PatchedCopies;
}

interface CachedModule {
  readonly path: string;
  readonly module: object;
}

export class ModuleWatch {
  readonly #guest: Guest;
  readonly #wanted = new Map<string, readonly Wanted[]>();
  readonly #copies = new PackageCopies();
  /** Paths of what may be about to be loaded. */
  readonly #expected = new Set<string>();
  /** What is watched or has been told of. */
  #known = new WeakSet<object>();
  #unhook: (() => void) | undefined;

  constructor(guest: Guest) {
    this.#guest = guest.at("modules");
  }

  readonly onModule: OnModule = (guest, name, patch) => {
    const [, packageName = name, file] = /^(@[^/]+\/[^/]+|[^@/][^/]*)\/(.+)$/.exec(name) ?? [];
    const wanted: Wanted = { packageName, file, guest, patch, patched: new PatchedCopies() };
    this.#wanted.set(packageName, [...(this.#wanted.get(packageName) ?? []), wanted]);
    this.#unhook ??= this.#hook();
    this.#findEarlier(wanted);
    return () => this.#forget(wanted);
  };

  #hook(): () => void {
    const expect = (path: unknown): void => this.#expect(path);
    const watchExpected = (): void => this.#watchExpected();
    return together([
      replaceWithoutFrame(Module, "_resolveFilename", (original) => givingResult(original, expect)),
      replaceWithoutFrame(Module, "_nodeModulePaths", (original) => () => {
        watchExpected();
        return original;
      }),
    ]);
  }

  #forget(wanted: Wanted): void {
    const others = this.#wantedOf(wanted.packageName).filter((other) => other !== wanted);
    if (others.length > 0) this.#wanted.set(wanted.packageName, others);
    else this.#wanted.delete(wanted.packageName);
    wanted.patched.putBack();
    if (this.#wanted.size > 0) return;
    this.#unhook?.();
    this.#unhook = undefined;
    this.#expected.clear();
    this.#known = new WeakSet();
  }

  #wantedOf(packageName: string | undefined): readonly Wanted[] {
    return this.#wanted.get(packageName ?? "") ?? [];
  }

  #findEarlier(wanted: Wanted): void {
    const earlier = asGuest(this.#guest, () => cachedModules(wanted.packageName), []);
    for (const { path, module } of earlier) {
      if (dataProperty(module, "loaded") !== true) this.#expected.add(path);
      else {
        this.#known.add(module);
        this.#tell({ path, module }, [wanted]);
      }
    }
    this.#watchExpected();
  }

  #expect(path: unknown): void {
    const packageName = this.#guest.runAsGuest(() => packageNameFrom(path), undefined);
    if (typeof path !== "string" || this.#wantedOf(packageName).length === 0) return;
    this.#expected.add(path);
    // Of what is imported there is an object already.
    this.#watchExpected();
  }

  #watchExpected(): void {
    if (this.#expected.size === 0) return;
    const loaded = asGuest(this.#guest, () => this.#watchThoseBeingLoaded(), []);
    for (const cached of loaded) this.#tell(cached, this.#wantedOf(packageNameFrom(cached.path)));
  }

  /** Returns those that turn out to be loaded. */
  #watchThoseBeingLoaded(): readonly CachedModule[] {
    const found = [...this.#expected].flatMap((path) => cachedModule(path));
    const unknown = found.filter(({ module }) => !this.#known.has(module));
    for (const { path } of found) this.#expected.delete(path);
    for (const { module } of unknown) this.#known.add(module);
    const isLoaded = ({ module }: CachedModule): boolean => dataProperty(module, "loaded") === true;
    for (const cached of unknown) if (!isLoaded(cached)) this.#watch(cached);
    return unknown.filter(isLoaded);
  }

  #watch(cached: CachedModule): void {
    const { path, module } = cached;
    const property = { configurable: true, enumerable: true };
    Object.defineProperty(module, "loaded", {
      ...property,
      get: () => false,
      set: (value: unknown) => {
        Object.defineProperty(module, "loaded", { ...property, writable: true, value });
        if (value === true) this.#tell(cached, this.#wantedOf(packageNameFrom(path)));
      },
    });
  }

  #tell({ path, module }: CachedModule, all: readonly Wanted[]): void {
    const file = packageFileFrom(path);
    const exports = dataProperty(module, "exports");
    if (file === undefined || !isObject(exports)) return;
    for (const { file: wantedFile, guest, patch, patched } of all)
      asGuest(
        guest,
        () => {
          const isWanted = wantedFile === undefined ? this.#copies.isMain(file) : wantedFile === file.file;
          if (isWanted && !patched.has(exports)) patched.add(exports, patch(exports, this.#copies.copyIn(file.folder)));
        },
        undefined,
      );
  }
}

/** Also of a probe that is a guest already: it is told of modules that were loaded before while it is being installed. */
function asGuest<T>(guest: Guest, work: () => T, fallback: T): T {
  if (!guest.isBusy) return guest.runAsGuest(work, fallback);
  try {
    return work();
  } catch (error) {
    guest.noteFault(error);
    return fallback;
  }
}

/** How to put back what was patched. A program that loads and forgets a package again and again is not kept from that. */
export class PatchedCopies {
  readonly #putBack = new WeakMap<object, () => void>();
  #all: readonly WeakRef<object>[] = [];

  has(exports: object): boolean {
    return this.#putBack.has(exports);
  }

  add(exports: object, putBack: () => void): void {
    this.#putBack.set(exports, putBack);
    this.#all = [...this.#all.filter((earlier) => earlier.deref() !== undefined), new WeakRef(exports)];
  }

  putBack(): void {
    for (const copy of this.#all) {
      const exports = copy.deref();
      if (exports !== undefined) this.#putBack.get(exports)?.();
    }
    this.#all = [];
  }
}

/** Of `require.cache`, by the name under which the loader itself looks for it. */
function cachedModule(path: string): readonly CachedModule[] {
  const cache = dataProperty(Module, "_cache");
  const module = isObject(cache) ? dataProperty(cache, path) : undefined;
  return isObject(module) ? [{ path, module }] : [];
}

function cachedModules(packageName: string): readonly CachedModule[] {
  const cache = dataProperty(Module, "_cache");
  if (!isObject(cache) || types.isProxy(cache)) return [];
  return Object.keys(cache)
    .filter((path) => packageNameFrom(path) === packageName)
    .flatMap(cachedModule);
}

const packageNameFrom = (path: unknown): string | undefined =>
  typeof path === "string" ? packageFileFrom(path)?.packageName : undefined;
